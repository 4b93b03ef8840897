// How quiet the machine is: one and the same computation on all threads, again and again between the measurements, and
// what the system says of waiting.
#pragma once

#include <cstdint>
#include <vector>

#include "basalt/arena.h"
#include "basalt/tune.h"

namespace basalt {

class Control {
 public:
  /// `target` is the instruction set to compute with.
  Control(const Arena& arena, std::int64_t target);

  void sample(const CancelToken& cancel);

  /// Over all samples so far; there must be one.
  [[nodiscard]] Noise noise() const;

 private:
  const Arena& arena_;
  std::int64_t target_;
  std::vector<double> seconds_;  ///< Of each sample.
  double running_seconds_ = 0;   ///< How long threads had a processor in all that; ideally all of them always.
  std::uint64_t stolen_ticks_;   ///< When this began.
  std::uint64_t all_ticks_;
};

}  // namespace basalt
