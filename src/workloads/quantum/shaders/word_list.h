// The words of a stage as they are put together.
#pragma once

#include <bit>
#include <complex>
#include <cstdint>
#include <vector>

#include "runtime/memory/field.h"
#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/shaders/turns.h"

namespace basalt::quantum {

class WordList {
 public:
  explicit WordList(ElementType type, int chunk_axes) : type_(type), chunk_axes_(chunk_axes) {}

  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(words_.size()); }
  std::uint32_t& operator[](std::size_t i) { return words_[i]; }
  void add(std::uint32_t word) { words_.push_back(word); }

  /// Things begin at multiples of four words.
  void align() { words_.resize((words_.size() + 3) / 4 * 4); }

  void add_real(double value) {
    words_.resize(words_.size() + real_words());
    set_real(words_.size() - real_words(), value);
  }

  /// Of words that are there.
  void set_real(std::size_t i, double value) {
    if (type_ == ElementType::c64) {
      words_[i] = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    } else {
      const auto bits = std::bit_cast<std::uint64_t>(value);
      words_[i] = static_cast<std::uint32_t>(bits);
      words_[i + 1] = static_cast<std::uint32_t>(bits >> 32);
    }
  }

  [[nodiscard]] std::size_t real_words() const noexcept { return type_ == ElementType::c64 ? 1 : 2; }

  void add_complex(std::complex<double> value) {
    add_real(value.real());
    add_real(value.imag());
  }

  /// The parts of an index in the field: within a chunk, and the chunk's number.
  void add_place(std::uint64_t index) {
    add(static_cast<std::uint32_t>(index & ((std::uint64_t{1} << chunk_axes_) - 1)));
    add(static_cast<std::uint32_t>(index >> chunk_axes_));
  }

  /// Mask and value within a chunk, then those of the chunk's number.
  void add_control(const ControlMask& control) {
    const std::uint64_t low = (std::uint64_t{1} << chunk_axes_) - 1;
    add(static_cast<std::uint32_t>(control.mask & low));
    add(static_cast<std::uint32_t>(control.value & low));
    add(static_cast<std::uint32_t>(control.mask >> chunk_axes_));
    add(static_cast<std::uint32_t>(control.value >> chunk_axes_));
  }

  /// Low word, high word. Single precision has only the high one, rounded.
  void add_angle(double angle) {
    std::uint64_t turns = turns_of(angle);
    if (type_ == ElementType::c64) {
      turns += std::uint64_t{1} << 31;
    }
    add(static_cast<std::uint32_t>(turns));
    add(static_cast<std::uint32_t>(turns >> 32));
  }

  void append(const WordList& other) { words_.insert(words_.end(), other.words_.begin(), other.words_.end()); }
  [[nodiscard]] std::vector<std::uint32_t> take() && { return std::move(words_); }

 private:
  ElementType type_;
  int chunk_axes_;
  std::vector<std::uint32_t> words_;
};

}  // namespace basalt::quantum
