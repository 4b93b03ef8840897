// What DeviceReader puts together: each result of a state on a device, as its namesake over StateView gives it.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "workloads/quantum/results/blocks.h"
#include "workloads/quantum/results/outcomes.h"
#include "workloads/quantum/results/pauli_strings.h"
#include "workloads/quantum/results/sample.h"
#include "workloads/quantum/results/top.h"
#include "workloads/quantum/shaders/device_sweep.h"

namespace basalt::quantum {

/// Of the sweep's blocks.
BlockNorms measure_block_norms(DeviceSweep& sweep, MemoryResource& memory);

double measure_norm_where(DeviceSweep& sweep, ControlMask keep);

Samples sample(DeviceSweep& sweep, const QubitMap& map, const BlockNorms& norms, std::uint64_t shots, DrawKey key,
               const DrawResources& resources);

std::vector<double> marginal(DeviceSweep& sweep, const QubitMap& map, std::span<const Qubit> qubits,
                             const DrawResources& resources);

/// ⟨ψ|P|ψ⟩ of each of some distinct strings, none of them all I.
std::vector<double> measure_strings(DeviceSweep& sweep, std::span<const PauliString> strings);

std::vector<TopState> top_states(DeviceSweep& sweep, const QubitMap& map, std::uint64_t count, double norm);

/// Amplitudes times `phase`: the n-th of them, of 2^places.size(), is the one at index first ^ the places[k] for each
/// bit k of n. At most sweep.window_bytes().
void gather(DeviceSweep& sweep, std::uint64_t first, std::span<const std::uint64_t> places, std::complex<double> phase,
            std::byte* to);

/// Gathers so, for save_gathered().
using GatherWindow = std::function<void(std::uint64_t first, std::span<const std::uint64_t> places, std::byte* to)>;

/// Writes a file of 2^axes amplitudes, in windows of at most `window_bytes`.
void save_gathered(const QubitMap& map, ElementType type, int axes, std::uint64_t window_bytes, const std::string& path,
                   const GatherWindow& gather_window);

void save_state(DeviceSweep& sweep, const QubitMap& map, double global_phase, const std::string& path);

}  // namespace basalt::quantum
