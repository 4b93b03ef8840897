#include "workloads/patterns/solve/dormand_prince.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "basalt/error.h"
#include "basalt/parallel.h"
#include "workloads/patterns/kernels/rows.h"

namespace basalt::patterns {
namespace {

constexpr std::size_t kStages = DormandPrince::kStages;

/// Rows of the tableau: where a stage looks, in terms of the rates before it. The last is the solution of fifth order,
/// so that its rates are the first of the next step.
constexpr std::array<std::array<double, kStages>, kStages> kTableau = {{
    {},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
}};

/// The solution of fifth order less that of fourth.
constexpr std::array<double, kStages> kError = {71.0 / 57600,      0,          -71.0 / 16695, 71.0 / 1920,
                                                -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

constexpr double kSafety = 0.9;
constexpr double kMostGrowth = 5;
constexpr double kLeastGrowth = 0.2;
/// Of a step's length: a shorter step within it is none.
constexpr double kShortest = 1e-10;

/// The factor to the length of a step with that error that would have just the tolerance, and some room.
double growth_of(double error) {
  if (!std::isfinite(error)) {
    return kLeastGrowth;
  }
  return error > 0 ? std::clamp(kSafety * std::pow(error, -0.2), kLeastGrowth, kMostGrowth) : kMostGrowth;
}

}  // namespace

DormandPrince::DormandPrince(const Domain& domain, std::size_t species, double tolerance, double first,
                             MemoryResource& memory, const Arena& arena)
    : domain_(domain), species_(species), arena_(arena) {
  for (Cells& cells : rates_) {
    cells = Cells(domain, species, memory);
  }
  steps_.tolerance = tolerance;
  steps_.next = first;
}

double DormandPrince::fields_moved() noexcept {
  double fields = 2;  // the error reads the state, too
  for (std::size_t stage = 1; stage < kStages; ++stage) {
    const auto terms = std::count_if(kTableau[stage].begin(), kTableau[stage].end(), [](double a) { return a != 0; });
    fields += static_cast<double>(terms) + 2;
  }
  return fields +
         static_cast<double>(std::count_if(kError.begin(), kError.end(), [](double weight) { return weight != 0; }));
}

std::uint64_t DormandPrince::grain() const noexcept {
  return std::max<std::uint64_t>((std::uint64_t{1} << 14) / domain_.grid.size[0], 1);
}

namespace {

/// Of a row of one species: all that have a weight.
RowCombination combination_of(const std::array<Cells, kStages>& rates, const std::array<double, kStages>& weights,
                              double factor, std::size_t species, std::uint64_t at) {
  RowCombination sum;
  for (std::size_t stage = 0; stage < kStages; ++stage) {
    if (weights[stage] != 0) {
      sum.rates[sum.terms] = rates[stage].field(species) + at;
      sum.factors[sum.terms] = factor * weights[stage];
      ++sum.terms;
    }
  }
  return sum;
}

}  // namespace

void DormandPrince::combine(const Cells& now, const Cells& next, std::size_t stage, double length,
                            const CancelToken& cancel) const {
  const Grid& grid = domain_.grid;
  parallel_for(arena_, cancel, 0, grid.rows(), grain(), [&](std::uint64_t first, std::uint64_t last) {
    const FlushDenormals flush;
    for (std::uint64_t row = first; row < last; ++row) {
      const std::uint64_t at = domain_.row_offset(row % grid.size[1], row / grid.size[1]);
      for (std::size_t species = 0; species < species_; ++species) {
        RowCombination sum = combination_of(rates_, kTableau[stage], length, species, at);
        sum.base = now.field(species) + at;
        sum.cells = grid.size[0];
        std::byte* const out = next.field(species) + at;
        combine_row(domain_.precision, sum, out);
        fill_row_ends(domain_, out);
      }
    }
  });
}

double DormandPrince::error_of(const Cells& now, double length, const CancelToken& cancel) const {
  const Grid& grid = domain_.grid;
  const double error = parallel_reduce(
      arena_, cancel, grid.rows(), grain(), 0.0,
      [&](std::uint64_t first, std::uint64_t last) {
        const FlushDenormals flush;
        double largest = 0;
        for (std::uint64_t row = first; row < last; ++row) {
          const std::uint64_t at = domain_.row_offset(row % grid.size[1], row / grid.size[1]);
          for (std::size_t species = 0; species < species_; ++species) {
            RowCombination sum = combination_of(rates_, kError, length, species, at);
            sum.base = now.field(species) + at;
            sum.cells = grid.size[0];
            largest = std::max(largest, largest_share(domain_.precision, sum));
          }
        }
        return largest;
      },
      [](double a, double b) { return std::max(a, b); });
  return error / steps_.tolerance;
}

double DormandPrince::attempt(const Cells& now, const Cells& next, double length, const ComputeRates& rates,
                              const CancelToken& cancel) {
  if (!first_known_) {
    rates(now, rates_[0]);
    first_known_ = true;
  }
  for (std::size_t stage = 1; stage < kStages; ++stage) {
    combine(now, next, stage, length, cancel);
    rates(next, rates_[stage]);
  }
  return error_of(now, length, cancel);
}

void DormandPrince::advance(Cells& now, Cells& next, double length, const ComputeRates& rates,
                            const CancelToken& cancel) {
  double left = length;
  while (left > 0) {
    // what is left is taken in one, or in two that are alike: no sliver remains
    const double step = steps_.next >= left ? left : 2 * steps_.next > left ? left / 2 : steps_.next;
    const double error = attempt(now, next, step, rates, cancel);
    const double growth = growth_of(error);
    if (!(error <= 1)) {
      ++steps_.rejected;
      steps_.next = step * std::min(growth, 1.0);
      if (steps_.next < kShortest * length) {
        throw Error(
            ErrorCode::failed,
            fmt::format("no step is short enough for a tolerance of {}: {:.3g} was too long", steps_.tolerance, step),
            "the state may grow beyond all bounds; else give a larger --tolerance, or --precision double");
      }
      continue;
    }
    std::swap(now, next);
    std::swap(rates_.front(), rates_.back());
    left = step == left ? 0 : left - step;
    // a step that was cut short says nothing against longer ones
    steps_.next = std::max(step * growth, step < steps_.next && growth > 1 ? steps_.next : 0.0);
    steps_.shortest = steps_.accepted == 0 ? step : std::min(steps_.shortest, step);
    steps_.longest = std::max(steps_.longest, step);
    ++steps_.accepted;
  }
}

}  // namespace basalt::patterns
