// What DeviceReader puts together: each result of a state on a device, as its namesake over StateView gives it.
#pragma once

#include <cstdint>
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

void save_state(DeviceSweep& sweep, const QubitMap& map, double global_phase, const std::string& path);

}  // namespace basalt::quantum
