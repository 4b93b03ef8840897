// Vectors as values that equations can be written with, and Laplacians of rows. Compiled once per instruction set.
#if defined(BASALT_PATTERN_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef BASALT_PATTERN_ROWS_INL_H
#undef BASALT_PATTERN_ROWS_INL_H
#else
#define BASALT_PATTERN_ROWS_INL_H
#endif

#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "workloads/patterns/kernels/rows.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::patterns {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
using Tag = hn::ScalableTag<T>;
template <typename T>
using Vector = hn::Vec<Tag<T>>;

/// A vector of cells. Products are not fused with sums: the same bits on every instruction set.
template <typename T>
struct Cells {
  Vector<T> v;

  HWY_INLINE Cells() = default;
  HWY_INLINE explicit Cells(Vector<T> values) : v(values) {}
  HWY_INLINE explicit Cells(double number) : v(hn::Set(Tag<T>(), static_cast<T>(number))) {}

  friend HWY_INLINE Cells operator+(Cells a, Cells b) { return Cells(hn::Add(a.v, b.v)); }
  friend HWY_INLINE Cells operator-(Cells a, Cells b) { return Cells(hn::Sub(a.v, b.v)); }
  friend HWY_INLINE Cells operator*(Cells a, Cells b) { return Cells(hn::Mul(a.v, b.v)); }
  friend HWY_INLINE Cells operator/(Cells a, Cells b) { return Cells(hn::Div(a.v, b.v)); }
};

// the equations again, compiled for this instruction set
#include "workloads/patterns/equations.inc"

template <typename T>
HWY_INLINE Cells<T> load_at(const void* row, std::size_t x) {
  return Cells<T>(hn::Load(Tag<T>(), static_cast<const T*>(row) + x));
}

/// The sum of both neighbours along x.
template <typename T>
HWY_INLINE Cells<T> load_beside(const void* row, std::size_t x) {
  const T* const at = static_cast<const T*>(row) + x;
  return Cells<T>(hn::LoadU(Tag<T>(), at - 1)) + Cells<T>(hn::LoadU(Tag<T>(), at + 1));
}

/// ∇² · spacing² around a vector of cells, `centre` being those themselves.
template <Neighbours kNeighbours, typename T>
HWY_INLINE Cells<T> laplacian_at(const RowsAround& rows, Cells<T> centre, std::size_t x) {
  if constexpr (kNeighbours == Neighbours::line) {
    return load_beside<T>(rows.centre, x) - Cells<T>(2.0) * centre;
  } else if constexpr (kNeighbours == Neighbours::plane) {
    const Cells<T> along_y = load_at<T>(rows.before, x) + load_at<T>(rows.after, x);
    return (load_beside<T>(rows.centre, x) + along_y) - Cells<T>(4.0) * centre;
  } else if constexpr (kNeighbours == Neighbours::plane_with_corners) {
    const Cells<T> along_y = load_at<T>(rows.before, x) + load_at<T>(rows.after, x);
    const Cells<T> corners = load_beside<T>(rows.before, x) + load_beside<T>(rows.after, x);
    const Cells<T> sides = load_beside<T>(rows.centre, x) + along_y;
    return (Cells<T>(2.0 / 3) * sides + Cells<T>(1.0 / 6) * corners) - Cells<T>(10.0 / 3) * centre;
  } else {
    const Cells<T> along_y = load_at<T>(rows.before, x) + load_at<T>(rows.after, x);
    const Cells<T> along_z = load_at<T>(rows.below, x) + load_at<T>(rows.above, x);
    return (load_beside<T>(rows.centre, x) + along_y + along_z) - Cells<T>(6.0) * centre;
  }
}

/// The values and Laplacians that the equations of a model are fed with at a vector of cells.
template <typename Equations, Neighbours kNeighbours, typename T>
struct Inputs {
  static constexpr std::size_t kFields = Equations::kSpecies + Equations::kAuxiliary;
  Cells<T> values[Equations::kSpecies];
  Cells<T> laplacians[kFields];

  HWY_INLINE Inputs(const RowStep& step, Cells<T> scale, std::size_t x, std::size_t fields) {
    for (std::size_t field = 0; field < fields; ++field) {
      const Cells<T> centre = load_at<T>(step.fields[field].centre, x);
      if (field < Equations::kSpecies) {
        values[field] = centre;
      }
      laplacians[field] = scale * laplacian_at<kNeighbours>(step.fields[field], centre, x);
    }
  }
};

/// The same in all cells, or where they vary, of the cells that were moved to.
template <typename Equations, typename T, bool kVarying>
struct Parameters {
  Cells<T> values[Equations::kParameters];

  HWY_INLINE explicit Parameters(const RowStep& step) {
    for (std::size_t i = 0; i < Equations::kParameters; ++i) {
      values[i] = Cells<T>(step.parameters[i]);
    }
  }

  HWY_INLINE void move_to(const RowStep& step, std::size_t x) {
    if constexpr (kVarying) {
      for (std::size_t i = 0; i < Equations::kParameters; ++i) {
        values[i] = load_at<T>(step.parameter_rows[i], x);
      }
    }
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace basalt::patterns
HWY_AFTER_NAMESPACE();

#endif
