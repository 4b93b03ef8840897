#include "workloads/patterns/analysis/krylov_schur.h"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "basalt/error.h"
#include "base/random.h"

namespace basalt::patterns {
namespace {

using Eigen::Index;
using Eigen::MatrixXcd;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Columns = Eigen::Map<MatrixXd>;

/// Of A itself, to see how far its eigenvalues reach: what lies beyond the margins of SpectrumBox, these find.
constexpr Index kFirstSpace = 30;
constexpr int kMostRestarts = 400;
/// By then the filter has come to rest; a search that goes on moving it would not end.
constexpr int kMostFilters = 16;
/// p may fall by e to this power from the right end of the filter to the last eigenvalue that is wanted: its vector
/// loses as many digits.
constexpr double kMostDecay = 6;
/// p is at most 1 on the spectrum, and matrices that are not normal let vectors grow for a while: what grows by more is
/// outside.
constexpr double kLongest = 1e6;
constexpr double kAnyLength = std::numeric_limits<double>::max();
constexpr double kRelativeResidual = 1e-8;
constexpr double kAbsoluteResidual = 1e-11;

/// V of V^T V = 1 with A V = V S + R B: `size` columns, and after them R of as many as a block has.
class KrylovSpace {
 public:
  KrylovSpace(Index unknowns, Index most, Index block, std::uint64_t seed, MemoryResource& memory)
      : most_(most),
        block_(block),
        random_(seed, 0),
        memory_(memory, static_cast<std::uint64_t>(unknowns * (most + block)) * sizeof(double)),
        v_(memory_.as<double>(), unknowns, most + block),
        h_(MatrixXd::Zero(most + block, most)) {
    for (Index column = 0; column < block; ++column) {
      draw(column);
    }
  }

  [[nodiscard]] Columns& columns() { return v_; }
  [[nodiscard]] MatrixXd square() const { return h_.topLeftCorner(size_, size_); }

  /// Only the first block stays.
  void begin_again() {
    size_ = 0;
    h_.setZero();
  }

  /// Begins with this vector in place of a block of one.
  void begin_with(const VectorXd& vector) { v_.col(0) = vector.normalized(); }

  /// Vector after vector (A. Ruhe's band Lanczos method), until the space is as large as it may be. Stops at a product
  /// that is longer than `longest`, and returns that.
  std::optional<VectorXd> expand(const LinearMap& map, double longest, const CancelToken& cancel) {
    for (; size_ < most_; ++size_) {
      cancel.check();
      const Index next = size_ + block_;
      map(v_.col(size_).data(), v_.col(next).data());
      const double before = v_.col(next).norm();
      if (!(before <= longest)) {
        return v_.col(next);
      }
      h_.col(size_).head(next) = orthogonalise(next);
      const double left = v_.col(next).norm();
      if (left > kNothing * before) {
        h_(next, size_) = left;
        v_.col(next) /= left;
      } else {
        draw(next);  // the space is invariant: go on anywhere
      }
    }
    return std::nullopt;
  }

  /// V ← V q, for an orthonormal q that spans an invariant space of S.
  void compress(const MatrixXd& q) {
    constexpr Index kRows = 512;
    const Index kept = q.cols();
    for (Index row = 0; row < v_.rows(); row += kRows) {
      const Index rows = std::min(kRows, v_.rows() - row);
      const MatrixXd panel = v_.block(row, 0, rows, size_) * q;
      v_.block(row, 0, rows, kept) = panel;
    }
    for (Index i = 0; i < block_; ++i) {
      v_.col(kept + i) = v_.col(size_ + i);
    }
    const MatrixXd square = q.transpose() * h_.topRows(size_) * q;
    const MatrixXd rest = h_.middleRows(size_, block_) * q;
    h_.setZero();
    h_.topLeftCorner(kept, kept) = square;
    h_.block(kept, 0, block_, kept) = rest;
    size_ = kept;
  }

 private:
  static constexpr double kNothing = 1e-13;

  /// Takes what lies in the columns before it out of a column, twice, for rounding; returns how much that was.
  VectorXd orthogonalise(Index column) {
    VectorXd sum = VectorXd::Zero(column);
    for (int pass = 0; pass < 2; ++pass) {
      const VectorXd part = v_.leftCols(column).transpose() * v_.col(column);
      v_.col(column).noalias() -= v_.leftCols(column) * part;
      sum += part;
    }
    return sum;
  }

  void draw(Index column) {
    for (Index i = 0; i < v_.rows(); ++i) {
      v_(i, column) = 2 * random_.uniform(drawn_++) - 1;
    }
    orthogonalise(column);
    v_.col(column).normalize();
  }

  Index most_;
  Index block_;
  Index size_ = 0;
  CounterRandom random_;
  std::uint64_t drawn_ = 0;
  Buffer memory_;
  Columns v_;
  MatrixXd h_;  ///< S over B.
};

/// U T U* of a small matrix, with the largest |T_ii| first.
class OrderedSchur {
 public:
  explicit OrderedSchur(const MatrixXd& square) {
    const Eigen::ComplexSchur<MatrixXd> schur(square);
    t_ = schur.matrixT();
    u_ = schur.matrixU();
    for (Index end = t_.rows() - 1; end > 0; --end) {
      for (Index i = 0; i < end; ++i) {
        if (std::abs(t_(i, i)) < std::abs(t_(i + 1, i + 1))) {
          swap(i);
        }
      }
    }
  }

  /// At least `count` of them, up to where the next is smaller, and no pair or group is parted; `count` where that
  /// would be more than `most`.
  [[nodiscard]] Index group(Index count, Index most) const {
    constexpr double kSmaller = 1 - 1e-6;
    for (Index end = count; end <= std::min(most, t_.rows() - 1); ++end) {
      if (std::abs(t_(end, end)) < kSmaller * std::abs(t_(end - 1, end - 1))) {
        return end;
      }
    }
    return count;
  }

  /// Adds to `q` a real basis of the space that its columns and Schur vectors `from` to `to` (exclusive) span. That of
  /// a group is its own conjugate: the real and imaginary parts of its vectors span it, well-conditioned.
  void extend(MatrixXd& q, Index from, Index to) const {
    constexpr double kIndependent = 1e-6;
    MatrixXd parts(u_.rows(), 2 * (to - from));
    parts << u_.middleCols(from, to - from).real(), u_.middleCols(from, to - from).imag();
    for (int pass = 0; pass < 2 && q.cols() > 0; ++pass) {
      parts -= q * (q.transpose() * parts);
    }
    Eigen::ColPivHouseholderQR<MatrixXd> split(parts);
    split.setThreshold(kIndependent);
    const Index before = q.cols();
    const MatrixXd basis = split.householderQ() * MatrixXd::Identity(parts.rows(), split.rank());
    q.conservativeResize(parts.rows(), before + basis.cols());
    q.rightCols(basis.cols()) = basis;
  }

 private:
  /// T_ii and the next change places: LAPACK's ztrexc.
  void swap(Index i) {
    Eigen::JacobiRotation<std::complex<double>> rotation;
    rotation.makeGivens(t_(i, i + 1), t_(i + 1, i + 1) - t_(i, i));
    t_.applyOnTheLeft(i, i + 1, rotation.adjoint());
    t_.applyOnTheRight(i, i + 1, rotation);
    u_.applyOnTheRight(i, i + 1, rotation);
  }

  MatrixXcd t_;
  MatrixXcd u_;
};

/// The eigenvalues of A on the space of orthonormal columns (Rayleigh and Ritz), rightmost first.
std::vector<RitzValue> ritz_values(const LinearMap& matrix, const Columns& columns, Index count, VectorXd& image) {
  const auto basis = columns.leftCols(count);
  MatrixXd small(count, count);
  VectorXd errors(count);  // |A v − V V^T A v| of each column
  for (Index column = 0; column < count; ++column) {
    matrix(columns.col(column).data(), image.data());
    small.col(column) = basis.transpose() * image;
    image.noalias() -= basis * small.col(column);
    errors(column) = image.norm();
  }
  const Eigen::EigenSolver<MatrixXd> solver(small);
  std::vector<RitzValue> values(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) {
    const double residual = solver.eigenvectors().col(i).normalized().cwiseAbs().dot(errors);
    values[static_cast<std::size_t>(i)] = {solver.eigenvalues()(i), residual};
  }
  std::stable_sort(values.begin(), values.end(),
                   [](const RitzValue& a, const RitzValue& b) { return a.value.real() > b.value.real(); });
  return values;
}

SpectrumBox with_margins(const SpectrumBox& box) {
  const double width = box.right - box.left;
  return {.left = box.left - 0.05 * width - 0.01 * box.top, .right = box.right, .top = 1.1 * box.top + 0.01 * width};
}

double size_of(const SpectrumBox& box) {
  return box.right - box.left + box.top + std::abs(box.right);
}

class Search {
 public:
  Search(const LinearMap& matrix, Index unknowns, Index count, std::uint64_t seed, MemoryResource& memory,
         const CancelToken& cancel)
      : unknowns_(unknowns),
        count_(count),
        seed_(seed),
        memory_(memory),
        cancel_(cancel),
        matrix_([this, &matrix](const double* from, double* to) {
          ++found_.products;
          matrix(from, to);
        }) {}

  /// All of them, of so few unknowns that a space would hold everything.
  Rightmost find_all() {
    Buffer units(memory_, static_cast<std::uint64_t>(unknowns_ * unknowns_) * sizeof(double));
    Columns columns(units.as<double>(), unknowns_, unknowns_);
    columns.setIdentity();
    VectorXd image(unknowns_);
    found_.values = ritz_values(matrix_, columns, unknowns_, image);
    found_.values.resize(static_cast<std::size_t>(count_));
    return std::move(found_);
  }

  Rightmost find(Index most) {
    look_around(std::nullopt);
    KrylovSpace space(unknowns_, most, count_, seed_, memory_);
    const Buffer scratch(memory_, 3 * static_cast<std::uint64_t>(unknowns_) * sizeof(double));
    VectorXd image(unknowns_);
    GrowthFilter filter(with_margins(box_), 0);
    int filters = 1;
    for (int restart = 0; restart < kMostRestarts; ++restart) {
      const auto beyond = space.expand(
          [&](const double* from, double* to) {
            filter.apply(matrix_, from, to, scratch.as<double>(), static_cast<std::size_t>(unknowns_));
          },
          kLongest, cancel_);
      if (beyond) {
        if (filters == kMostFilters || !beyond->allFinite()) {
          refuse_spectrum();
        }
        ++filters;
        look_around(beyond);
        filter = GrowthFilter(with_margins(box_), filter.time());
        space.begin_again();
        continue;
      }
      const OrderedSchur schur(space.square());
      const Index leading = schur.group(count_, most - count_);
      const Index kept = schur.group(std::max(leading, (count_ + most) / 2), most - count_);
      MatrixXd q;
      schur.extend(q, 0, leading);
      const Index rank = q.cols();
      schur.extend(q, leading, kept);
      space.compress(q);
      found_.values = ritz_values(matrix_, space.columns(), rank, image);
      found_.values.resize(static_cast<std::size_t>(count_));
      const bool inside = include_found();
      if (inside && is_done()) {
        return std::move(found_);
      }
      if (filters < kMostFilters && (!inside || needs_other(filter))) {
        filter = wanted_filter();
        ++filters;
        space.begin_again();
      }
    }
    refuse();
  }

 private:
  /// Where eigenvalues lie that a vector is rich in; of any vector, the outer ones.
  void look_around(const std::optional<VectorXd>& vector) {
    KrylovSpace space(unknowns_, kFirstSpace, 1, seed_, memory_);
    if (vector) {
      space.begin_with(*vector);
    }
    space.expand(matrix_, kAnyLength, cancel_);
    const Eigen::EigenSolver<MatrixXd> solver(space.square(), /*computeEigenvectors=*/false);
    for (const std::complex<double> value : solver.eigenvalues()) {
      box_.include(value);
    }
  }

  [[nodiscard]] double most_residual(const RitzValue& each) const {
    return std::max(kRelativeResidual * std::abs(each.value), kAbsoluteResidual * size_of(box_));
  }

  [[nodiscard]] bool is_done() const {
    return std::all_of(found_.values.begin(), found_.values.end(),
                       [&](const RitzValue& each) { return each.residual <= most_residual(each); });
  }

  /// For what is known now: the right end is the rightmost eigenvalue, and the last wanted one is still to be seen.
  [[nodiscard]] GrowthFilter wanted_filter() const {
    SpectrumBox box = with_margins(box_);
    box.right = std::max(found_.values.front().value.real(), box.left);
    const double decay = GrowthFilter(box, 0).right() - found_.values.back().value.real();
    return {box, decay > 0 ? kMostDecay / decay : std::numeric_limits<double>::max()};
  }

  /// False where an eigenvalue that was found lies outside of the box: then p takes it for one that grows fast.
  bool include_found() {
    const SpectrumBox trusted = with_margins(box_);
    bool inside = true;
    for (const RitzValue& each : found_.values) {
      inside = inside && each.value.real() >= trusted.left && std::abs(each.value.imag()) <= trusted.top;
      box_.include(each.value);
    }
    return inside;
  }

  [[nodiscard]] bool needs_other(const GrowthFilter& filter) const {
    constexpr double kOther = 1.5;
    const double time = wanted_filter().time();
    return time > kOther * filter.time() || filter.time() > kOther * time;
  }

  [[noreturn]] void refuse_spectrum() const {
    throw Error(
        ErrorCode::failed,
        fmt::format("there are eigenvalues far from those between {:.6g} and {:.6g}, {:.6g} above and below the "
                    "real axis, where all were thought to lie",
                    box_.left, box_.right, box_.top),
        "a state with values far from all others has such: smooth it by some steps of time");
  }

  [[noreturn]] void refuse() const {
    const auto is_wrong = [&](const RitzValue& each) { return !(each.residual <= most_residual(each)); };
    const auto wrong = std::max_element(found_.values.begin(), found_.values.end(),
                                        [](const RitzValue& a, const RitzValue& b) { return a.residual < b.residual; });
    throw Error(
        ErrorCode::failed,
        fmt::format("{} of {} leading eigenvalues were not found in {} products: number {}, near {:.6g}{:+.6g} "
                    "i, is left with a residual of {:.2g}",
                    std::count_if(found_.values.begin(), found_.values.end(), is_wrong), count_, found_.products,
                    wrong - found_.values.begin() + 1, wrong->value.real(), wrong->value.imag(), wrong->residual),
        "many lie close together: ask for fewer or some more of them, or on a smaller grid");
  }

  Index unknowns_;
  Index count_;
  std::uint64_t seed_;
  MemoryResource& memory_;
  const CancelToken& cancel_;
  LinearMap matrix_;
  SpectrumBox box_{
      .left = std::numeric_limits<double>::max(), .right = std::numeric_limits<double>::lowest(), .top = 0};
  Rightmost found_;
};

/// Vectors of a space beside the block at its end: restarts leave half of those beyond the wanted ones.
std::uint64_t most_vectors(std::uint64_t count) {
  return 3 * count + 60;
}

}  // namespace

std::uint64_t rightmost_bytes(std::uint64_t unknowns, std::uint64_t count) {
  constexpr std::uint64_t kScratch = 5;  // of the filter, an image, and what lies beyond its spectrum
  return unknowns * sizeof(double) * (most_vectors(count) + count + kScratch + kFirstSpace + 1);
}

Rightmost rightmost_eigenvalues(const LinearMap& matrix, std::uint64_t unknowns, std::uint64_t count,
                                std::uint64_t seed, MemoryResource& memory, const CancelToken& cancel) {
  const auto n = static_cast<Index>(unknowns);
  Search search(matrix, n, static_cast<Index>(count), seed, memory, cancel);
  const auto most = static_cast<Index>(most_vectors(count));
  return n <= std::max(most + static_cast<Index>(count), kFirstSpace + 1) ? search.find_all() : search.find(most);
}

}  // namespace basalt::patterns
