// Coefficients of the operations on blocks, as whole vectors one after another.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "runtime/memory/field.h"

namespace basalt::quantum {

/// Memory in units that are aligned for every vector.
struct alignas(64) CacheLine {
  std::array<std::byte, 64> bytes;
};

class Coefficients {
 public:
  /// For vectors of 2^lanes amplitudes. With `counting`, they are not computed: for who wants to know the operations
  /// only.
  Coefficients(ElementType type, int lanes, bool counting = false) noexcept
      : type_(type), parts_(std::size_t{2} << lanes), counting_(counting) {}

  /// In parts: where the next vector will begin.
  [[nodiscard]] std::uint32_t position() const noexcept { return static_cast<std::uint32_t>(size_); }
  [[nodiscard]] std::size_t lanes() const noexcept { return parts_ / 2; }
  [[nodiscard]] const void* data() const noexcept { return lines_.data(); }

  /// A vector whose amplitude in lane l has both parts equal to of_lane(l).
  template <typename OfLane>
  void add_real(const OfLane& of_lane) {
    add([&](std::size_t part) { return of_lane(part / 2); });
  }

  /// The same for an imaginary part: its sign is turned at real parts.
  template <typename OfLane>
  void add_imaginary(const OfLane& of_lane) {
    add([&](std::size_t part) { return part % 2 == 0 ? -of_lane(part / 2) : of_lane(part / 2); });
  }

  /// A real and an imaginary vector of complex numbers.
  template <typename OfLane>
  void add_pair(const OfLane& of_lane) {
    if (counting_) {
      return;
    }
    std::array<std::complex<double>, kMostLanes> values;  // each is asked for once: a phase may take many products
    for (std::size_t lane = 0; lane < lanes(); ++lane) {
      values[lane] = of_lane(lane);
    }
    add_real([&](std::size_t lane) { return values[lane].real(); });
    add_imaginary([&](std::size_t lane) { return values[lane].imag(); });
  }

  /// What moves the amplitude of lane source(l) to lane l: integers of the size of a part.
  template <typename Source>
  void add_indices(const Source& source) {
    if (counting_) {
      return;
    }
    std::byte* const at = grow();
    for (std::size_t part = 0; part < parts_; ++part) {
      const std::uint64_t index = 2 * source(part / 2) + part % 2;
      if (type_ == ElementType::c64) {
        const auto narrow = static_cast<std::int32_t>(index);
        std::memcpy(at + part * sizeof narrow, &narrow, sizeof narrow);
      } else {
        std::memcpy(at + part * sizeof index, &index, sizeof index);
      }
    }
  }

  /// What gives every lane the amplitude of the one that differs in these bits of its number.
  void add_flip(std::uint64_t lane_bits) {
    add_indices([lane_bits](std::uint64_t lane) { return lane ^ lane_bits; });
  }

 private:
  template <typename OfPart>
  void add(const OfPart& of_part) {
    if (counting_) {
      return;
    }
    std::byte* const at = grow();
    for (std::size_t part = 0; part < parts_; ++part) {
      const double value = of_part(part);
      if (type_ == ElementType::c64) {
        const auto narrow = static_cast<float>(value);
        std::memcpy(at + part * sizeof narrow, &narrow, sizeof narrow);
      } else {
        std::memcpy(at + part * sizeof value, &value, sizeof value);
      }
    }
  }

  /// Room for one more vector; gives its place.
  std::byte* grow() {
    const std::size_t part_bytes = element_bytes(type_) / 2;
    const std::size_t begin = size_ * part_bytes;
    size_ += parts_;
    lines_.resize((size_ * part_bytes + sizeof(CacheLine) - 1) / sizeof(CacheLine));
    return reinterpret_cast<std::byte*>(lines_.data()) + begin;
  }

  static constexpr std::size_t kMostLanes = sizeof(CacheLine) / element_bytes(ElementType::c64);

  ElementType type_;
  std::size_t parts_;
  bool counting_;
  std::size_t size_ = 0;
  std::vector<CacheLine> lines_;
};

}  // namespace basalt::quantum
