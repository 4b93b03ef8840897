// What will be free of every pool at every time from now on, as far as jobs said how long they run.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace basalt::ledger {

inline constexpr double kForever = std::numeric_limits<double>::infinity();

/// One number for each pool.
using Amounts = std::vector<std::int64_t>;

/// A step function of time. Below zero it says that what is reserved cannot be had yet.
class FreeProfile {
 public:
  /// `free` from `now` on, for ever.
  FreeProfile(double now, Amounts free);

  /// Changes what is free in [begin, end): taken away with sign -1, given with sign +1.
  void change(const Amounts& amounts, int sign, double begin, double end);

  /// The first time from `now` on at which `amounts` are free for `seconds`; kForever if there is none. Of a pool of
  /// which nothing is wanted, any number will do.
  [[nodiscard]] double earliest(const Amounts& amounts, double seconds) const;

  /// Whether they are free at this moment, which says nothing of the next one.
  [[nodiscard]] bool fits_now(const Amounts& amounts) const noexcept { return fits(0, amounts); }

 private:
  [[nodiscard]] bool fits(std::size_t step, const Amounts& amounts) const noexcept;
  std::size_t split(double time);

  std::size_t pools_;
  std::vector<double> times_;       ///< Ascending; a step lasts until the next one begins.
  std::vector<std::int64_t> free_;  ///< Rows of `pools_`, one for each step.
};

}  // namespace basalt::ledger
