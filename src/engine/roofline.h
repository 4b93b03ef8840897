// How fast the machine can be at most: the larger of the time that memory needs and the time that arithmetic needs.
#pragma once

#include <string>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/inventory.h"
#include "basalt/request.h"
#include "basalt/tune.h"

namespace basalt {

class Roofline {
 public:
  /// Takes the arithmetic peaks of `instruction_set` from the wisdom, or measures them, in about a second, where it has
  /// none. Throws Error(cancelled | out_of_resources).
  Roofline(const Inventory& inventory, std::string instruction_set, const CancelToken& cancel);

  /// Where the peaks come from.
  [[nodiscard]] const std::string& source() const noexcept { return source_; }

  /// Operations per second of `threads` threads; 0 where nothing is known.
  [[nodiscard]] double peak(Precision precision, int threads) const noexcept;

  /// Seconds at least; 0 where the peak is not known.
  [[nodiscard]] double least_seconds(double bytes, double bytes_per_second, double flops, Precision precision,
                                     int threads) const noexcept;

 private:
  std::string instruction_set_;
  std::string source_;
  std::vector<ArithmeticPeak> peaks_;
};

}  // namespace basalt
