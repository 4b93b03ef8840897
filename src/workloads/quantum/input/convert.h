// Casts between classical types.
#pragma once

#include "workloads/quantum/input/value.h"

namespace basalt::quantum {

enum class Cast : std::uint8_t { automatic, written };

/// Whether a value of `from` may become one of `to`: by itself (assignment, mixed expressions) or by a cast that the
/// program writes. Arrays and qubits only become what they are.
bool can_convert(const Type& from, const Type& to, Cast cast);

/// Converts scalars and bit registers; bits must be known. Throws Fault where the value does not fit (a float that no
/// integer can hold, an integer of the wrong width for bits of a number unknown until now).
Value convert(const Value& value, Kind from, std::uint32_t from_width, Kind to, std::uint32_t to_width);

/// Wraps to `width` bits; sign-extends where `kind` is integer.
std::uint64_t wrap(Kind kind, std::uint32_t width, std::uint64_t word);

/// Radians of an angle's bit pattern, and the nearest pattern (ties to even), modulo 2π.
double radians_of(std::uint64_t pattern, std::uint32_t width);
std::uint64_t pattern_of(double radians, std::uint32_t width);

/// As a program would write it: for outputs and messages. Bits must be known.
std::string text_of(const Value& value, const Type& type);

}  // namespace basalt::quantum
