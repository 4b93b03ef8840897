// Watches the norm while stages run. What a stage does is local to tiles and unitary, so that each tile keeps its norm:
// looking at one before and after a stage is an exact check of it, at the cost of one tile instead of the state. Which
// tiles are looked at and what is made of it is the same wherever the state lies.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "plan/watched_tile.h"
#include "runtime/memory/field.h"

namespace basalt {

/// How far Σ|amplitude|² may be from 1 after any number of steps. Looks at the norm bring it back long before.
double norm_tolerance(ElementType type) noexcept;

/// Throws Error(failed) unless `norm` is within that and `slack` more; `where` completes "the norm of the state is 0.9
/// ...".
void expect_norm(double norm, ElementType type, double slack, const char* where);

/// What looking at a tile before and after a stage takes.
struct LookCost {
  double seconds = 0;
  double seconds_per_element = 0;
};

/// Takes a thousandth of the predicted time of the stages: of a large state it looks at tiles in every stage, of a
/// small one in a stage now and then, of the smallest in none.
class NormWatch {
 public:
  /// `advice` is for those who read that a stage did not keep the norm.
  NormWatch(ElementType type, LookCost cost, std::string advice);
  /// For a state in the host's memory.
  explicit NormWatch(ElementType type);

  /// Counts these stages up to the first that is looked at, which is the last that is counted. Null: none is.
  [[nodiscard]] std::optional<WatchedTile> next(std::span<const Stage> stages);
  /// Counts them all. Those that are looked at, in order.
  [[nodiscard]] std::vector<WatchedTile> choose(std::span<const Stage> stages);
  /// Counts stages that run elsewhere.
  void pass_over(std::size_t stages) noexcept { stages_ += stages; }
  /// From now on as if none had run: what is chosen next follows from the stages alone.
  void forget_credit() noexcept { credit_seconds_ = 0; }
  /// Stages are counted from 1 again, as those of `whole` ("the run" before the first call).
  void begin(std::string whole);

  /// Throws Error(failed) that names the stage unless its tile's norm is what it was before it.
  void expect_kept(const Stage& stage, const WatchedTile& tile, double before, double after) const;

 private:
  ElementType type_;
  LookCost cost_;
  std::string advice_;
  std::string whole_ = "the run";
  double credit_seconds_ = 0;
  std::uint64_t stages_ = 0;  ///< So far, of `whole`.
  std::uint64_t looks_ = 0;   ///< So far.
};

/// Σ|amplitude|² of the elements whose index differs from `base` along `axes` only.
double tile_norm(const Field& state, std::uint64_t base, std::uint64_t axes);

}  // namespace basalt
