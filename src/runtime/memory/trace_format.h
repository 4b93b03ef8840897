// The file of an allocation trace: kTraceMagic, then for each event two numbers, seven bits to a byte and the lowest
// first. The first is twice the bytes of an allocation, or twice the number of allocations since that of a released
// block, plus one. The second is the time since the event before, in nanoseconds. Most events take four to six bytes.
#pragma once

#include <string_view>

namespace basalt {

inline constexpr std::string_view kTraceMagic = "basaltM1";
/// Of one number: ten groups of seven bits hold 64.
inline constexpr int kMaxNumberBytes = 10;

}  // namespace basalt
