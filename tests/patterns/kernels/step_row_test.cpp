// Rows against the same equations cell by cell: the same bits with every instruction set, at every length of a row.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "basalt/memory.h"
#include "runtime/cpu/each_instruction_set.h"
#include "workloads/patterns/kernels/rows.h"
#include "workloads/patterns/model.h"

namespace basalt::patterns {
namespace {

constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kMostCells = 67;
constexpr std::array kNeighbourhoods{Neighbours::line, Neighbours::plane, Neighbours::plane_with_corners,
                                     Neighbours::volume};

/// Rows of so many cells, with a cell more at both ends; what lies beyond those is no number.
template <typename T>
class Rows {
 public:
  Rows(std::size_t count, std::size_t cells, double first) : buffer_(memory_, count * kRowBytes) {
    T* const all = reinterpret_cast<T*>(buffer_.data());
    std::fill_n(all, buffer_.size_bytes() / sizeof(T), std::numeric_limits<T>::quiet_NaN());
    for (std::size_t row = 0; row < count; ++row) {
      for (std::size_t x = 0; x < cells + 2; ++x) {
        at(row)[static_cast<std::ptrdiff_t>(x) - 1] = static_cast<T>(
            0.5 + 0.4 * std::sin(first + 7.0 * static_cast<double>(x) + 31.0 * static_cast<double>(row)));
      }
    }
  }

  [[nodiscard]] T* at(std::size_t row) const {
    return reinterpret_cast<T*>(buffer_.data() + row * kRowBytes + kLineBytes);
  }

 private:
  /// A line on the left, and on the right what whole vectors touch.
  static constexpr std::size_t kRowBytes = kMostCells / 8 * kLineBytes + 4 * kLineBytes;
  HostMemory memory_;
  Buffer buffer_;
};

/// ∇² · spacing², added up in the order of the kernels.
template <typename T>
T laplacian(Neighbours neighbours, const std::array<const T*, 5>& rows, std::ptrdiff_t x) {
  const auto [centre, before, after, below, above] = rows;
  const auto beside = [&](const T* row) { return row[x - 1] + row[x + 1]; };
  switch (neighbours) {
    case Neighbours::line:
      return beside(centre) - T(2) * centre[x];
    case Neighbours::plane:
      return (beside(centre) + (before[x] + after[x])) - T(4) * centre[x];
    case Neighbours::plane_with_corners:
      return (T(2.0 / 3) * (beside(centre) + (before[x] + after[x])) + T(1.0 / 6) * (beside(before) + beside(after))) -
             T(10.0 / 3) * centre[x];
    case Neighbours::volume:
      break;
  }
  return (beside(centre) + (before[x] + after[x]) + (below[x] + above[x])) - T(6) * centre[x];
}

template <typename T>
void expect_same_bits(const Model& model, Neighbours neighbours, std::size_t cells) {
  constexpr double kScale = 1.7;
  constexpr double kFactor = 0.01;
  const std::size_t species = model.species();
  const std::size_t fields = species + model.auxiliary();
  const Rows<T> in(5 * fields, cells, 0.3);
  const Rows<T> base(species, cells, 0.7);
  const Rows<T> out(species, cells, 0);
  RowStep step;
  for (std::size_t field = 0; field < fields; ++field) {
    step.fields[field] = {.centre = in.at(5 * field),
                          .before = in.at(5 * field + 1),
                          .after = in.at(5 * field + 2),
                          .below = in.at(5 * field + 3),
                          .above = in.at(5 * field + 4)};
  }
  for (std::size_t each = 0; each < species; ++each) {
    step.base[each] = base.at(each);
    step.out[each] = out.at(each);
  }
  step.cells = cells;
  step.laplacian_scale = kScale;
  step.factor = kFactor;
  step.parameters = model.parameters.data();
  step_row(model.number, neighbours, sizeof(T) == 4 ? Precision::single_precision : Precision::double_precision, step);
  std::array<T, kMostParameters> parameters{};
  std::transform(model.parameters.begin(), model.parameters.end(), parameters.begin(),
                 [](double value) { return static_cast<T>(value); });
  for (std::size_t x = 0; x < cells; ++x) {
    std::array<T, kMostSpecies> values{};
    std::array<T, kMostLaplacians> laplacians{};
    std::array<T, kMostSpecies> rates{};
    for (std::size_t field = 0; field < fields; ++field) {
      const std::array<const T*, 5> rows{in.at(5 * field), in.at(5 * field + 1), in.at(5 * field + 2),
                                         in.at(5 * field + 3), in.at(5 * field + 4)};
      laplacians[field] = static_cast<T>(kScale) * laplacian(neighbours, rows, static_cast<std::ptrdiff_t>(x));
      if (field < species) {
        values[field] = rows[0][x];
      }
    }
    with_equations(model.number, [&](auto equations) {
      decltype(equations)::rates(values.data(), laplacians.data(), parameters.data(), rates.data());
    });
    for (std::size_t each = 0; each < species; ++each) {
      ASSERT_EQ(out.at(each)[x], base.at(each)[x] + static_cast<T>(kFactor) * rates[each])
          << "species " << each << ", cell " << x;
    }
  }
}

/// In place, with what was overwritten held in a row of its own or in one of the neighbours.
template <typename T>
void expect_same_bits_in_place(const Model& model, Neighbours neighbours, std::size_t cells) {
  const Precision precision = sizeof(T) == 4 ? Precision::single_precision : Precision::double_precision;
  const std::size_t species = model.species();
  const std::size_t fields = species + model.auxiliary();
  for (const std::size_t held : {5U, 1U, 3U}) {
    if ((held == 1 && neighbours == Neighbours::line) || (held == 3 && neighbours != Neighbours::volume)) {
      continue;
    }
    const auto step_of = [&](const Rows<T>& rows) {
      RowStep step;
      for (std::size_t field = 0; field < fields; ++field) {
        step.fields[field] = {.centre = rows.at(6 * field),
                              .before = rows.at(6 * field + 1),
                              .after = rows.at(6 * field + 2),
                              .below = rows.at(6 * field + 3),
                              .above = rows.at(6 * field + 4)};
      }
      step.cells = cells;
      step.laplacian_scale = 0.8;
      step.factor = 0.02;
      step.parameters = model.parameters.data();
      return step;
    };
    const Rows<T> before(6 * fields, cells, 0.3);
    const Rows<T> wanted(species, cells, 0);
    RowStep aside = step_of(before);
    const Rows<T> rows(6 * fields, cells, 0.3);
    RowStep in_place = step_of(rows);
    for (std::size_t each = 0; each < species; ++each) {
      aside.base[each] = before.at(6 * each);
      aside.out[each] = wanted.at(each);
      in_place.out[each] = rows.at(6 * each);
      in_place.held[each] = rows.at(6 * each + held);
    }
    step_row(model.number, neighbours, precision, aside);
    step_row(model.number, neighbours, precision, in_place);
    for (std::size_t each = 0; each < species; ++each) {
      for (std::size_t x = 0; x < cells; ++x) {
        ASSERT_EQ(rows.at(6 * each)[x], wanted.at(each)[x]) << "species " << each << ", cell " << x;
        ASSERT_EQ(rows.at(6 * each + held)[x], before.at(6 * each)[x]) << "species " << each << ", cell " << x;
      }
    }
  }
}

TEST(StepRow, AgreesWithTheEquationsCellByCell) {
  for_each_instruction_set([] {
    for (const PatternModel& description : pattern_models()) {
      const Model model = make_model(description.name, {});
      for (const Neighbours neighbours : kNeighbourhoods) {
        for (std::size_t cells = 1; cells <= kMostCells; ++cells) {
          SCOPED_TRACE(description.name + ", neighbourhood " + std::to_string(static_cast<int>(neighbours)) + ", " +
                       std::to_string(cells) + " cells");
          expect_same_bits<float>(model, neighbours, cells);
          expect_same_bits<double>(model, neighbours, cells);
          expect_same_bits_in_place<float>(model, neighbours, cells);
          expect_same_bits_in_place<double>(model, neighbours, cells);
        }
      }
    }
  });
}

}  // namespace
}  // namespace basalt::patterns
