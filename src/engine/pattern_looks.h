// What a pattern's run shows of itself on its way: frames in files, and what is measured of it.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/kept_json.h"
#include "engine/pattern_job.h"
#include "engine/pattern_place.h"
#include "workloads/patterns/output/frame_folder.h"
#include "workloads/patterns/statistics/watch.h"

namespace basalt {

/// Of the host's memory, for frames while they are written and for statistics.
std::uint64_t looking_bytes(const PatternRequest& request, const patterns::Model& model,
                            const patterns::Domain& domain);

/// The state as those see it who write it to files or measure it. References must outlive it.
patterns::FrameView view_of(const PatternJob& job, PatternPlace& place, std::uint64_t step);

/// The job must outlive it.
class PatternLooks {
 public:
  explicit PatternLooks(const PatternJob& job);

  /// The first step after `step` at which something looks, or the last.
  [[nodiscard]] std::uint64_t next_due(std::uint64_t step) const;

  /// Before the first step, and after those that it is due at; others are nothing to it.
  void look(PatternPlace& place, std::uint64_t step);

  /// After the last: tells the report.
  void finish(PatternReport& report);
  void measure(PatternPlace& place, PatternReport& report, MemoryResource& memory, const Arena& arena) const;

  [[nodiscard]] double seconds() const noexcept { return seconds_; }

  /// What it saw and wrote so far, for a checkpoint, and going on from there. Throws Error(io) and KeptJson::exception
  /// for what makes no sense.
  [[nodiscard]] KeptJson keep() const;
  void restore(const KeptJson& kept);

 private:
  [[nodiscard]] bool is_frame_due(std::uint64_t step) const noexcept;

  const PatternJob& job_;
  std::optional<patterns::FrameFolder> folder_;  ///< None where the run has no folder.
  std::optional<patterns::Watch> watch_;
  double seconds_ = 0;
};

}  // namespace basalt
