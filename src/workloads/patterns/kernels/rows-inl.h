// Vectors as values that equations can be written with, and Laplacians of rows. Compiled once per instruction set.
#if defined(BASALT_PATTERN_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef BASALT_PATTERN_ROWS_INL_H
#undef BASALT_PATTERN_ROWS_INL_H
#else
#define BASALT_PATTERN_ROWS_INL_H
#endif

#include <utility>

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

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
constexpr bool kVectorsAreLines = true;

/// The cells of `here` from the second on, then the first of `next`.
HWY_INLINE Cells<float> after_first(Cells<float> here, Cells<float> next) {
  return Cells<float>(Vector<float>{
      _mm512_castsi512_ps(_mm512_alignr_epi32(_mm512_castps_si512(next.v.raw), _mm512_castps_si512(here.v.raw), 1))});
}

HWY_INLINE Cells<double> after_first(Cells<double> here, Cells<double> next) {
  return Cells<double>(Vector<double>{
      _mm512_castsi512_pd(_mm512_alignr_epi64(_mm512_castpd_si512(next.v.raw), _mm512_castpd_si512(here.v.raw), 1))});
}
#else
constexpr bool kVectorsAreLines = false;
#endif

/// A row of cells, gone along from its first vector to its last.
///
/// Where a vector is a line of the cache, loading the cells to the right would touch the next line before it is there:
/// they are put together from that line, which is loaded once, a vector early. Those to the left are in lines that were
/// used already, and a load takes less of what computes than a shift would.
template <typename T>
class Walk {
 public:
  HWY_INLINE explicit Walk(const void* row) : row_(static_cast<const T*>(row)) {
    if constexpr (kVectorsAreLines) {
      next_ = load_at<T>(row_, 0);
    }
  }

  HWY_INLINE void move_to(std::size_t x) {
    const Cells<T> left(hn::LoadU(Tag<T>(), row_ + x - 1));
    if constexpr (kVectorsAreLines) {
      here_ = next_;
      next_ = load_at<T>(row_, x + hn::MaxLanes(Tag<T>()));
      beside_ = left + after_first(here_, next_);
    } else {
      here_ = load_at<T>(row_, x);
      beside_ = left + Cells<T>(hn::LoadU(Tag<T>(), row_ + x + 1));
    }
  }

  [[nodiscard]] HWY_INLINE Cells<T> here() const { return here_; }
  /// The sum of both neighbours along x.
  [[nodiscard]] HWY_INLINE Cells<T> beside() const { return beside_; }

 private:
  const T* row_;
  Cells<T> here_;
  Cells<T> beside_;
  Cells<T> next_;
};

/// Asks for what lies ahead in a row that is read for the first time, the cache beside the registers for the next lines
/// and the one behind it, which takes longer, for those a page ahead: the processor by itself asks too late. Beyond a
/// row's end that is the beginning of the next.
template <typename T>
HWY_INLINE void ask_ahead(const void* row, std::size_t x) {
  constexpr std::size_t kNextBytes = 512;
  constexpr std::size_t kFarBytes = 4096;
  constexpr int kSecondCache = 2;
  const T* const here = static_cast<const T*>(row) + x;
  hwy::Prefetch(here + kNextBytes / sizeof(T));
  __builtin_prefetch(here + kFarBytes / sizeof(T), 0, kSecondCache);
}

/// sum − power · cells, for a power of two: the product is exact, so that the bits are the same fused or not (cells
/// whose product overflows have blown up).
template <typename T>
HWY_INLINE Cells<T> less_exact(Cells<T> sum, double power, Cells<T> cells) {
  return Cells<T>(hn::NegMulAdd(Cells<T>(power).v, cells.v, sum.v));
}

/// A field around a row.
template <Neighbours kNeighbours, typename T>
class Around {
 public:
  HWY_INLINE explicit Around(const RowsAround& rows)
      : rows_(rows),
        centre_(rows.centre),
        before_(kCorners ? rows.before : rows.centre),
        after_(kCorners ? rows.after : rows.centre) {}

  HWY_INLINE void move_to(std::size_t x) {
    centre_.move_to(x);
    if constexpr (kCorners) {
      before_.move_to(x);
      after_.move_to(x);
    }
    if constexpr (kNeighbours != Neighbours::line) {
      ask_ahead<T>(rows_.after, x);
    }
    if constexpr (kNeighbours == Neighbours::volume) {
      ask_ahead<T>(rows_.above, x);
    }
  }

  [[nodiscard]] HWY_INLINE Cells<T> value() const { return centre_.here(); }

  /// ∇² · spacing².
  [[nodiscard]] HWY_INLINE Cells<T> laplacian(std::size_t x) const {
    if constexpr (kNeighbours == Neighbours::line) {
      return less_exact(centre_.beside(), 2.0, value());
    } else if constexpr (kNeighbours == Neighbours::plane) {
      const Cells<T> along_y = load_at<T>(rows_.before, x) + load_at<T>(rows_.after, x);
      return less_exact(centre_.beside() + along_y, 4.0, value());
    } else if constexpr (kNeighbours == Neighbours::plane_with_corners) {
      const Cells<T> along_y = before_.here() + after_.here();
      const Cells<T> corners = before_.beside() + after_.beside();
      const Cells<T> sides = centre_.beside() + along_y;
      return (Cells<T>(2.0 / 3) * sides + Cells<T>(1.0 / 6) * corners) - Cells<T>(10.0 / 3) * value();
    } else {
      const Cells<T> along_y = load_at<T>(rows_.before, x) + load_at<T>(rows_.after, x);
      const Cells<T> along_z = load_at<T>(rows_.below, x) + load_at<T>(rows_.above, x);
      return (centre_.beside() + along_y + along_z) - Cells<T>(6.0) * value();
    }
  }

 private:
  static constexpr bool kCorners = kNeighbours == Neighbours::plane_with_corners;
  RowsAround rows_;
  Walk<T> centre_;
  Walk<T> before_;
  Walk<T> after_;
};

/// The values and Laplacians that the equations of a model are fed with, a vector of cells after the other.
template <typename Equations, Neighbours kNeighbours, typename T, std::size_t kFields>
class Inputs {
 public:
  Cells<T> values[Equations::kSpecies];
  Cells<T> laplacians[kFields];

  HWY_INLINE explicit Inputs(const RowStep& step) : Inputs(step, std::make_index_sequence<kFields>()) {}

  HWY_INLINE void move_to(std::size_t x) {
    for (std::size_t field = 0; field < kFields; ++field) {
      fields_[field].move_to(x);
      if (field < Equations::kSpecies) {
        values[field] = fields_[field].value();
      }
      laplacians[field] = scale_ * fields_[field].laplacian(x);
    }
  }

 private:
  template <std::size_t... kField>
  HWY_INLINE Inputs(const RowStep& step, std::index_sequence<kField...>)
      : fields_{Around<kNeighbours, T>(step.fields[kField])...}, scale_(step.laplacian_scale) {}

  Around<kNeighbours, T> fields_[kFields];
  Cells<T> scale_;
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
