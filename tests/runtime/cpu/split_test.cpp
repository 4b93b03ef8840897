#include "runtime/cpu/split.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/cpu/each_instruction_set.h"

namespace basalt {
namespace {

template <typename T>
void expect_splits_and_joins(ElementType type, int axes) {
  SCOPED_TRACE(axes);
  HostMemory memory;
  const CancelToken never;
  const Arena arena(2);
  const Field field(memory, type, axes);
  const std::uint64_t elements = field.size_bytes() / element_bytes(type);
  auto* pairs = field.buffer.as<T>();
  for (std::uint64_t i = 0; i < 2 * elements; ++i) {
    pairs[i] = static_cast<T>(i);
  }
  const Buffer real(memory, elements * sizeof(T));
  const Buffer imaginary(memory, elements * sizeof(T));
  split_complex(field, {real.data(), imaginary.data()}, arena, never);
  for (std::uint64_t i = 0; i < elements; ++i) {
    ASSERT_EQ(real.as<T>()[i], static_cast<T>(2 * i));
    ASSERT_EQ(imaginary.as<T>()[i], static_cast<T>(2 * i + 1));
  }
  std::fill_n(pairs, 2 * elements, T{-1});
  interleave_complex({real.data(), imaginary.data()}, field, arena, never);
  for (std::uint64_t i = 0; i < 2 * elements; ++i) {
    ASSERT_EQ(pairs[i], static_cast<T>(i));
  }
}

TEST(SplitComplex, ThereAndBackForEverySize) {
  for_each_instruction_set([] {
    for (const int axes : {0, 1, 3, 4, 5, 9, 16, 18, 19}) {
      ASSERT_NO_FATAL_FAILURE(expect_splits_and_joins<float>(ElementType::c64, axes));
      ASSERT_NO_FATAL_FAILURE(expect_splits_and_joins<double>(ElementType::c128, axes));
    }
  });
}

}  // namespace
}  // namespace basalt
