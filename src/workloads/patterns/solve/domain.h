// What a solver works on: a grid with its sides, and fields of cells in memory.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "basalt/memory.h"
#include "workloads/patterns/grid.h"
#include "workloads/patterns/sides.h"

namespace basalt::patterns {

struct Domain {
  Grid grid;
  Layout layout;
  Precision precision = Precision::single_precision;
  std::array<std::array<Ghost, 2>, 3> ghosts{};

  [[nodiscard]] std::uint64_t field_bytes() const noexcept { return layout.total * scalar_bytes(precision); }
  /// Bytes from a field's beginning to cell (0, y, z); y and z from −1, for ghost cells, as unsigned numbers.
  [[nodiscard]] std::uint64_t row_offset(std::uint64_t y, std::uint64_t z) const noexcept {
    return layout.offset(y, z) * scalar_bytes(precision);
  }
};

/// Several fields of one domain, e.g. the species at one time. Rows are whole with the ghost cells at their ends at any
/// time; ghost rows are when `fill_ghost_rows` was called after the last change.
class Cells {
 public:
  Cells() = default;
  Cells(const Domain& domain, std::size_t fields, MemoryResource& memory)
      : field_bytes_(domain.field_bytes()), buffer_(memory, field_bytes_ * fields) {}

  /// The beginning of a field.
  [[nodiscard]] std::byte* field(std::size_t index) const noexcept { return buffer_.data() + index * field_bytes_; }
  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {buffer_.data(), buffer_.size_bytes()}; }

 private:
  std::uint64_t field_bytes_ = 0;
  Buffer buffer_;
};

/// `count` ghost cells of a side that is not periodic, beside those at `inner`.
void fill_ghosts(const Ghost& ghost, Precision precision, std::byte* to, const std::byte* inner, std::uint64_t count);

/// Writes the ghost cells at both ends of the row that begins at `row`.
void fill_row_ends(const Domain& domain, std::byte* row);

/// Writes the ghost rows and planes of a field out of its cells.
void fill_ghost_rows(const Domain& domain, std::byte* field);

/// A row as its neighbours see it, with the ghost cells at its ends; one beyond the first or last along y or z is what
/// the side there makes of the cells.
void copy_row(const Domain& domain, const std::byte* field, std::uint64_t y, std::uint64_t z, std::byte* to);

}  // namespace basalt::patterns
