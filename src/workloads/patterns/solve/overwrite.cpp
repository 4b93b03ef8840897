#include "workloads/patterns/solve/overwrite.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "basalt/parallel.h"

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kLineBytes = 64;
/// Planes of a piece that lie in the cache at once: the one held, the one that is overwritten, the one above, and room.
constexpr std::uint64_t kPlanesInCache = 4;
/// Pieces of volumes have at least so many rows and planes: those around them are copied.
constexpr std::uint64_t kLeastRows = 16;
constexpr std::uint64_t kLeastPlanes = 32;

std::uint64_t pieces_of(std::uint64_t length, std::uint64_t piece) {
  return (length + piece - 1) / piece;
}

std::uint64_t row_bytes(const Domain& domain) {
  return domain.layout.row * scalar_bytes(domain.precision);
}

/// Where the rows of a species stand that a piece holds, counted from its first.
struct RowsHeld {
  std::uint64_t last_plane = 0;  ///< That of the piece's neighbour above, as many rows as `last_plane`.
  std::uint64_t before = 0;      ///< A row of each plane, but for the only one of a plane: `held` is that.
  std::uint64_t after = 0;       ///< A row of each plane.
  std::uint64_t total = 0;

  RowsHeld(const Domain& domain, const PieceShape& shape) {
    if (domain.grid.axes == 2) {
      after = 1;
      total = 2;
    } else {
      last_plane = shape.rows;
      before = 2 * shape.rows;
      after = before + shape.planes;
      total = after + shape.planes;
    }
  }
};

std::uint64_t piece_bytes(const Domain& domain, const Model& model, const PieceShape& shape) {
  return model.species() * RowsHeld(domain, shape).total * row_bytes(domain);
}

}  // namespace

PieceShape shape_pieces(const Domain& domain, const Model& model, const VisitShape& shape, std::uint64_t cache_bytes) {
  const auto [width, height, depth] = domain.grid.size;
  if (domain.grid.axes == 2) {
    return {.rows = std::min(shape.rows, height), .planes = 1};
  }
  const std::uint64_t fit = cache_bytes / (kPlanesInCache * model.species() * row_bytes(domain));
  const std::uint64_t strips = pieces_of(height, std::clamp(fit, std::min(kLeastRows, height), height));
  const std::uint64_t rows = pieces_of(height, strips);
  return {.rows = rows, .planes = std::clamp(shape.rows / rows, std::min(kLeastPlanes, depth), depth)};
}

/// Rows [y, y + rows) of planes [z, z + planes).
struct Overwrite::Piece {
  std::uint64_t index = 0;
  std::uint64_t y = 0;
  std::uint64_t z = 0;
  std::uint64_t rows = 0;
  std::uint64_t planes = 0;
};

Overwrite::Overwrite(const Domain& domain, const Model& model, Neighbours neighbours, const PieceShape& shape,
                     MemoryResource& memory)
    : domain_(domain),
      model_(model),
      neighbours_(neighbours),
      species_(model.species()),
      shape_(shape),
      pieces_along_y_(pieces_of(domain.grid.size[1], shape.rows)),
      pieces_(pieces_along_y_ * pieces_of(domain.grid.size[2], shape.planes)),
      rows_(memory, held_bytes(domain, model, shape)) {
  // what whole vectors read beyond a row is never used, and is to be defined all the same
  std::fill_n(rows_.data(), rows_.size_bytes(), std::byte{0});
}

std::uint64_t Overwrite::held_bytes(const Domain& domain, const Model& model, const PieceShape& shape) {
  const std::uint64_t pieces =
      pieces_of(domain.grid.size[1], shape.rows) * pieces_of(domain.grid.size[2], shape.planes);
  return pieces * piece_bytes(domain, model, shape) + kLineBytes;  // the last vector looks beyond its row
}

Overwrite::Piece Overwrite::piece(std::uint64_t index) const noexcept {
  const std::uint64_t y = index % pieces_along_y_ * shape_.rows;
  const std::uint64_t z = index / pieces_along_y_ * shape_.planes;
  return {.index = index,
          .y = y,
          .z = z,
          .rows = std::min(shape_.rows, domain_.grid.size[1] - y),
          .planes = std::min(shape_.planes, domain_.grid.size[2] - z)};
}

std::byte* Overwrite::row(const Piece& piece, std::size_t species, std::uint64_t index) const noexcept {
  const std::uint64_t rows = RowsHeld(domain_, shape_).total;
  return rows_.data() + ((piece.index * species_ + species) * rows + index) * row_bytes(domain_) + kLineBytes;
}

void Overwrite::hold_rows_around(const Cells& cells, const Piece& piece) const {
  const RowsHeld at(domain_, shape_);
  for (std::size_t species = 0; species < species_; ++species) {
    const auto hold = [&](std::uint64_t index, std::uint64_t y, std::uint64_t z) {
      copy_row(domain_, cells.field(species), y, z, row(piece, species, index));
    };
    for (std::uint64_t z = 0; z < piece.planes; ++z) {
      hold(at.before + z, piece.y - 1, piece.z + z);
      hold(at.after + z, piece.y + piece.rows, piece.z + z);
    }
    if (domain_.grid.axes > 2) {
      for (std::uint64_t y = 0; y < piece.rows; ++y) {
        hold(y, piece.y + y, piece.z - 1);
        hold(at.last_plane + y, piece.y + y, piece.z + piece.planes);
      }
    }
  }
}

void Overwrite::overwrite(const Cells& cells, const Piece& piece, const StepOf& step_of) const {
  const RowsHeld at(domain_, shape_);
  const bool volume = domain_.grid.axes > 2;
  const std::uint64_t number = scalar_bytes(domain_.precision);
  const std::uint64_t width_bytes = domain_.grid.size[0] * number;
  for (std::uint64_t z = 0; z < piece.planes; ++z) {
    for (std::uint64_t y = 0; y < piece.rows; ++y) {
      RowStep step = step_of({.y = piece.y + y, .z = piece.z + z, .first = 0, .cells = domain_.grid.size[0]});
      std::array<std::array<std::byte, 2 * sizeof(double)>, kMostSpecies> ends;
      for (std::size_t species = 0; species < species_; ++species) {
        RowsAround& around = step.fields[species];
        std::byte* const held = row(piece, species, volume ? y : 0);
        around.before = volume && y > 0 ? row(piece, species, y - 1) : row(piece, species, at.before + z);
        if (y + 1 == piece.rows) {
          around.after = row(piece, species, at.after + z);
        }
        around.below = held;
        if (z + 1 == piece.planes) {
          around.above = row(piece, species, at.last_plane + y);
        }
        auto* const centre = cells.field(species) + domain_.row_offset(piece.y + y, piece.z + z);
        std::memcpy(ends[species].data(), centre - number, number);
        std::memcpy(ends[species].data() + number, centre + width_bytes, number);
        step.out[species] = centre;
        step.held[species] = held;
      }
      step_row(model_.number, neighbours_, domain_.precision, step);
      for (std::size_t species = 0; species < species_; ++species) {
        auto* const held = static_cast<std::byte*>(step.held[species]);
        std::memcpy(held - number, ends[species].data(), number);
        std::memcpy(held + width_bytes, ends[species].data() + number, number);
        fill_row_ends(domain_, static_cast<std::byte*>(step.out[species]));
      }
    }
  }
}

void Overwrite::advance(const Cells& cells, const StepOf& step_of, const Arena& arena, const CancelToken& cancel) {
  const auto each = [&](const auto& act) {
    parallel_for(arena, cancel, 0, pieces_, 1, [&](std::uint64_t first, std::uint64_t last) {
      for (std::uint64_t index = first; index < last; ++index) {
        act(piece(index));
      }
    });
  };
  each([&](const Piece& piece) { hold_rows_around(cells, piece); });
  each([&](const Piece& piece) {
    const FlushDenormals flush;
    overwrite(cells, piece, step_of);
  });
}

}  // namespace basalt::patterns
