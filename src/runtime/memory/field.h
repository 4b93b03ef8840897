// Field: the one large array of a job. Here: 2^axes elements with binary axes, axis k having stride 2^k.
#pragma once

#include <cstdint>

#include "basalt/memory.h"

namespace basalt {

enum class ElementType : std::uint8_t {
  c64,   ///< complex, two f32, interleaved
  c128,  ///< complex, two f64, interleaved
};

constexpr std::uint64_t element_bytes(ElementType type) noexcept {
  return type == ElementType::c64 ? 8 : 16;
}

/// Kernels work on whole vectors, so a field of fewer axes is padded to this many, the padding holding zeros.
inline constexpr int kMinFieldAxes = 4;

constexpr std::uint64_t field_bytes(ElementType type, int axes) noexcept {
  return element_bytes(type) << (axes < kMinFieldAxes ? kMinFieldAxes : axes);
}

struct Field {
  ElementType type = ElementType::c64;
  int axes = 0;
  Buffer buffer;

  Field() = default;
  Field(MemoryResource& memory, ElementType element_type, int axis_count, CallSite where = CallSite::here())
      : type(element_type), axes(axis_count), buffer(memory, field_bytes(element_type, axis_count), where) {}

  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return buffer.size_bytes(); }
  /// Axes as kernels see them: at least kMinFieldAxes.
  [[nodiscard]] int padded_axes() const noexcept { return axes < kMinFieldAxes ? kMinFieldAxes : axes; }
};

}  // namespace basalt
