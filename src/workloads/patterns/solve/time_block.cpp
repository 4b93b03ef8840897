#include "workloads/patterns/solve/time_block.h"

#include <algorithm>

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kLineBytes = 64;

std::uint64_t fields_of(const Model& model) {
  return model.species() + model.auxiliary();
}

/// Of `cells` and a line of the cache on both sides, and one more of each that whole vectors may touch.
std::uint64_t row_bytes_of(const Domain& domain, std::uint64_t cells) {
  return (cells * scalar_bytes(domain.precision) + kLineBytes - 1) / kLineBytes * kLineBytes + 4 * kLineBytes;
}

}  // namespace

std::uint64_t block_bytes(const Domain& domain, const Model& model, const BlockShape& shape) {
  return row_bytes_of(domain, shape.cells) * shape.steps * fields_of(model) * kBlockRowsHeld;
}

TimeBlock::TimeBlock(const Domain& domain, const Model& model, Neighbours neighbours, double step,
                     const BlockShape& shape, MemoryResource& memory)
    : domain_(domain),
      model_(model),
      neighbours_(neighbours),
      step_(step),
      species_(model.species()),
      fields_(fields_of(model)),
      number_(scalar_bytes(domain.precision)),
      laplacian_scale_(1 / (domain.grid.spacing * domain.grid.spacing)),
      row_bytes_(row_bytes_of(domain, shape.cells)),
      rows_(memory, block_bytes(domain, model, shape)) {
  // what whole vectors read beyond a row is never used, and is to be defined all the same
  std::fill_n(rows_.data(), rows_.size_bytes(), std::byte{0});
}

std::byte* TimeBlock::row(std::uint64_t time, std::size_t field, std::int64_t y) const noexcept {
  const std::uint64_t held = static_cast<std::uint64_t>(y) % kBlockRowsHeld;
  return rows_.data() + ((time * fields_ + field) * kBlockRowsHeld + held) * row_bytes_ + 2 * kLineBytes;
}

RowStep TimeBlock::step_at(std::uint64_t time, std::int64_t y, std::uint64_t cells,
                           std::uint64_t before) const noexcept {
  RowStep step;
  for (std::size_t field = 0; field < fields_; ++field) {
    step.fields[field].centre = row(time, field, y) - before;
    step.fields[field].before = row(time, field, y - 1) - before;
    step.fields[field].after = row(time, field, y + 1) - before;
  }
  for (std::size_t species = 0; species < species_; ++species) {
    step.base[species] = step.fields[species].centre;
  }
  step.cells = cells;
  step.laplacian_scale = laplacian_scale_;
  step.factor = step_;
  step.parameters = model_.parameters.data();
  return step;
}

/// A row at one time: what `compute` makes of it, or the ghost row that stands there.
template <typename Compute>
void TimeBlock::enter(std::uint64_t time, std::size_t first, std::size_t last, std::int64_t y, const Reach& reach,
                      const Compute& compute) {
  const auto ghost_row = [&](std::size_t field, std::size_t side, std::int64_t ghost, std::int64_t inner) {
    fill_ghosts(domain_.ghosts[1][side], domain_.precision, row(time, field, ghost) - kLineBytes,
                row(time, field, inner) - kLineBytes, (row_bytes_ - 2 * kLineBytes) / number_);
  };
  if (reach.has_cells(y)) {
    compute();
    for (std::size_t field = first; field < last; ++field) {
      std::byte* const begin = row(time, field, y);
      std::byte* const end = begin + (reach.end - reach.x) * static_cast<std::int64_t>(number_);
      if (reach.at_left()) {
        fill_ghosts(domain_.ghosts[0][0], domain_.precision, begin - number_, begin, 1);
      }
      if (reach.at_right()) {
        fill_ghosts(domain_.ghosts[0][1], domain_.precision, end, end - number_, 1);
      }
      if (reach.bounded && y == 0) {
        ghost_row(field, 0, -1, 0);
      }
    }
  } else if (y == reach.height) {
    for (std::size_t field = first; field < last; ++field) {
      ghost_row(field, 1, y, y - 1);
    }
  }
}

void TimeBlock::advance(const Cells& cells, const BlockEdges& edges, const Reach& reach, std::uint64_t steps) {
  const auto lag = static_cast<std::int64_t>(reach_of_step(model_));
  // between the first time and the last, what is beside the block is computed with it
  const auto own = static_cast<std::uint64_t>(reach.end - reach.x);
  const std::uint64_t before = static_cast<std::uint64_t>(reach.x - reach.low) * number_;
  const auto around = static_cast<std::uint64_t>(reach.high - reach.low);
  // row `front` enters; of rows that are `behind` it, those count that the block depends on
  for (std::int64_t front = reach.first - reach.around; front < reach.last + reach.around; ++front) {
    const auto counts = [&](std::int64_t behind) {
      const std::int64_t beyond = reach.around - behind;
      return front - behind >= reach.first - beyond && front - behind < reach.last + beyond;
    };
    enter(0, 0, species_, front, reach, [&] {
      for (std::size_t each = 0; each < species_; ++each) {
        edges.read_row(cells, each, front, reach, row(0, each, front));
      }
    });
    for (std::uint64_t time = 0; time < steps; ++time) {
      const std::int64_t behind = lag * static_cast<std::int64_t>(time + 1);
      if (fields_ > species_ && counts(behind - 1)) {
        const std::int64_t y = front - behind + 1;
        enter(time, species_, fields_, y, reach, [&] {
          RowStep step = step_at(time, y, around, before);
          step.out[0] = row(time, species_, y) - before;
          auxiliary_row(model_.number, neighbours_, domain_.precision, step);
        });
      }
      if (!counts(behind)) {
        continue;
      }
      const std::int64_t y = front - behind;
      if (time + 1 < steps) {
        enter(time + 1, 0, species_, y, reach, [&] {
          RowStep step = step_at(time, y, around, before);
          for (std::size_t each = 0; each < species_; ++each) {
            step.out[each] = row(time + 1, each, y) - before;
          }
          step_row(model_.number, neighbours_, domain_.precision, step);
        });
        continue;
      }
      RowStep step = step_at(time, y, own, 0);
      for (std::size_t each = 0; each < species_; ++each) {
        step.out[each] = cells.field(each) + domain_.row_offset(static_cast<std::uint64_t>(y), 0) +
                         static_cast<std::uint64_t>(reach.x) * number_;
      }
      step_row(model_.number, neighbours_, domain_.precision, step);
    }
  }
}

}  // namespace basalt::patterns
