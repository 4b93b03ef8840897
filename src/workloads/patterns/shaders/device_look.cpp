#include "workloads/patterns/shaders/device_look.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace basalt::patterns {
namespace {

/// As look.comp has it.
struct LookPush {
  std::uint64_t setup = 0;
  std::uint64_t at = 0;
  std::uint64_t bad = 0;
  std::uint64_t sums = 0;
  std::uint32_t first_group = 0;
  std::uint32_t groups = 0;
  std::uint32_t all_groups = 0;
};
template <typename Real>
struct Sums {
  Real sum;
  Real squares;
  Real least;
  Real most;
};

constexpr std::uint32_t kNone = ~std::uint32_t{0};
constexpr std::uint64_t kFirstCells = kMostSpecies * sizeof(kNone);  // where they begin in the results,
constexpr std::uint64_t kSums = 32;                                  // and the sums
static_assert(kFirstCells + kMostSpecies * sizeof(double) <= kSums);

std::uint64_t sums_bytes(const DeviceSetup& setup) {
  return setup.model().species() * setup.row_groups() * 4 * scalar_bytes(setup.domain().precision);
}

std::uint64_t cells_of_group(const DeviceShape& shape) {
  return std::uint64_t{4} * shape.threads * shape.rows;
}

}  // namespace

DeviceLook::DeviceLook(const DeviceSetup& setup)
    : setup_(setup),
      results_(setup.memory().allocate(kSums + sums_bytes(setup), vulkan::Placement::device, "sums of cells")),
      results_on_host_(
          setup.memory().allocate(kSums + sums_bytes(setup), vulkan::Placement::download, "sums of cells")),
      commands_(setup.memory().shared_device(), vulkan::QueueKind::compute) {}

void DeviceLook::look(const DeviceCells& cells, bool sums, const CancelToken& cancel) {
  const std::uint64_t number = scalar_bytes(setup_.domain().precision);
  commands_.begin();
  commands_.fill(results_, 0, kFirstCells, kNone);
  for (std::size_t species = 0; species < setup_.model().species(); ++species) {
    commands_.copy(cells.chunk(species, 0), 0, results_, kFirstCells + species * number, number);
  }
  commands_.barrier();
  const vulkan::Pipeline pipeline = setup_.pipeline(ShaderKind::look, {setup_.shape().rows, sums ? 1U : 0U});
  const LookPush push{.setup = setup_.address(),
                      .at = cells.table_address(),
                      .bad = results_.address(),
                      .sums = results_.address() + kSums,
                      .all_groups = static_cast<std::uint32_t>(setup_.row_groups())};
  dispatch_groups(commands_, pipeline, push, setup_.row_groups(), cells_of_group(setup_.shape()));
  commands_.barrier();
  commands_.copy(results_, 0, results_on_host_, 0, sums ? results_.size_bytes() : kSums);
  commands_.host_barrier();
  commands_.end();
  commands_.run(&cancel);
}

std::optional<DeviceLook::Row> DeviceLook::find_bad_row(const DeviceCells& cells, const CancelToken& cancel) {
  look(cells, false, cancel);
  std::array<std::uint32_t, kMostSpecies> rows{};
  std::memcpy(rows.data(), results_on_host_.data(), sizeof(rows));
  for (std::size_t species = 0; species < setup_.model().species(); ++species) {
    if (rows[species] != kNone) {
      return Row{.species = species, .row = rows[species]};
    }
  }
  return std::nullopt;
}

std::vector<SpeciesSummary> DeviceLook::summarise(const DeviceCells& cells, const CancelToken& cancel) {
  look(cells, true, cancel);
  return setup_.domain().precision == Precision::single_precision ? add_up<float>() : add_up<double>();
}

template <typename Real>
std::vector<SpeciesSummary> DeviceLook::add_up() const {
  const double cells = static_cast<double>(setup_.domain().grid.cells());
  const std::uint64_t groups = setup_.row_groups();
  std::vector<SpeciesSummary> summaries;
  for (std::size_t species = 0; species < setup_.model().species(); ++species) {
    Real first_cell{};
    std::memcpy(&first_cell, results_on_host_.data() + kFirstCells + species * sizeof(Real), sizeof(Real));
    double sum = 0;
    double squares = 0;
    double least = std::numeric_limits<double>::infinity();
    double most = -std::numeric_limits<double>::infinity();
    for (std::uint64_t group = 0; group < groups; ++group) {
      Sums<Real> part{};
      std::memcpy(&part, results_on_host_.data() + kSums + (species * groups + group) * sizeof(part), sizeof(part));
      sum += static_cast<double>(part.sum);
      squares += static_cast<double>(part.squares);
      least = std::min(least, static_cast<double>(part.least));
      most = std::max(most, static_cast<double>(part.most));
    }
    const double shift = sum / cells;  // from the first cell to the mean
    summaries.push_back({.name = setup_.model().description().species[species],
                         .mean = static_cast<double>(first_cell) + shift,
                         .least = least,
                         .most = most,
                         .deviation = std::sqrt(std::max(squares / cells - shift * shift, 0.0))});
  }
  return summaries;
}

}  // namespace basalt::patterns
