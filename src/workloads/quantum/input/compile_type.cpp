// Types: widths and dimensions are evaluated and checked.
#include <fmt/format.h>

#include "workloads/quantum/input/compiler.h"

namespace basalt::quantum {

using syntax::kNone;
using syntax::TypeKind;

namespace {

constexpr std::size_t kMaxDimensions = 7;

}  // namespace

std::uint32_t Compiler::width_of(ExpressionId id, Position at, std::uint32_t fallback, std::uint32_t most) {
  if (id == kNone) {
    return fallback;
  }
  const std::int64_t width = constant_integer(id, "a width");
  if (width < 1 || width > most) {
    fail(at, fmt::format("a width of {}", width), fmt::format("widths go from 1 to {}", most),
         width < 1 ? ErrorCode::bad_input : ErrorCode::unsupported);
  }
  return static_cast<std::uint32_t>(width);
}

Type Compiler::element_type(TypeKind kind, ExpressionId width, Position at) {
  const auto number = [&](Kind of) { return type_of(of, width_of(width, at, kDefaultWidth, kDefaultWidth)); };
  const auto real = [&](Kind of) {
    const std::uint32_t bits = width_of(width, at, kDefaultWidth, kDefaultWidth);
    if (bits != 32 && bits != 64) {
      fail(at, fmt::format("float[{}] is not supported", bits), "use float[32] or float[64]", ErrorCode::unsupported);
    }
    return type_of(of, bits);
  };
  switch (kind) {
    case TypeKind::boolean:
      return type_of(Kind::boolean);
    case TypeKind::integer:
      return number(Kind::integer);
    case TypeKind::unsigned_integer:
      return number(Kind::unsigned_integer);
    case TypeKind::angle:
      return number(Kind::angle);
    case TypeKind::floating:
      return real(Kind::floating);
    case TypeKind::complex:
      return real(Kind::complex);
    case TypeKind::duration:
    case TypeKind::stretch:
      fail(at, fmt::format("'{}' is not supported", kind == TypeKind::duration ? "duration" : "stretch"),
           "Basalt runs gate-level programs: remove what depends on timing", ErrorCode::unsupported);
    default:
      fail(at, "an array cannot have elements of this type",
           "elements are bool, int, uint, float, angle or complex; for bits use bit[n]");
  }
}

Type Compiler::type(std::uint32_t id) {
  const syntax::Type& written = tree_.types[id];
  const Position at = written.position;
  switch (written.kind) {
    case TypeKind::none:
      return {};
    case TypeKind::bit:
    case TypeKind::qubit: {
      const bool bits = written.kind == TypeKind::bit;
      if (written.width == kNone && !written.old_style) {
        return type_of(bits ? Kind::bit : Kind::qubit);
      }
      const std::int64_t count = written.width == kNone ? 1 : constant_integer(written.width, "the size of a register");
      const std::int64_t most = bits ? kMaxBits : kMaxQubits;
      if (count < 0 || (count == 0 && is_qasm2())) {
        fail(at, fmt::format("a register of size {}", count), "a register has at least one item");
      }
      if (count > most) {
        fail(at, fmt::format("a register of {} {}", count, bits ? "bits" : "qubits"),
             fmt::format("the most that a program can declare is {}", most), ErrorCode::unsupported);
      }
      return type_of(bits ? Kind::bits : Kind::qubits, static_cast<std::uint32_t>(count));
    }
    case TypeKind::array: {
      Type array = type_of(Kind::array);
      const Type element = element_type(written.element, written.element_width, at);
      array.element = element.kind;
      array.element_width = element.width;
      std::uint64_t bytes = std::uint64_t{8} * words_per_element(element.kind);
      if (written.dimension_count != kNone) {
        const std::int64_t count = constant_integer(written.dimension_count, "the number of dimensions");
        if (count < 1 || count > static_cast<std::int64_t>(kMaxDimensions)) {
          fail(at, fmt::format("an array of {} dimensions", count), fmt::format("use 1 to {}", kMaxDimensions));
        }
        array.dimensions.assign(static_cast<std::size_t>(count), kUnknownCount);
        return array;
      }
      if (written.dimensions.empty() || written.dimensions.size() > kMaxDimensions) {
        fail(at, fmt::format("an array of {} dimensions", written.dimensions.size()),
             fmt::format("use 1 to {}", kMaxDimensions));
      }
      for (const ExpressionId dimension : written.dimensions) {
        const std::int64_t count = constant_integer(dimension, "the size of an array");
        if (count < 0) {
          fail(at, fmt::format("an array of size {}", count), "sizes are not negative");
        }
        if (static_cast<std::uint64_t>(count) > kMaxArrayBytes) {
          bytes = kMaxArrayBytes + 1;
        } else {
          bytes *= static_cast<std::uint64_t>(count);
        }
        if (bytes > kMaxArrayBytes) {
          fail(at, "the array is too large",
               fmt::format("all arrays of a program together may have {} MiB", kMaxArrayBytes >> 20),
               ErrorCode::unsupported);
        }
        array.dimensions.push_back(static_cast<std::uint32_t>(count));
      }
      return array;
    }
    default:
      return element_type(written.kind, written.width, at);
  }
}

}  // namespace basalt::quantum
