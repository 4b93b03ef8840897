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

std::uint64_t row_bytes(const Domain& domain) {
  return domain.layout.row * scalar_bytes(domain.precision);
}

/// Where the rows of a species stand that a piece holds, counted from its first. Those come first which its own are
/// held in when they are overwritten: the plane below, or of a plane the row before.
struct RowsHeld {
  std::uint64_t above = 0;   ///< The plane above.
  std::uint64_t before = 0;  ///< A row of each plane.
  std::uint64_t after = 0;   ///< A row of each plane.
  std::uint64_t total = 0;

  RowsHeld(const Domain& domain, const PieceShape& shape) {
    if (domain.grid.axes == 2) {
      after = 1;
      total = 2;
    } else {
      above = shape.rows;
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
      along_y_(pieces_of(domain.grid.size[1], shape.rows)),
      along_z_(pieces_of(domain.grid.size[2], shape.planes)),
      rows_(memory, held_bytes(domain, model, shape)) {
  // what whole vectors read beyond a row is never used, and is to be defined all the same
  std::fill_n(rows_.data(), rows_.size_bytes(), std::byte{0});
}

std::uint64_t Overwrite::held_bytes(const Domain& domain, const Model& model, const PieceShape& shape) {
  const std::uint64_t pieces =
      pieces_of(domain.grid.size[1], shape.rows) * pieces_of(domain.grid.size[2], shape.planes);
  return 2 * pieces * piece_bytes(domain, model, shape) + kLineBytes;  // the last vector looks beyond its row
}

/// Those beyond the first and last are the ones across.
Overwrite::Piece Overwrite::piece(std::uint64_t along_y, std::uint64_t along_z) const noexcept {
  along_y %= along_y_;
  along_z %= along_z_;
  const std::uint64_t y = along_y * shape_.rows;
  const std::uint64_t z = along_z * shape_.planes;
  return {.index = along_z * along_y_ + along_y,
          .y = y,
          .z = z,
          .rows = std::min(shape_.rows, domain_.grid.size[1] - y),
          .planes = std::min(shape_.planes, domain_.grid.size[2] - z)};
}

std::byte* Overwrite::row(std::size_t time, const Piece& piece, std::size_t species,
                          std::uint64_t index) const noexcept {
  const std::uint64_t rows = RowsHeld(domain_, shape_).total;
  const std::uint64_t held = (time * along_y_ * along_z_ + piece.index) * species_ + species;
  return rows_.data() + (held * rows + index) * row_bytes(domain_) + kLineBytes;
}

/// The outer rows of a piece to those that look at them at that time: to its neighbours; where there is a side instead,
/// the ghost rows there to itself.
void Overwrite::pass_on(const Cells& cells, const Piece& piece, std::size_t time) const {
  const RowsHeld at(domain_, shape_);
  const auto [width, height, depth] = domain_.grid.size;
  const auto is_side = [&](std::size_t axis, bool at_end) { return at_end && !domain_.ghosts[axis][0].periodic; };
  const bool first_rows = is_side(1, piece.y == 0);
  const bool last_rows = is_side(1, piece.y + piece.rows == height);
  const bool first_plane = is_side(2, piece.z == 0);
  const bool last_plane = is_side(2, piece.z + piece.planes == depth);
  const std::uint64_t y = piece.y / shape_.rows;
  const std::uint64_t z = piece.z / shape_.planes;
  const Piece before = this->piece(y + along_y_ - 1, z);
  const Piece after = this->piece(y + 1, z);
  const Piece below = this->piece(y, z + along_z_ - 1);
  const Piece above = this->piece(y, z + 1);
  for (std::size_t species = 0; species < species_; ++species) {
    const auto copy = [&](const Piece& to, std::uint64_t index, std::uint64_t of_y, std::uint64_t of_z) {
      copy_row(domain_, cells.field(species), of_y, of_z, row(time, to, species, index));
    };
    for (std::uint64_t plane = 0; plane < piece.planes; ++plane) {
      const std::uint64_t of_z = piece.z + plane;
      copy(first_rows ? piece : before, (first_rows ? at.before : at.after) + plane, piece.y - (first_rows ? 1 : 0),
           of_z);
      copy(last_rows ? piece : after, (last_rows ? at.after : at.before) + plane,
           piece.y + piece.rows - (last_rows ? 0 : 1), of_z);
    }
    for (std::uint64_t each = 0; domain_.grid.axes > 2 && each < piece.rows; ++each) {
      const std::uint64_t of_y = piece.y + each;
      copy(first_plane ? piece : below, (first_plane ? 0 : at.above) + each, of_y, piece.z - (first_plane ? 1 : 0));
      copy(last_plane ? piece : above, (last_plane ? at.above : 0) + each, of_y,
           piece.z + piece.planes - (last_plane ? 0 : 1));
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
        const auto held = [&](std::uint64_t index) { return row(now_, piece, species, index); };
        RowsAround& around = step.fields[species];
        around.before = held(volume && y > 0 ? y - 1 : at.before + z);
        if (y + 1 == piece.rows) {
          around.after = held(at.after + z);
        }
        around.below = held(volume ? y : 0);
        if (z + 1 == piece.planes) {
          around.above = held(at.above + y);
        }
        auto* const centre = cells.field(species) + domain_.row_offset(piece.y + y, piece.z + z);
        std::memcpy(ends[species].data(), centre - number, number);
        std::memcpy(ends[species].data() + number, centre + width_bytes, number);
        step.out[species] = centre;
        step.held[species] = held(volume ? y : 0);
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

void Overwrite::advance(const Cells& cells, bool changed, const StepOf& step_of, const Arena& arena,
                        const CancelToken& cancel) {
  const auto each = [&](const auto& act) {
    parallel_for(arena, cancel, 0, along_y_ * along_z_, 1,
                 [&](std::uint64_t first, std::uint64_t) { act(piece(first, first / along_y_)); });
  };
  if (changed) {
    each([&](const Piece& piece) { pass_on(cells, piece, now_); });
  }
  each([&](const Piece& piece) {
    const FlushDenormals flush;
    overwrite(cells, piece, step_of);
    pass_on(cells, piece, 1 - now_);
  });
  now_ = 1 - now_;
}

}  // namespace basalt::patterns
