// Euler steps of planes and volumes that overwrite the cells they read: a state is held once, and what is moved is what
// a scale of it in place would move.
//
// The grid is cut into pieces, each with copies of the rows around it, for its neighbours overwrite them at the same
// time; what a piece has made of its own outer rows, it passes on for the next step. Of its rows those are held that
// were overwritten and are still looked at: one of a plane; as many as the piece has in a plane of a volume, few enough
// to stay in the cache.
#pragma once

#include <cstdint>
#include <functional>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "workloads/patterns/kernels/rows.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/solve/domain.h"
#include "workloads/patterns/solve/visit.h"

namespace basalt::patterns {

/// How a grid is cut: a piece has so many rows of each of so many planes.
struct PieceShape {
  std::uint64_t rows = 1;
  std::uint64_t planes = 1;
};

/// Pieces of the visits `shape` cuts; of volumes, such that the rows that steps look at fit `cache_bytes`.
PieceShape shape_pieces(const Domain& domain, const Model& model, const VisitShape& shape, std::uint64_t cache_bytes);

/// References must outlive it.
class Overwrite {
 public:
  /// The step of a row out of the rows around it as they lie in the cells, without `out`.
  using StepOf = std::function<RowStep(const Stretch&)>;

  Overwrite(const Domain& domain, const Model& model, Neighbours neighbours, const PieceShape& shape,
            MemoryResource& memory);

  /// What it holds beside the cells.
  static std::uint64_t held_bytes(const Domain& domain, const Model& model, const PieceShape& shape);

  /// One step of the species `cells`, which are as the last step left them or else `changed`. Throws Error(cancelled)
  /// between pieces: the state is then lost.
  void advance(const Cells& cells, bool changed, const StepOf& step_of, const Arena& arena, const CancelToken& cancel);

 private:
  struct Piece;
  [[nodiscard]] Piece piece(std::uint64_t along_y, std::uint64_t along_z) const noexcept;
  [[nodiscard]] std::byte* row(std::size_t time, const Piece& piece, std::size_t species,
                               std::uint64_t index) const noexcept;
  void pass_on(const Cells& cells, const Piece& piece, std::size_t time) const;
  void overwrite(const Cells& cells, const Piece& piece, const StepOf& step_of) const;

  const Domain& domain_;
  const Model& model_;
  const Neighbours neighbours_;
  const std::size_t species_;
  const PieceShape shape_;
  const std::uint64_t along_y_;  ///< Pieces.
  const std::uint64_t along_z_;
  std::size_t now_ = 0;  ///< Of the two times that rows are held of.
  Buffer rows_;
};

}  // namespace basalt::patterns
