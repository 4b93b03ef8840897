#include "workloads/patterns/solve/summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "basalt/parallel.h"

namespace basalt::patterns {
namespace {

struct Sums {
  double sum = 0;
  double squares = 0;  ///< Of differences from a value near the mean: nothing cancels.
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
};

Sums combine(const Sums& a, const Sums& b) {
  return {.sum = a.sum + b.sum,
          .squares = a.squares + b.squares,
          .least = std::min(a.least, b.least),
          .most = std::max(a.most, b.most)};
}

template <typename T>
Sums sums_of_row(const std::byte* row, std::uint64_t cells, double near) {
  const T* const values = reinterpret_cast<const T*>(row);
  Sums sums;
  for (std::uint64_t x = 0; x < cells; ++x) {
    const double value = static_cast<double>(values[x]);
    sums.sum += value;
    sums.squares += (value - near) * (value - near);
    sums.least = std::min(sums.least, value);
    sums.most = std::max(sums.most, value);
  }
  return sums;
}

/// Rows that a thread looks at before it asks for more: about a megabyte.
std::uint64_t grain_of(const Domain& domain) {
  return std::max<std::uint64_t>((std::uint64_t{1} << 20) / (domain.layout.row * scalar_bytes(domain.precision)), 1);
}

/// map(row's beginning) over all rows of a species, put together in order.
template <typename Value, typename Map, typename Combine>
Value over_rows(const Solver& solver, std::size_t species, const Arena& arena, const CancelToken& cancel,
                Value identity, const Map& map, const Combine& together) {
  const Grid& grid = solver.domain().grid;
  return parallel_reduce(
      arena, cancel, grid.rows(), grain_of(solver.domain()), identity,
      [&](std::uint64_t first, std::uint64_t last) {
        Value value = identity;
        for (std::uint64_t row = first; row < last; ++row) {
          value = together(value, map(solver.row(species, row % grid.size[1], row / grid.size[1]), row));
        }
        return value;
      },
      together);
}

template <typename T>
bool is_finite(const std::byte* row, std::uint64_t cells) {
  constexpr std::uint64_t kAtOnce = 16;  // independent sums, which compilers make vectors of
  const T* const values = reinterpret_cast<const T*>(row);
  std::array<T, kAtOnce> zeros{};
  std::uint64_t x = 0;
  for (; x + kAtOnce <= cells; x += kAtOnce) {
    for (std::uint64_t lane = 0; lane < kAtOnce; ++lane) {
      zeros[lane] += values[x + lane] * 0;
    }
  }
  for (; x < cells; ++x) {
    zeros[0] += values[x] * 0;
  }
  return std::all_of(zeros.begin(), zeros.end(), [](T zero) { return zero == 0; });
}

double value_at(const Domain& domain, const std::byte* row, std::uint64_t x) {
  return domain.precision == Precision::single_precision ? static_cast<double>(reinterpret_cast<const float*>(row)[x])
                                                         : reinterpret_cast<const double*>(row)[x];
}

}  // namespace

std::vector<SpeciesSummary> summarise(const Solver& solver, const Model& model, const Arena& arena,
                                      const CancelToken& cancel) {
  const Domain& domain = solver.domain();
  const std::uint64_t width = domain.grid.size[0];
  const double cells = static_cast<double>(domain.grid.cells());
  std::vector<SpeciesSummary> summaries;
  for (std::size_t species = 0; species < model.species(); ++species) {
    const double near = value_at(domain, solver.row(species, 0, 0), 0);
    const Sums sums = over_rows(
        solver, species, arena, cancel, Sums{},
        [&](const std::byte* row, std::uint64_t /*number*/) {
          return domain.precision == Precision::single_precision ? sums_of_row<float>(row, width, near)
                                                                 : sums_of_row<double>(row, width, near);
        },
        combine);
    const double mean = sums.sum / cells;
    const double variance = sums.squares / cells - (mean - near) * (mean - near);
    summaries.push_back({.name = model.description().species[species],
                         .mean = mean,
                         .least = sums.least,
                         .most = sums.most,
                         .deviation = std::sqrt(std::max(variance, 0.0))});
  }
  return summaries;
}

std::optional<Place> find_blow_up(const Solver& solver, std::size_t species, const Arena& arena,
                                  const CancelToken& cancel) {
  const Domain& domain = solver.domain();
  const std::uint64_t width = domain.grid.size[0];
  const std::uint64_t none = domain.grid.rows();
  for (std::size_t each = 0; each < species; ++each) {
    const std::uint64_t bad = over_rows(
        solver, each, arena, cancel, none,
        [&](const std::byte* row, std::uint64_t number) {
          const bool finite = domain.precision == Precision::single_precision ? is_finite<float>(row, width)
                                                                              : is_finite<double>(row, width);
          return finite ? none : number;
        },
        [](std::uint64_t a, std::uint64_t b) { return std::min(a, b); });
    if (bad == none) {
      continue;
    }
    Place place{.species = each, .x = 0, .y = bad % domain.grid.size[1], .z = bad / domain.grid.size[1]};
    const std::byte* const row = solver.row(each, place.y, place.z);
    while (std::isfinite(value_at(domain, row, place.x))) {
      ++place.x;
    }
    return place;
  }
  return std::nullopt;
}

}  // namespace basalt::patterns
