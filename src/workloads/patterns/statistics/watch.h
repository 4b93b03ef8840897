// What is measured of a run: looks at its state from time to time, and all statistics at its end.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "basalt/pattern.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/output/frame.h"

namespace basalt::patterns {

/// What a watch takes from memory at the end of a run.
std::uint64_t watch_bytes(const Grid& grid);

/// References must outlive it.
class Watch {
 public:
  /// Some cells of the species that is classified: whole rows, evenly spread.
  struct Sample {
    std::vector<double> cells;
    double mean = 0;
  };
  /// In its looks so far.
  struct Seen {
    std::vector<double> first_means;  ///< Of each species.
    std::optional<double> first_energy;
    std::vector<double> means;  ///< Of the one that is classified, at each look.
    Sample last;
    Sample before_last;
  };

  Watch(const PatternRequest& request, const Model& model);

  [[nodiscard]] const Seen& seen() const noexcept { return seen_; }
  /// In place of looks: another watch of the same run had them.
  void go_on(Seen seen) { seen_ = std::move(seen); }

  /// Before the first step, and 16 times at even distances up to the last.
  [[nodiscard]] bool is_due(std::uint64_t step) const noexcept;

  /// The first such step after one.
  [[nodiscard]] std::uint64_t next_due(std::uint64_t step) const noexcept;

  void look(const FrameView& frame);

  /// At the end, after the last look. Throws Error(cancelled).
  [[nodiscard]] PatternStatistics measure(const FrameView& frame, const std::vector<SpeciesSummary>& species,
                                          MemoryResource& memory, const Arena& arena, const CancelToken& cancel) const;

 private:
  [[nodiscard]] Sample take_sample(const FrameView& frame) const;
  void classify(const FrameView& frame, const SpeciesSummary& summary, PatternStatistics& statistics) const;

  const PatternRequest& request_;
  const Model& model_;
  const std::size_t classified_;
  const double scale_;  ///< Of what is a contrast: between the model's two usual states.
  Seen seen_;
};

}  // namespace basalt::patterns
