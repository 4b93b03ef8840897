#include "workloads/patterns/solve/block_edges.h"

#include <algorithm>
#include <cstring>

namespace basalt::patterns {
namespace {

constexpr std::int64_t kLineBytes = 64;

/// Of a row beyond a block, with a line on both sides.
std::uint64_t row_bytes_of(const Domain& domain, const BlockShape& shape) {
  const std::uint64_t lines = (shape.cells * scalar_bytes(domain.precision) + kLineBytes - 1) / kLineBytes;
  return (lines + 2) * kLineBytes;
}

std::uint64_t species_bytes_of(const Domain& domain, const Model& model, const BlockShape& shape) {
  const std::uint64_t beyond = 2 * reach_of_step(model) * shape.steps * row_bytes_of(domain, shape);
  return beyond + shape.rows * 2 * kLineBytes;
}

/// Copies, and asks for what lies `ahead` of each line: rows of a block are short, and lie far apart, so that the
/// processor does not see by itself which comes next.
void copy_and_ask(std::byte* to, const std::byte* from, std::int64_t bytes, std::int64_t ahead) {
  for (; bytes >= kLineBytes; bytes -= kLineBytes, to += kLineBytes, from += kLineBytes) {
    __builtin_prefetch(from + ahead);
    std::memcpy(to, from, kLineBytes);
  }
  std::memcpy(to, from, static_cast<std::size_t>(bytes));
}

}  // namespace

std::uint64_t BlockEdges::bytes(const Domain& domain, const Model& model, const BlockShape& shape) {
  return model.species() * species_bytes_of(domain, model, shape);
}

BlockEdges::BlockEdges(const Domain& domain, const Model& model, const BlockShape& shape, std::byte* memory)
    : domain_(domain),
      species_(model.species()),
      number_(static_cast<std::int64_t>(scalar_bytes(domain.precision))),
      row_bytes_(static_cast<std::int64_t>(row_bytes_of(domain, shape))),
      species_bytes_(static_cast<std::int64_t>(species_bytes_of(domain, model, shape))),
      memory_(memory) {}

/// The line before a row beyond the block; of the block's own rows the two lines beside it.
std::byte* BlockEdges::row_at(std::size_t species, std::int64_t y, const Reach& reach) const noexcept {
  const std::int64_t beyond = std::clamp<std::int64_t>(y - (reach.first - reach.around), 0, reach.around) +
                              std::max<std::int64_t>(y - reach.last, 0);
  const std::int64_t own = std::clamp(y, reach.first, reach.last) - reach.first;
  return memory_ + static_cast<std::int64_t>(species) * species_bytes_ + beyond * row_bytes_ + own * 2 * kLineBytes;
}

void BlockEdges::copy(const std::byte* row, std::int64_t low, std::int64_t high, const Reach& reach,
                      std::byte* to) const {
  const auto part = [&](std::int64_t first, std::int64_t last, std::int64_t shift) {
    if (first < last) {
      std::memcpy(to + (first - low) * number_, row + (first + shift) * number_,
                  static_cast<std::size_t>((last - first) * number_));
    }
  };
  part(low, std::min<std::int64_t>(high, 0), reach.width);
  part(std::max<std::int64_t>(low, 0), std::min(high, reach.width), 0);
  part(std::max(low, reach.width), high, -reach.width);
}

void BlockEdges::hold(const Cells& cells, const Reach& reach) const {
  for (std::int64_t y = reach.first - reach.around; y < reach.last + reach.around; ++y) {
    if (!reach.has_cells(y)) {
      continue;
    }
    for (std::size_t species = 0; species < species_; ++species) {
      const std::byte* const row = cells.field(species) + domain_.row_offset(reach.row(y), 0);
      std::byte* const at = row_at(species, y, reach);
      if (reach.owns(y)) {
        copy(row, reach.low, reach.x, reach, at);
        copy(row, reach.end, reach.high, reach, at + kLineBytes);
      } else {
        copy(row, reach.low, reach.high, reach, at + kLineBytes - (reach.x - reach.low) * number_);
      }
    }
  }
}

void BlockEdges::read_row(const Cells& cells, std::size_t species, std::int64_t y, const Reach& reach,
                          std::byte* to) const {
  const std::byte* const at = row_at(species, y, reach);
  const std::int64_t before = (reach.x - reach.low) * number_;
  const std::int64_t own = (reach.end - reach.x) * number_;
  const std::int64_t after = (reach.high - reach.end) * number_;
  if (!reach.owns(y)) {
    std::memcpy(to - before, at + kLineBytes - before, static_cast<std::size_t>(before + own + after));
    return;
  }
  const std::int64_t ahead = reach.owns(y + 1) ? static_cast<std::int64_t>(domain_.layout.row) * number_ : 0;
  copy_and_ask(to, cells.field(species) + domain_.row_offset(reach.row(y), 0) + reach.x * number_, own, ahead);
  std::memcpy(to - before, at, static_cast<std::size_t>(before));
  std::memcpy(to + own, at + kLineBytes, static_cast<std::size_t>(after));
}

}  // namespace basalt::patterns
