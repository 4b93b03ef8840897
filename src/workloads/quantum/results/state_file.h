// Writes a state vector to a NumPy file.
#pragma once

#include <complex>
#include <cstddef>
#include <string>

#include "base/atomic_file.h"
#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

/// The file that save_state() writes, for who brings the amplitudes himself. Throws Error(io).
class StateFile {
 public:
  StateFile(const std::string& path, ElementType type, int qubits);
  /// The next amplitudes.
  void write(const void* amplitudes, std::size_t bytes) { file_.write(amplitudes, bytes); }
  /// Once all are written.
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
};

/// exp(i·global_phase), exactly 1 for 0.
std::complex<double> phase_factor(double global_phase);

/// The amplitudes of `state` in the order of its qubits, multiplied by `phase`. Throws Error(io), Error(cancelled).
void append_amplitudes(const StateView& state, std::complex<double> phase, StateFile& file);

/// Writes 2^n amplitudes, multiplied by exp(i·global_phase), as a one-dimensional .npy array of <c8 or <c16; index bit
/// k is qubit k, also where the qubits lie otherwise in the field: they are gathered a piece at a time. Written aside
/// and renamed. Throws Error(io), Error(cancelled).
void save_state(const StateView& state, double global_phase, const std::string& path);

}  // namespace basalt::quantum
