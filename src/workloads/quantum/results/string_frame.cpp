#include "workloads/quantum/results/string_frame.h"

#include <bit>

namespace basalt::quantum {
namespace {

bool is_odd(std::uint64_t bits) {
  return (std::popcount(bits) & 1) != 0;
}

}  // namespace

bool StringFrame::take(const PauliString& string) {
  std::uint64_t rest = string.x_mask >> low_axes_ << low_axes_;
  for (const std::uint64_t flip : flips_) {
    rest ^= (rest & std::bit_floor(flip)) != 0 ? flip : 0;
  }
  if (rest == 0) {
    return true;
  }
  if (static_cast<int>(flips_.size()) == part_axes_ - low_axes_) {
    return false;
  }
  for (std::uint64_t& flip : flips_) {
    flip ^= (flip & std::bit_floor(rest)) != 0 ? rest : 0;
  }
  flips_.push_back(rest);
  return true;
}

/// What strings flip comes first; lone axes fill the rest.
std::vector<std::uint64_t> StringFrame::directions() const {
  std::vector<std::uint64_t> result = flips_;
  std::uint64_t leading = 0;
  for (const std::uint64_t flip : flips_) {
    leading |= std::bit_floor(flip);
  }
  for (int axis = low_axes_; axis < axes_ && static_cast<int>(result.size()) < part_axes_ - low_axes_; ++axis) {
    if ((leading >> axis & 1) == 0) {
      result.push_back(std::uint64_t{1} << axis);
    }
  }
  return result;
}

std::vector<StringFrame::Local> StringFrame::localise(std::span<const PauliString> strings) const {
  const std::uint64_t low = (std::uint64_t{1} << low_axes_) - 1;
  const std::vector<std::uint64_t> directions = this->directions();
  std::vector<Local> result;
  result.reserve(strings.size());
  for (const PauliString& string : strings) {
    Local& local = result.emplace_back();
    local.string = {.x_mask = string.x_mask & low, .z_mask = string.z_mask & low};
    for (std::size_t k = 0; k < directions.size(); ++k) {
      const std::uint64_t axis = std::uint64_t{1} << (static_cast<std::size_t>(low_axes_) + k);
      const bool flips = k < flips_.size() && (string.x_mask & std::bit_floor(flips_[k])) != 0;
      local.string.x_mask |= flips ? axis : 0;
      local.string.z_mask |= is_odd(string.z_mask & directions[k]) ? axis : 0;
    }
    // a Y is i·X·Z: there may be two more or fewer of them than the string has
    local.sign = factor_of(string, false) * factor_of(local.string, false);
  }
  return result;
}

}  // namespace basalt::quantum
