// A mark is drawn on the running sum of probabilities, in which column after column of kRowElements/kFoldParts elements
// stands: first the column is looked up that holds the mark, then the element in it. The order of the columns in the
// sum is no matter, so that their sums are taken by whole vectors.
#include "workloads/quantum/results/draw_block.h"

#include <algorithm>
#include <array>
#include <bit>
#include <complex>
#include <utility>

#include "base/hash.h"
#include "base/random.h"

namespace basalt::quantum {
namespace {

constexpr std::size_t kMarks = 64;  ///< Drawn at a time.

template <typename Real>
double probability_of(const std::complex<Real>& amplitude) {
  const double re = amplitude.real();
  const double im = amplitude.imag();
  return re * re + im * im;
}

/// For each mark, how many of the ascending sums are not above it; a power of two of them, the last is above. All marks
/// go step by step together: their loads wait for nothing of one another.
void find_columns(std::span<const double> sums, std::span<const double> marks, std::uint64_t* columns) {
  std::fill_n(columns, marks.size(), std::uint64_t{0});
  for (std::uint64_t half = sums.size() / 2; half != 0; half /= 2) {
    const double* const middle = sums.data() + half - 1;
    for (std::size_t i = 0; i < marks.size(); ++i) {
      columns[i] += middle[columns[i]] <= marks[i] ? half : 0;
    }
  }
}

/// Elements of a column in the order in which they lie; how many there are.
struct Column {
  std::uint64_t first;
  std::uint64_t count;

  Column(std::uint64_t number, std::uint64_t elements) {
    const std::uint64_t row_elements = std::min(elements, kRowElements);
    first = number / kFoldParts * row_elements + number % kFoldParts;
    count = row_elements / kFoldParts;
  }
  [[nodiscard]] std::uint64_t element(std::uint64_t i) const { return first + i * kFoldParts; }
};

/// The element of the column that holds the mark, where `below` is the sum of all columns before.
template <typename Real>
std::uint64_t element_of(const std::complex<Real>* amplitudes, const Column& column, double below, double mark) {
  double sum = below;
  std::uint64_t passed = 0;
  for (std::uint64_t i = 0; i < column.count; ++i) {
    sum += probability_of(amplitudes[column.element(i)]);
    passed += sum <= mark ? 1 : 0;
  }
  if (passed == column.count) {
    // The sums are rounded otherwise than the column's: what is left over goes to the last that is possible.
    do {
      --passed;
    } while (passed > 0 && probability_of(amplitudes[column.element(passed)]) == 0);
  }
  return column.element(passed);
}

}  // namespace

BlockDrawer::BlockDrawer(const BitScatter& basis_of, std::uint64_t block_elements)
    : basis_of_(basis_of),
      sums_(fold_buffer(block_elements)),
      counts_(block_elements, 0),
      occupied_((block_elements + 63) / 64, 0) {}

BasisCount* BlockDrawer::draw(const BlockOf& block, std::uint64_t first, std::uint64_t shots, DrawKey key,
                              BasisCount* out) {
  if (shots < kManyShotsPerElement * block.count) {
    draw_each(block, shots, key);
  } else {
    draw_counts(block, shots, key);
  }
  for (std::size_t word = 0; word < occupied_.size(); ++word) {
    for (std::uint64_t bits = std::exchange(occupied_[word], 0); bits != 0; bits &= bits - 1) {
      const std::uint64_t element = 64 * word + static_cast<std::uint64_t>(std::countr_zero(bits));
      *out++ = {.index = basis_of_(first + element), .count = std::exchange(counts_[element], 0)};
    }
  }
  return out;
}

void BlockDrawer::note(std::uint64_t element, std::uint64_t shots) {
  counts_[element] += shots;
  occupied_[element / 64] |= std::uint64_t{1} << (element % 64);
}

void BlockDrawer::draw_each(const BlockOf& block, std::uint64_t shots, DrawKey key) {
  const std::span<double> sums(numbers(sums_), std::max(kFoldParts, block.count / (kRowElements / kFoldParts)));
  column_sums(block, sums.data());
  for (std::size_t column = 1; column < sums.size(); ++column) {
    sums[column] += sums[column - 1];
  }
  std::array<double, kMarks> marks;
  for (std::uint64_t shot = 0; shot < shots; shot += kMarks) {
    const std::span<double> some(marks.data(), std::min<std::uint64_t>(kMarks, shots - shot));
    fill_uniform(key.seed, key.stream, shot, sums.back(), some);
    if (block.type == ElementType::c64) {
      place<float>(block, some, sums);
    } else {
      place<double>(block, some, sums);
    }
  }
}

template <typename Real>
void BlockDrawer::place(const BlockOf& block, std::span<const double> marks, std::span<const double> sums) {
  const auto* amplitudes = static_cast<const std::complex<Real>*>(block.data) + block.first;
  std::array<std::uint64_t, kMarks> columns;
  find_columns(sums, marks, columns.data());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const double below = columns[i] == 0 ? 0 : sums[columns[i] - 1];
    note(element_of(amplitudes, Column(columns[i], block.count), below, marks[i]), 1);
  }
}

void BlockDrawer::draw_counts(const BlockOf& block, std::uint64_t shots, DrawKey key) {
  const std::span<double> probabilities(numbers(sums_), block.count);
  block_probabilities(block, probabilities.data());
  double left = 0;
  std::uint64_t last_possible = 0;
  for (std::uint64_t i = 0; i < probabilities.size(); ++i) {
    left += probabilities[i];
    last_possible = probabilities[i] > 0 ? i : last_possible;
  }
  for (std::uint64_t i = 0; i <= last_possible && shots > 0; ++i) {
    const CounterRandom random(key.seed, mix(key.stream, i));
    const std::uint64_t count =
        i == last_possible ? shots : binomial(random, 0, shots, left > 0 ? probabilities[i] / left : 0);
    left -= probabilities[i];
    if (count > 0) {
      note(i, count);
      shots -= count;
    }
  }
}

}  // namespace basalt::quantum
