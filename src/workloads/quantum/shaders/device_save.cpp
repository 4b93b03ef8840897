#include <array>
#include <bit>
#include <complex>
#include <cstring>

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
void gather_as(DeviceSweep& sweep, std::uint64_t first, std::span<const std::uint64_t> places,
               std::complex<double> phase, std::byte* to) {
  const vulkan::DeviceField& field = sweep.field();
  std::vector<Place> changes;
  changes.reserve(places.size() + 1);
  for (const std::uint64_t place : places) {
    changes.push_back(place_of(field, place));
  }
  changes.resize(std::max<std::size_t>(1, changes.size()));
  const std::uint64_t count = std::uint64_t{1} << places.size();
  GatherPush<Real> push{.sweep = {},
                        .first_place = place_of(field, first),
                        .count = static_cast<std::uint32_t>(count),
                        .bit_count = static_cast<std::uint32_t>(places.size()),
                        .phase = {static_cast<Real>(phase.real()), static_cast<Real>(phase.imag())}};
  const SweepWork work{.pipeline = sweep_pipeline(sweep.pipelines(), field, Readout::gather),
                       .push = bytes_of(push),
                       .groups = (count + sweep.block_elements() - 1) / sweep.block_elements(),
                       .group_elements = sweep.block_elements(),
                       .result_bytes = sweep.block_bytes(),
                       .given = std::as_bytes(std::span(changes))};
  const std::span<const std::byte> results = sweep.run_at_once(work, count * 2 * sizeof(Real));
  std::memcpy(to, results.data(), results.size());
}

}  // namespace

void gather(DeviceSweep& sweep, std::uint64_t first, std::span<const std::uint64_t> places, std::complex<double> phase,
            std::byte* to) {
  if (sweep.field().type() == ElementType::c64) {
    gather_as<float>(sweep, first, places, phase, to);
  } else {
    gather_as<double>(sweep, first, places, phase, to);
  }
}

void save_gathered(const QubitMap& map, ElementType type, int axes, std::uint64_t window_bytes, const std::string& path,
                   const GatherWindow& gather_window) {
  StateFile file(path, type, axes);
  const std::uint64_t elements = std::uint64_t{1} << axes;
  const std::uint64_t window = std::min(elements, std::bit_floor(window_bytes / element_bytes(type)));
  const std::vector<std::uint64_t> places = axes_of_qubits(map, axes);
  const BitScatter index_of = index_of_basis(map, axes);
  std::vector<std::byte> amplitudes(window * element_bytes(type));
  for (std::uint64_t first = 0; first < elements; first += window) {
    gather_window(index_of(first), std::span(places).first(static_cast<std::size_t>(std::countr_zero(window))),
                  amplitudes.data());
    file.write(amplitudes.data(), amplitudes.size());
  }
  file.commit();
}

void save_state(DeviceSweep& sweep, const QubitMap& map, double global_phase, const std::string& path) {
  const std::complex<double> phase = phase_factor(global_phase);
  save_gathered(map, sweep.field().type(), sweep.field().axes(), sweep.window_bytes(), path,
                [&](std::uint64_t first, std::span<const std::uint64_t> places, std::byte* to) {
                  gather(sweep, first, places, phase, to);
                });
}

}  // namespace basalt::quantum
