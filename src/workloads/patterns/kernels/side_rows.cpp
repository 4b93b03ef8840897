// patterns/auxiliary and patterns/add: the rows beside those of rates.
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

template <typename Equations, Neighbours kNeighbours, typename T>
void auxiliary_cells(const RowStep& step) {
  constexpr std::size_t kLanes = hn::MaxLanes(Tag<T>());
  const Parameters<Equations, T> parameters(step.parameters);
  const Cells<T> scale(step.laplacian_scale);
  for (std::size_t x = 0; x < step.cells; x += kLanes) {
    const Inputs<Equations, kNeighbours, T> at(step, scale, x, Equations::kSpecies);
    Cells<T> value;
    Equations::auxiliary(at.values, at.laplacians, parameters.values, value);
    hn::Store(value.v, Tag<T>(), static_cast<T*>(step.out[0]) + x);
  }
}

template <typename Equations, Neighbours kNeighbours>
void auxiliary_of_type(Precision precision, const RowStep& step) {
  if (precision == Precision::single_precision) {
    auxiliary_cells<Equations, kNeighbours, float>(step);
  } else {
    auxiliary_cells<Equations, kNeighbours, double>(step);
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

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::patterns
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::patterns {

HWY_EXPORT(run_auxiliary);
HWY_EXPORT(run_add);

void auxiliary_row(std::size_t model, Neighbours neighbours, Precision precision, const RowStep& step) {
  HWY_DYNAMIC_DISPATCH(run_auxiliary)(model, neighbours, precision, step);
}

void add_row(Precision precision, const RowSum& sum) {
  HWY_DYNAMIC_DISPATCH(run_add)(precision, sum);
}

}  // namespace basalt::patterns
#endif
