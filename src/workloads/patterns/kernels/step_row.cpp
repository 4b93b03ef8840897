// patterns/step: base + factor · rate along a row, for every model and neighbourhood.
#include "runtime/cpu/simd_targets.h"
#include "workloads/patterns/kernels/rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/patterns/kernels/step_row.cpp"
#include "hwy/foreach_target.h"
#include "workloads/patterns/kernels/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::patterns {
namespace HWY_NAMESPACE {
namespace {

/// What a vector of each species held, and what it is to hold: written when the neighbours were read.
template <typename T, std::size_t kSpecies>
struct Overwritten {
  Cells<T> held[kSpecies];
  Cells<T> next[kSpecies];

  HWY_INLINE void write(const RowStep& step, std::size_t x) const {
    for (std::size_t species = 0; species < kSpecies; ++species) {
      hn::Store(held[species].v, Tag<T>(), static_cast<T*>(step.held[species]) + x);
      hn::Store(next[species].v, Tag<T>(), static_cast<T*>(step.out[species]) + x);
    }
  }
};

template <typename Equations, Neighbours kNeighbours, typename T, bool kInPlace, bool kVarying>
void step_cells(const RowStep& step) {
  constexpr std::size_t kLanes = hn::MaxLanes(Tag<T>());
  Parameters<Equations, T, kVarying> parameters(step);
  Inputs<Equations, kNeighbours, T, Equations::kSpecies + Equations::kAuxiliary> at(step);
  const Cells<T> factor(step.factor);
  const RowStep work = step;  // what is written cannot be what says where: pointers stay in registers
  Overwritten<T, Equations::kSpecies> before;
  std::size_t x = 0;
  for (; x < work.cells; x += kLanes) {
    at.move_to(x);
    parameters.move_to(work, x);
    if (kInPlace && x != 0) {
      before.write(work, x - kLanes);
    }
    Cells<T> rate[Equations::kSpecies];
    Equations::rates(at.values, at.laplacians, parameters.values, rate);
    for (std::size_t species = 0; species < Equations::kSpecies; ++species) {
      if constexpr (kInPlace) {
        before.held[species] = at.values[species];
        before.next[species] = at.values[species] + factor * rate[species];
      } else {
        const Cells<T> next = load_at<T>(work.base[species], x) + factor * rate[species];
        hn::Store(next.v, Tag<T>(), static_cast<T*>(work.out[species]) + x);
      }
    }
  }
  if constexpr (kInPlace) {
    before.write(work, x - kLanes);
  }
}

template <typename Equations, Neighbours kNeighbours, typename T, bool kVarying>
void step_where(const RowStep& step) {
  if (step.held[0] != nullptr) {
    step_cells<Equations, kNeighbours, T, true, kVarying>(step);
  } else {
    step_cells<Equations, kNeighbours, T, false, kVarying>(step);
  }
}

template <typename Equations, Neighbours kNeighbours, typename T>
void step_of_kind(const RowStep& step) {
  if (step.parameter_rows[0] != nullptr) {
    step_where<Equations, kNeighbours, T, true>(step);
  } else {
    step_where<Equations, kNeighbours, T, false>(step);
  }
}

template <typename Equations, Neighbours kNeighbours>
void step_of_type(Precision precision, const RowStep& step) {
  if (precision == Precision::single_precision) {
    step_of_kind<Equations, kNeighbours, float>(step);
  } else {
    step_of_kind<Equations, kNeighbours, double>(step);
  }
}

void run_step(std::size_t model, Neighbours neighbours, Precision precision, const RowStep& step) {
  with_equations(model, [&](auto equations) HWY_ATTR {
    using Equations = decltype(equations);
    switch (neighbours) {
      case Neighbours::line:
        return step_of_type<Equations, Neighbours::line>(precision, step);
      case Neighbours::plane:
        return step_of_type<Equations, Neighbours::plane>(precision, step);
      case Neighbours::plane_with_corners:
        return step_of_type<Equations, Neighbours::plane_with_corners>(precision, step);
      case Neighbours::volume:
        break;
    }
    step_of_type<Equations, Neighbours::volume>(precision, step);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::patterns
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::patterns {

HWY_EXPORT(run_step);

void step_row(std::size_t model, Neighbours neighbours, Precision precision, const RowStep& step) {
  HWY_DYNAMIC_DISPATCH(run_step)(model, neighbours, precision, step);
}

}  // namespace basalt::patterns
#endif
