// Rates along a row of cells: the one place where the equations meet the grid. Threads that call these hold a
// FlushDenormals, which costs more than a short row.
#pragma once

#include <array>
#include <cstddef>

#include "basalt/request.h"
#include "runtime/cpu/flush_denormals.h"
#include "workloads/patterns/equations.h"
#include "workloads/patterns/neighbours.h"

namespace basalt::patterns {

/// A row of cells and the rows beside it: pointers to their first cells, in numbers of the precision. Cells at x − 1
/// and x + 1 are read of `centre`, and of the others where corners count.
struct RowsAround {
  const void* centre = nullptr;
  const void* before = nullptr;  ///< y − 1
  const void* after = nullptr;   ///< y + 1
  const void* below = nullptr;   ///< z − 1
  const void* above = nullptr;   ///< z + 1
};

/// out = base + factor · rate, for each species. Whole vectors are computed: up to 63 bytes beyond `cells`.
///
/// In place, where `held` is given: out and base are the rows in the centre, and what they held goes to the rows
/// `held`, which may be those `before` or `below`. All are overwritten once they are not looked at any more.
struct RowStep {
  std::array<RowsAround, kMostLaplacians> fields{};  ///< The species, then the auxiliary field.
  std::array<const void*, kMostSpecies> base{};
  std::array<void*, kMostSpecies> out{};
  std::size_t cells = 0;
  double laplacian_scale = 1;  ///< 1/spacing².
  double factor = 0;
  const double* parameters = nullptr;
  /// Where some vary in space: a row of each, with values of the precision; else null.
  std::array<const void*, kMostParameters> parameter_rows{};
  std::array<void*, kMostSpecies> held{};
};

void step_row(std::size_t model, Neighbours neighbours, Precision precision, const RowStep& step);

/// The auxiliary field of a model of fourth order, into out[0]; `fields`, `cells`, the scale and the parameters count.
void auxiliary_row(std::size_t model, Neighbours neighbours, Precision precision, const RowStep& step);

/// out = base + factor · rate, of rates that a row already holds: what Runge-Kutta methods do.
struct RowSum {
  const void* rate = nullptr;
  const void* base = nullptr;
  void* out = nullptr;
  double factor = 0;
  std::size_t cells = 0;
};
void add_row(Precision precision, const RowSum& sum);

/// Σ factors[i] · rates[i] over the first `terms` rates: what embedded Runge-Kutta methods are made of.
struct RowCombination {
  static constexpr std::size_t kMostTerms = 7;
  std::array<const void*, kMostTerms> rates{};
  std::array<double, kMostTerms> factors{};
  std::size_t terms = 0;
  const void* base = nullptr;
  std::size_t cells = 0;
};

/// out = base + that sum.
void combine_row(Precision precision, const RowCombination& combination, void* out);

/// The largest |that sum| / (1 + |base|) of the cells; infinite where one is no number.
double largest_share(Precision precision, const RowCombination& combination);

}  // namespace basalt::patterns
