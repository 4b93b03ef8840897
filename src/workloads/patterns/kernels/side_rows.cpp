// patterns/auxiliary, patterns/add, patterns/combine: the rows beside those of rates.
#include <algorithm>

#include "runtime/cpu/simd_targets.h"
#include "workloads/patterns/kernels/rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/patterns/kernels/side_rows.cpp"
#include "hwy/foreach_target.h"
#include "workloads/patterns/kernels/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::patterns {
namespace HWY_NAMESPACE {
namespace {

template <typename Equations, Neighbours kNeighbours, typename T, bool kVarying>
void auxiliary_cells(const RowStep& step) {
  constexpr std::size_t kLanes = hn::MaxLanes(Tag<T>());
  Parameters<Equations, T, kVarying> parameters(step);
  Inputs<Equations, kNeighbours, T, Equations::kSpecies> at(step);
  for (std::size_t x = 0; x < step.cells; x += kLanes) {
    at.move_to(x);
    parameters.move_to(step, x);
    Cells<T> value;
    Equations::auxiliary(at.values, at.laplacians, parameters.values, value);
    hn::Store(value.v, Tag<T>(), static_cast<T*>(step.out[0]) + x);
  }
}

template <typename Equations, Neighbours kNeighbours>
void auxiliary_of_type(Precision precision, const RowStep& step) {
  const bool varying = step.parameter_rows[0] != nullptr;
  if (precision == Precision::single_precision) {
    varying ? auxiliary_cells<Equations, kNeighbours, float, true>(step)
            : auxiliary_cells<Equations, kNeighbours, float, false>(step);
  } else {
    varying ? auxiliary_cells<Equations, kNeighbours, double, true>(step)
            : auxiliary_cells<Equations, kNeighbours, double, false>(step);
  }
}

template <typename Equations>
void auxiliary_of(Neighbours neighbours, Precision precision, const RowStep& step) {
  switch (neighbours) {
    case Neighbours::line:
      return auxiliary_of_type<Equations, Neighbours::line>(precision, step);
    case Neighbours::plane:
      return auxiliary_of_type<Equations, Neighbours::plane>(precision, step);
    case Neighbours::plane_with_corners:
      return auxiliary_of_type<Equations, Neighbours::plane_with_corners>(precision, step);
    case Neighbours::volume:
      break;
  }
  auxiliary_of_type<Equations, Neighbours::volume>(precision, step);
}

void run_auxiliary(std::size_t model, Neighbours neighbours, Precision precision, const RowStep& step) {
  with_equations(model, [&](auto equations) HWY_ATTR {
    if constexpr (decltype(equations)::kAuxiliary > 0) {
      auxiliary_of<decltype(equations)>(neighbours, precision, step);
    }
  });
}

template <typename T>
void add_cells(const RowSum& sum) {
  constexpr std::size_t kLanes = hn::MaxLanes(Tag<T>());
  const Cells<T> factor(sum.factor);
  const RowSum work = sum;
  for (std::size_t x = 0; x < work.cells; x += kLanes) {
    const Cells<T> value = load_at<T>(work.base, x) + factor * load_at<T>(work.rate, x);
    hn::Store(value.v, Tag<T>(), static_cast<T*>(work.out) + x);
  }
}

void run_add(Precision precision, const RowSum& sum) {
  if (precision == Precision::single_precision) {
    add_cells<float>(sum);
  } else {
    add_cells<double>(sum);
  }
}

template <typename T>
HWY_INLINE Cells<T> combined_at(const RowCombination& sum, std::size_t x) {
  Cells<T> value(0.0);
  for (std::size_t term = 0; term < sum.terms; ++term) {
    value = value + Cells<T>(sum.factors[term]) * load_at<T>(sum.rates[term], x);
  }
  return value;
}

template <typename T>
void combine_cells(const RowCombination& sum, void* out) {
  const RowCombination work = sum;
  for (std::size_t x = 0; x < work.cells; x += hn::MaxLanes(Tag<T>())) {
    const Cells<T> value = load_at<T>(work.base, x) + combined_at<T>(work, x);
    hn::Store(value.v, Tag<T>(), static_cast<T*>(out) + x);
  }
}

template <typename T>
double largest_share_of(const RowCombination& sum) {
  const Tag<T> tag;
  const RowCombination work = sum;
  const Vector<T> infinite = hn::Inf(tag);
  Vector<T> largest = hn::Zero(tag);
  for (std::size_t x = 0; x < work.cells; x += hn::MaxLanes(tag)) {
    const Vector<T> base = load_at<T>(work.base, x).v;
    const Vector<T> share = hn::Div(hn::Abs(combined_at<T>(work, x).v), hn::Add(hn::Set(tag, T{1}), hn::Abs(base)));
    // what is no number is not below anything
    const Vector<T> known = hn::IfThenElse(hn::Lt(share, infinite), share, infinite);
    const auto cells = hn::FirstN(tag, std::min<std::size_t>(work.cells - x, hn::MaxLanes(tag)));
    largest = hn::Max(largest, hn::IfThenElseZero(cells, known));
  }
  return static_cast<double>(hn::GetLane(hn::MaxOfLanes(tag, largest)));
}

void run_combine(Precision precision, const RowCombination& sum, void* out) {
  if (precision == Precision::single_precision) {
    combine_cells<float>(sum, out);
  } else {
    combine_cells<double>(sum, out);
  }
}

double run_largest_share(Precision precision, const RowCombination& sum) {
  return precision == Precision::single_precision ? largest_share_of<float>(sum) : largest_share_of<double>(sum);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::patterns
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::patterns {

HWY_EXPORT(run_auxiliary);
HWY_EXPORT(run_add);
HWY_EXPORT(run_combine);
HWY_EXPORT(run_largest_share);

void auxiliary_row(std::size_t model, Neighbours neighbours, Precision precision, const RowStep& step) {
  HWY_DYNAMIC_DISPATCH(run_auxiliary)(model, neighbours, precision, step);
}

void add_row(Precision precision, const RowSum& sum) {
  HWY_DYNAMIC_DISPATCH(run_add)(precision, sum);
}

void combine_row(Precision precision, const RowCombination& combination, void* out) {
  HWY_DYNAMIC_DISPATCH(run_combine)(precision, combination, out);
}

double largest_share(Precision precision, const RowCombination& combination) {
  return HWY_DYNAMIC_DISPATCH(run_largest_share)(precision, combination);
}

}  // namespace basalt::patterns
#endif
