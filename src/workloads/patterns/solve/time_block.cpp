#include "workloads/patterns/solve/time_block.h"

#include <algorithm>
#include <cstring>

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kLineBytes = 64;
constexpr std::uint64_t kRowsHeld = 4;  ///< A model of fourth order looks at three, and one more has been begun.
constexpr std::uint64_t kStretchCells = 64;
/// Cells around a block are at most a part of this of its own, along each axis.
constexpr std::uint64_t kLeastPerSide = 16;
constexpr std::uint64_t kBlocksPerThread = 4;

std::uint64_t round_up(std::uint64_t value, std::uint64_t to) {
  return (value + to - 1) / to * to;
}

/// Rows (and cells along x) by which a result depends on what lies around it, each step.
std::uint64_t reach_of(const Model& model) {
  return 1 + model.auxiliary();
}

std::uint64_t fields_of(const Model& model) {
  return model.species() + model.auxiliary();
}

/// Of `cells` and a line of the cache on both sides, and one more of each that whole vectors may touch.
std::uint64_t row_bytes_of(const Domain& domain, std::uint64_t cells) {
  return round_up(cells * scalar_bytes(domain.precision), kLineBytes) + 4 * kLineBytes;
}

/// The pieces of equal size, multiples of `unit`, that `length` is cut into where one takes at most `most`.
std::uint64_t cut(std::uint64_t length, std::uint64_t most, std::uint64_t unit) {
  const std::uint64_t pieces = (length + most - 1) / most;
  return round_up((length + pieces - 1) / pieces, unit);
}

/// Copies, and asks for what lies `ahead` of each line: rows of a block are short, and lie far apart, so that the
/// processor does not see by itself which comes next.
void copy_and_ask(std::byte* to, const std::byte* from, std::int64_t bytes, std::int64_t ahead) {
  const auto line = static_cast<std::int64_t>(kLineBytes);
  for (; bytes >= line; bytes -= line, to += line, from += line) {
    __builtin_prefetch(from + ahead);
    std::memcpy(to, from, kLineBytes);
  }
  std::memcpy(to, from, static_cast<std::size_t>(bytes));
}

}  // namespace

BlockShape shape_blocks(const Domain& domain, const Model& model, std::uint64_t steps, std::uint64_t cache_bytes,
                        int threads) {
  const std::uint64_t number = scalar_bytes(domain.precision);
  const auto [width, height, depth] = domain.grid.size;
  // what is computed beside a block is a line of the cache at most
  steps = std::min({steps, kLineBytes / number / reach_of(model), height / kLeastPerSide / reach_of(model)});
  const std::uint64_t around = steps * reach_of(model);
  if (domain.grid.axes != 2 || steps < 2 || width < kStretchCells) {
    return {};
  }
  const std::uint64_t rows_held = steps * fields_of(model) * kRowsHeld;
  const std::uint64_t fits = cache_bytes / rows_held / number / kStretchCells * kStretchCells;
  if (fits < 2 * kLineBytes / number * kLeastPerSide) {
    return {};
  }
  const std::uint64_t cells = cut(width, fits, kStretchCells);
  const std::uint64_t columns = (width + cells - 1) / cells;
  const std::uint64_t blocks = static_cast<std::uint64_t>(threads) * kBlocksPerThread;
  const std::uint64_t bands = std::clamp<std::uint64_t>((blocks + columns - 1) / columns, 1,
                                                        std::max<std::uint64_t>(height / (around * kLeastPerSide), 1));
  return {.steps = steps, .cells = cells, .rows = (height + bands - 1) / bands};
}

std::uint64_t block_bytes(const Domain& domain, const Model& model, const BlockShape& shape) {
  return row_bytes_of(domain, shape.cells) * shape.steps * fields_of(model) * kRowsHeld;
}

/// What of the domain a block sees.
struct TimeBlock::Reach {
  Block block;
  std::int64_t height = 0;
  bool bounded = false;  ///< Along y: there are ghost rows at -1 and at `height`.
  bool left = false;     ///< The block begins at a side that is not periodic.
  bool right = false;    ///< It ends at one.
};

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
  const std::uint64_t held = static_cast<std::uint64_t>(y) % kRowsHeld;
  return rows_.data() + ((time * fields_ + field) * kRowsHeld + held) * row_bytes_ + 2 * kLineBytes;
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

void TimeBlock::load(const Cells& from, std::size_t species, std::int64_t y, const Reach& reach) {
  const auto width = static_cast<std::int64_t>(domain_.grid.size[0]);
  const auto around = static_cast<std::int64_t>(kLineBytes / number_);
  const auto x = static_cast<std::int64_t>(reach.block.x);
  const std::int64_t end = x + static_cast<std::int64_t>(reach.block.cells);
  const std::int64_t low = reach.left ? x : x - around;
  const std::int64_t high = reach.right ? end : end + around;
  const std::int64_t source = (y % reach.height + reach.height) % reach.height;
  const std::byte* const in = from.field(species) + domain_.row_offset(static_cast<std::uint64_t>(source), 0);
  std::byte* const out = row(0, species, y);
  const auto number = static_cast<std::int64_t>(number_);
  const std::int64_t ahead = source + 1 < reach.height ? static_cast<std::int64_t>(domain_.layout.row) * number : 0;
  const auto copy = [&](std::int64_t first, std::int64_t last, std::int64_t shift) {
    if (first < last) {
      copy_and_ask(out + (first - x) * number, in + (first + shift) * number, (last - first) * number, ahead);
    }
  };
  copy(low, 0, width);
  copy(std::max<std::int64_t>(low, 0), std::min(high, width), 0);
  copy(width, high, -width);
}

/// A row at one time: what `compute` makes of it, or the ghost row that stands there.
template <typename Compute>
void TimeBlock::enter(std::uint64_t time, std::size_t first, std::size_t last, std::int64_t y, const Reach& reach,
                      const Compute& compute) {
  const auto ghost_row = [&](std::size_t field, std::size_t side, std::int64_t ghost, std::int64_t inner) {
    fill_ghosts(domain_.ghosts[1][side], domain_.precision, row(time, field, ghost) - kLineBytes,
                row(time, field, inner) - kLineBytes, (row_bytes_ - 2 * kLineBytes) / number_);
  };
  if (!reach.bounded || (y >= 0 && y < reach.height)) {
    compute();
    for (std::size_t field = first; field < last; ++field) {
      std::byte* const begin = row(time, field, y);
      std::byte* const end = begin + reach.block.cells * number_;
      if (reach.left) {
        fill_ghosts(domain_.ghosts[0][0], domain_.precision, begin - number_, begin, 1);
      }
      if (reach.right) {
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

void TimeBlock::advance(const Cells& from, const Cells& to, const Block& block, std::uint64_t steps, bool stream) {
  const auto lag = static_cast<std::int64_t>(reach_of(model_));
  const std::int64_t all = lag * static_cast<std::int64_t>(steps);
  const auto first = static_cast<std::int64_t>(block.y);
  const std::int64_t last = first + static_cast<std::int64_t>(block.rows);
  const Reach reach{.block = block,
                    .height = static_cast<std::int64_t>(domain_.grid.size[1]),
                    .bounded = !domain_.ghosts[1][0].periodic,
                    .left = block.x == 0 && !domain_.ghosts[0][0].periodic,
                    .right = block.x + block.cells == domain_.grid.size[0] && !domain_.ghosts[0][0].periodic};
  // between the first time and the last, a line of the cache beside the block is computed with it
  const std::uint64_t before = reach.left ? 0 : kLineBytes;
  const std::uint64_t around = block.cells + (before + (reach.right ? 0 : kLineBytes)) / number_;
  // row `front` enters; of rows that are `behind` it, those count that the block depends on
  for (std::int64_t front = first - all; front < last + all; ++front) {
    const auto counts = [&](std::int64_t behind) {
      return front - behind >= first - (all - behind) && front - behind < last + (all - behind);
    };
    enter(0, 0, species_, front, reach, [&] {
      for (std::size_t each = 0; each < species_; ++each) {
        load(from, each, front, reach);
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
      RowStep step = step_at(time, y, block.cells, 0);
      for (std::size_t each = 0; each < species_; ++each) {
        step.out[each] = to.field(each) + domain_.row_offset(static_cast<std::uint64_t>(y), 0) + block.x * number_;
      }
      step.stream = stream;
      step_row(model_.number, neighbours_, domain_.precision, step);
    }
  }
}

}  // namespace basalt::patterns
