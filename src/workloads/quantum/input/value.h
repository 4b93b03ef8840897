// Classical types and values: what the compiler folds and what the machine computes with. Both use the same
// operations (convert.h, arithmetic.h, choose.h), so that a constant expression and a run-time one always agree.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace basalt::quantum {

enum class Kind : std::uint8_t {
  none,  ///< No value: what a def without a return type gives.
  boolean,
  bit,
  bits,
  integer,
  unsigned_integer,
  floating,
  angle,
  complex,
  qubit,
  qubits,
  array,
};

/// A count of bits, qubits or array elements that is known only at run time.
inline constexpr std::uint32_t kUnknownCount = 0xFFFFFFFF;

/// A type after its widths were evaluated.
struct Type {
  Kind kind = Kind::none;
  std::uint32_t width = 0;  ///< Bits of a number; how many bits or qubits.
  Kind element = Kind::none;
  std::uint32_t element_width = 0;
  std::vector<std::uint32_t> dimensions;

  friend bool operator==(const Type&, const Type&) = default;
};

/// Widths of numbers without a designator, in bits.
inline constexpr std::uint32_t kDefaultWidth = 64;

/// A single bit, qubit or bool has width 1.
inline Type type_of(Kind kind, std::uint32_t width = 1) {
  return {.kind = kind, .width = width, .element = Kind::none, .element_width = 0, .dimensions = {}};
}
inline bool is_integer(Kind kind) {
  return kind == Kind::integer || kind == Kind::unsigned_integer;
}
inline bool is_bit_like(Kind kind) {
  return kind == Kind::bit || kind == Kind::bits;
}
inline bool is_qubit_like(Kind kind) {
  return kind == Kind::qubit || kind == Kind::qubits;
}
/// int[4], bit[3], "array[float[64], 2, 3]": as programs write it.
std::string describe(const Type& type);

/// A classical bit that may still be in a qubit: 0, 1, or kPending + the qubit whose outcome it is.
using Cell = std::uint32_t;
inline constexpr Cell kPending = 2;

using List = std::shared_ptr<const std::vector<std::uint32_t>>;

struct ArrayValue;

/// The meaning of the fields follows from the static type:
///   boolean, bit (a Cell), integer (sign-extended), unsigned_integer, angle (bit pattern): `word`
///   floating: `word` as a double; complex: also `imaginary`
///   qubit, or a reference to one bit: its number in `word`
///   bits (Cells), qubits, or references to several bits: `list`
///   array: `array`
struct Value {
  std::uint64_t word = 0;
  double imaginary = 0;
  List list;
  std::shared_ptr<const ArrayValue> array;
  bool lazy = false;  ///< `word` or `list` are Cells of which some may be pending.

  [[nodiscard]] std::int64_t integer() const { return static_cast<std::int64_t>(word); }
  [[nodiscard]] double real() const { return std::bit_cast<double>(word); }
};

inline Value value_of(std::uint64_t word) {
  return {.word = word, .imaginary = 0, .list = {}, .array = {}};
}
inline Value value_of_real(double real, double imaginary = 0) {
  return {.word = std::bit_cast<std::uint64_t>(real), .imaginary = imaginary, .list = {}, .array = {}};
}
inline Value value_of_list(std::vector<std::uint32_t> items, bool lazy = false) {
  return {.word = 0,
          .imaginary = 0,
          .list = std::make_shared<const std::vector<std::uint32_t>>(std::move(items)),
          .array = {},
          .lazy = lazy};
}

/// Elements of an array: a view of the machine's memory (`storage`), or, when `owned`, elements of its own.
struct ArrayValue {
  struct Dimension {
    std::uint32_t count;
    std::int64_t stride;  ///< In elements.
  };
  bool owned = false;
  std::uint32_t storage = 0;
  std::uint64_t offset = 0;  ///< Of the first element; 0 when owned, with the dimensions contiguous.
  std::vector<Dimension> dimensions;
  std::vector<std::uint64_t> words;  ///< When owned; complex elements take two.
};

inline std::uint32_t words_per_element(Kind element) {
  return element == Kind::complex ? 2 : 1;
}

/// An operation that has no result, before it is known where in the program it is: the caller adds the place.
struct Fault {
  std::string message;
  std::string advice;
};

}  // namespace basalt::quantum
