// Passes the progress of a run on to who asked for it.
#pragma once

#include <cstdint>

#include "basalt/engine.h"

namespace basalt {

/// Fractions are of the first circuit's traffic or, once the run branches, of the shots.
class ProgressMeter {
 public:
  ProgressMeter(const RunHooks& hooks, std::uint64_t shots);

  /// What the first circuit will take.
  void expect(std::uint64_t gates, double bytes);
  void gates_done(std::uint64_t gates, double bytes);
  /// The shots go different ways from here.
  void branch();
  void shots_done(std::uint64_t shots);

 private:
  void report() const;

  const RunHooks& hooks_;
  Progress progress_;
  double bytes_total_ = 0;
  double bytes_done_ = 0;
  bool branched_ = false;
};

}  // namespace basalt
