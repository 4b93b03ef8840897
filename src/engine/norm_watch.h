// Watches the norm while stages run. What a stage does is local to tiles and unitary, so that each tile keeps its norm:
// looking at one before and after a stage is an exact check of it, at the cost of one tile instead of the state.
#pragma once

#include <cstdint>
#include <span>

#include "plan/plan.h"
#include "runtime/memory/field.h"

namespace basalt {

/// How far Σ|amplitude|² may be from 1 after any number of steps. Looks at the norm bring it back long before.
double norm_tolerance(ElementType type) noexcept;

/// Throws Error(failed) unless `norm` is within that and `slack` more; `where` completes "the norm of the state is 0.9
/// ...".
void expect_norm(double norm, ElementType type, double slack, const char* where);

/// Takes a thousandth of the predicted time of the stages: of a large state it looks at tiles in every stage, of a
/// small one in a stage now and then, of the smallest in none.
class NormWatch {
 public:
  explicit NormWatch(const Field& state) : state_(state) {}

  /// How many of these stages run before one that is looked at; all of them where none is.
  [[nodiscard]] std::size_t unwatched(std::span<const Stage> stages);

  /// Before that stage,
  void look(const Stage& stage);
  /// and after it. Throws Error(failed) that names the stage.
  void look_again(const Stage& stage) const;

 private:
  [[nodiscard]] double tile_norm(const Stage& stage) const;

  const Field& state_;
  double credit_seconds_ = 0;
  std::uint64_t stages_ = 0;  ///< So far, the one that is looked at included.
  std::uint64_t base_ = 0;    ///< Of the tile.
  double norm_ = 0;           ///< Of it, before.
};

}  // namespace basalt
