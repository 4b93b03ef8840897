#include <array>
#include <bit>
#include <complex>

#include "workloads/quantum/results/basis_map.h"
#include "workloads/quantum/results/state_file.h"
#include "workloads/quantum/shaders/device_results.h"

namespace basalt::quantum {
namespace {

/// Where an element lies, as shaders say it.
struct Place {
  std::uint32_t low = 0;
  std::uint32_t chunk = 0;
};

Place place_of(const vulkan::DeviceField& field, std::uint64_t index) {
  const std::uint64_t in_chunk = (std::uint64_t{1} << field.chunk_axes()) - 1;
  return {.low = static_cast<std::uint32_t>(index & in_chunk),
          .chunk = static_cast<std::uint32_t>(index >> field.chunk_axes())};
}

/// As gather.comp has it.
template <typename Real>
struct GatherPush {
  SweepPush sweep;
  Place first_place;
  std::uint32_t count = 0;
  std::uint32_t bit_count = 0;
  alignas(2 * sizeof(Real)) std::array<Real, 2> phase{};
};

template <typename Real>
void write_amplitudes(DeviceSweep& sweep, const QubitMap& map, std::complex<double> phase, StateFile& file) {
  const vulkan::DeviceField& field = sweep.field();
  const std::uint64_t elements = std::uint64_t{1} << field.axes();
  const std::uint64_t window = std::min(elements, std::bit_floor(sweep.window_bytes() / (2 * sizeof(Real))));
  const auto bits = static_cast<std::size_t>(std::countr_zero(window));
  std::vector<Place> changes;
  for (const std::uint64_t axis : axes_of_qubits(map, field.axes())) {
    changes.push_back(place_of(field, axis));
  }
  changes.resize(std::max<std::size_t>(1, bits));
  const BitScatter index_of = index_of_basis(map, field.axes());
  const vulkan::Pipeline pipeline = sweep_pipeline(sweep.pipelines(), field, Readout::gather);
  for (std::uint64_t first = 0; first < elements; first += window) {
    GatherPush<Real> push{.sweep = {},
                          .first_place = place_of(field, index_of(first)),
                          .count = static_cast<std::uint32_t>(window),
                          .bit_count = static_cast<std::uint32_t>(bits),
                          .phase = {static_cast<Real>(phase.real()), static_cast<Real>(phase.imag())}};
    const SweepWork work{.pipeline = pipeline,
                         .push = bytes_of(push),
                         .groups = (window + sweep.block_elements() - 1) / sweep.block_elements(),
                         .group_elements = sweep.block_elements(),
                         .result_bytes = sweep.block_bytes(),
                         .given = std::as_bytes(std::span(changes))};
    const std::span<const std::byte> results = sweep.run_at_once(work, window * 2 * sizeof(Real));
    file.write(results.data(), results.size());
  }
}

}  // namespace

void save_state(DeviceSweep& sweep, const QubitMap& map, double global_phase, const std::string& path) {
  StateFile file(path, sweep.field().type(), sweep.field().axes());
  if (sweep.field().type() == ElementType::c64) {
    write_amplitudes<float>(sweep, map, phase_factor(global_phase), file);
  } else {
    write_amplitudes<double>(sweep, map, phase_factor(global_phase), file);
  }
  file.commit();
}

}  // namespace basalt::quantum
