// Casts between classical types.
#include "workloads/quantum/input/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace basalt::quantum {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

std::uint64_t integer_of(double real, Kind to, std::uint32_t width) {
  const double whole = std::trunc(real);
  const double limit = to == Kind::integer ? 0x1p63 : 0x1p64;
  if (!(whole < limit && whole >= -0x1p63)) {
    throw Fault{fmt::format("{} does not fit an integer", real), "keep the value below 2^63 before casting it"};
  }
  const auto word =
      whole < 0x1p63 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(whole)) : static_cast<std::uint64_t>(whole);
  return wrap(to, width, word);
}

std::uint64_t resized_pattern(std::uint64_t pattern, std::uint32_t from, std::uint32_t to) {
  if (to >= from) {
    return wrap(Kind::angle, to, pattern << (to - from));
  }
  const std::uint32_t dropped = from - to;
  const std::uint64_t half = std::uint64_t{1} << (dropped - 1);
  const std::uint64_t rest = pattern & ((half << 1) - 1);
  std::uint64_t kept = pattern >> dropped;
  if (rest > half || (rest == half && (kept & 1) != 0)) {
    ++kept;
  }
  return wrap(Kind::angle, to, kept);
}

std::uint64_t word_of_bits(const std::vector<std::uint32_t>& cells, const char* what) {
  if (cells.size() > kDefaultWidth) {
    throw Fault{fmt::format("bit[{}] has more bits than {} can hold (64)", cells.size(), what), "take a slice first"};
  }
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    word |= static_cast<std::uint64_t>(cells[i]) << i;
  }
  return word;
}

bool any(const std::vector<std::uint32_t>& cells) {
  for (const std::uint32_t cell : cells) {
    if (cell != 0) {
      return true;
    }
  }
  return false;
}

Value to_bits(std::uint64_t word, Kind from, std::uint32_t from_width, std::uint32_t count) {
  const bool single = from == Kind::boolean || from == Kind::bit;
  if (count == kUnknownCount) {
    count = single ? 1 : from_width;
  }
  std::vector<std::uint32_t> cells(count, 0);
  for (std::uint32_t i = 0; i < count && i < kDefaultWidth && i < std::max(from_width, 1U); ++i) {
    cells[i] = static_cast<std::uint32_t>(word >> i & 1);
  }
  return value_of_list(std::move(cells));
}

}  // namespace

std::uint64_t wrap(Kind kind, std::uint32_t width, std::uint64_t word) {
  if (width == 0 || width >= kDefaultWidth) {
    return word;
  }
  const std::uint32_t unused = kDefaultWidth - width;
  if (kind == Kind::integer) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(word << unused) >> unused);
  }
  return word << unused >> unused;
}

double radians_of(std::uint64_t pattern, std::uint32_t width) {
  return kTwoPi * std::ldexp(static_cast<double>(pattern), -static_cast<int>(width));
}

std::uint64_t pattern_of(double radians, std::uint32_t width) {
  if (!std::isfinite(radians)) {
    throw Fault{fmt::format("{} is no angle", radians), {}};
  }
  double turns = std::fmod(radians, kTwoPi) / kTwoPi;
  if (turns < 0) {
    turns += 1;
  }
  const double scaled = std::nearbyint(std::ldexp(turns, static_cast<int>(width)));
  return scaled >= 0x1p64 ? 0 : wrap(Kind::angle, width, static_cast<std::uint64_t>(scaled));
}

bool can_convert(const Type& from, const Type& to, Cast cast) {
  const bool written = cast == Cast::written;
  const auto same_count = [&] {
    return from.width == to.width || from.width == kUnknownCount || to.width == kUnknownCount;
  };
  switch (from.kind) {
    case Kind::boolean:
    case Kind::bit:
      return to.kind == Kind::boolean || to.kind == Kind::bit || is_integer(to.kind) || to.kind == Kind::floating ||
             to.kind == Kind::complex || (to.kind == Kind::bits && (written || to.width == 1));
    case Kind::integer:
    case Kind::unsigned_integer:
      return to.kind == Kind::boolean || to.kind == Kind::bit || is_integer(to.kind) || to.kind == Kind::floating ||
             to.kind == Kind::complex || to.kind == Kind::angle ||
             (to.kind == Kind::bits && written && (same_count() || from.width == kDefaultWidth));
    case Kind::floating:
      return to.kind == Kind::floating || to.kind == Kind::complex || to.kind == Kind::angle ||
             (written && (to.kind == Kind::boolean || is_integer(to.kind)));
    case Kind::angle:
      return to.kind == Kind::angle || to.kind == Kind::boolean || to.kind == Kind::floating ||
             (to.kind == Kind::bits && written && same_count());
    case Kind::complex:
      return to.kind == Kind::complex;
    case Kind::bits:
      switch (to.kind) {
        case Kind::bits:
          return same_count();
        case Kind::boolean:
          return true;
        case Kind::bit:
          return written || from.width == 1 || from.width == kUnknownCount;
        case Kind::integer:
        case Kind::unsigned_integer:
          // A number without a width takes any register, as the programs that Qiskit writes expect; the standard asks
          // for equal widths otherwise.
          return same_count() || to.width == kDefaultWidth;
        case Kind::angle:
          return written && same_count();
        default:
          return false;
      }
    default:
      return false;
  }
}

Value convert(const Value& value, Kind from, std::uint32_t from_width, Kind to, std::uint32_t to_width) {
  if (from == Kind::bits) {
    const auto& cells = *value.list;
    switch (to) {
      case Kind::boolean:
        return value_of(any(cells) ? 1 : 0);
      case Kind::bit:
        return value_of(cells.size() == 1 ? cells[0] : static_cast<std::uint64_t>(any(cells)));
      case Kind::bits:
        if (to_width != kUnknownCount && to_width != cells.size()) {
          throw Fault{fmt::format("bit[{}] cannot become bit[{}]", cells.size(), to_width),
                      "take a slice of that size"};
        }
        return value;
      default:
        if (to_width != kDefaultWidth && to_width != cells.size()) {
          throw Fault{fmt::format("bit[{}] cannot become a number of {} bits", cells.size(), to_width),
                      fmt::format("use a width of {} or take a slice", cells.size())};
        }
        // Into a number of as many bits the highest is the sign; a wider one holds the register as it is.
        return value_of(wrap(to, to_width, word_of_bits(cells, "a number")));
    }
  }
  if (from == Kind::floating || from == Kind::complex) {
    const double real = value.real();
    switch (to) {
      case Kind::boolean:
      case Kind::bit:
        return value_of(real != 0 || (from == Kind::complex && value.imaginary != 0) ? 1 : 0);
      case Kind::floating:
        return value_of_real(to_width == 32 ? static_cast<float>(real) : real);
      case Kind::complex:
        return to_width == 32 ? value_of_real(static_cast<float>(real), static_cast<float>(value.imaginary))
                              : value_of_real(real, value.imaginary);
      case Kind::angle:
        return value_of(pattern_of(real, to_width));
      default:
        return value_of(integer_of(real, to, to_width));
    }
  }
  const std::uint64_t word = value.word;
  switch (to) {
    case Kind::boolean:
    case Kind::bit:
      return from == Kind::bit && to == Kind::bit ? value : value_of(word != 0 ? 1 : 0);
    case Kind::bits:
      return to_bits(word, from, from_width, to_width);
    case Kind::integer:
    case Kind::unsigned_integer:
      return value_of(wrap(to, to_width, word));
    case Kind::angle:
      if (from == Kind::angle) {
        return value_of(resized_pattern(word, from_width, to_width));
      }
      break;
    default:
      break;
  }
  double real = 0;
  if (from == Kind::angle) {
    real = radians_of(word, from_width);
  } else {
    real = from == Kind::integer ? static_cast<double>(value.integer()) : static_cast<double>(word);
  }
  if (to == Kind::angle) {
    return value_of(pattern_of(real, to_width));
  }
  return value_of_real(to_width == 32 ? static_cast<float>(real) : real);
}

}  // namespace basalt::quantum
