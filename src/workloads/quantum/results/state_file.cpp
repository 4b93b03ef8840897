#include "workloads/quantum/results/state_file.h"

#include <bit>

#include "base/npy.h"
#include "workloads/quantum/results/basis_map.h"

namespace basalt::quantum {
namespace {

static_assert(std::endian::native == std::endian::little, "the header below says little-endian");

/// Amplitudes of basis states, in their order, into a piece of the file.
template <typename Real>
void gather(const std::complex<Real>* amplitudes, const BitScatter& index_of, std::complex<Real> phase,
            std::uint64_t first, std::span<std::complex<Real>> piece) {
  for (std::uint64_t i = 0; i < piece.size(); ++i) {
    const std::complex<Real> a = amplitudes[index_of(first + i)];
    // Written out: std::complex's product would test for NaN.
    piece[i] = {a.real() * phase.real() - a.imag() * phase.imag(), a.real() * phase.imag() + a.imag() * phase.real()};
  }
}

template <typename Real>
void write_amplitudes(const StateView& state, std::complex<Real> phase, StateFile& file) {
  constexpr std::uint64_t kChunk = std::uint64_t{1} << 17;
  constexpr std::uint64_t kPiece = std::uint64_t{1} << 13;
  const BitScatter index_of = index_of_basis(state.qubit_map(), state.field.axes);
  const std::uint64_t elements = std::uint64_t{1} << state.field.axes;
  std::vector<std::complex<Real>> chunk(std::min(elements, kChunk));
  const std::uint64_t piece_size = std::min<std::uint64_t>(chunk.size(), kPiece);
  for (std::uint64_t first = 0; first < elements; first += chunk.size()) {
    state.arena.for_each(chunk.size() / piece_size, state.cancel, [&](std::uint64_t piece) {
      gather(state.field.buffer.as<std::complex<Real>>(), index_of, phase, first + piece * piece_size,
             std::span(chunk).subspan(piece * piece_size, piece_size));
    });
    file.write(chunk.data(), chunk.size() * sizeof(chunk[0]));
  }
}

}  // namespace

StateFile::StateFile(const std::string& path, ElementType type, int qubits) : file_(path) {
  const std::string header = write_npy_header(type == ElementType::c64 ? "<c8" : "<c16", {std::uint64_t{1} << qubits});
  file_.write(header.data(), header.size());
}

std::complex<double> phase_factor(double global_phase) {
  return global_phase == 0 ? 1.0 : std::polar(1.0, global_phase);
}

void append_amplitudes(const StateView& state, std::complex<double> phase, StateFile& file) {
  if (state.field.type == ElementType::c64) {
    write_amplitudes<float>(state, std::complex<float>(phase), file);
  } else {
    write_amplitudes<double>(state, phase, file);
  }
}

void save_state(const StateView& state, double global_phase, const std::string& path) {
  StateFile file(path, state.field.type, state.field.axes);
  append_amplitudes(state, phase_factor(global_phase), file);
  file.commit();
}

}  // namespace basalt::quantum
