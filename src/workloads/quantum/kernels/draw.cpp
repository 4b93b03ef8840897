// What drawing shots inside a block needs of vectors: the sums of its columns, and random numbers by the dozen.
#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/readout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/draw.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/amplitudes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
HWY_INLINE void column_sums_of(const T* HWY_RESTRICT data, std::uint64_t count, double* HWY_RESTRICT sums) {
  const std::uint64_t row_elements = count < kRowElements ? count : kRowElements;
  for (std::uint64_t row = 0; row < count; row += row_elements, sums += kFoldParts) {
    for (std::uint64_t column = 0; column < kFoldParts; column += kLanes) {
      Numbers sum = hn::Zero(F64());
      for (std::uint64_t i = row + column; i < row + row_elements; i += kFoldParts) {
        ask_ahead(data + 2 * i);
        sum = hn::Add(sum, load_amplitudes(data + 2 * i).norm());
      }
      hn::Store(sum, F64(), sums + column);
    }
  }
}

void run_column_sums(const BlockOf& block, double* sums) {
  with_amplitudes(block, [&](const auto* data) { column_sums_of(data + 2 * block.first, block.count, sums); });
}

using U64 = hn::ScalableTag<std::uint64_t>;
using Words = hn::Vec<U64>;

/// Products of the lower halves.
HWY_INLINE Words multiply(Words a, Words b) {
  const hn::Repartition<std::uint32_t, U64> u32;
  return hn::MulEven(hn::BitCast(u32, a), hn::BitCast(u32, b));
}

/// philox4x32 of base/random.h, a counter to a lane. Only the lower half of a word counts until the end.
HWY_INLINE Words philox(Words index, std::uint64_t seed, std::uint64_t stream) {
  const U64 u64;
  const Words multiplier0 = hn::Set(u64, 0xD2511F53);
  const Words multiplier1 = hn::Set(u64, 0xCD9E8D57);
  Words c0 = index;
  Words c1 = hn::ShiftRight<32>(index);
  Words c2 = hn::Set(u64, stream);
  Words c3 = hn::Set(u64, stream >> 32);
  auto key0 = static_cast<std::uint32_t>(seed);
  auto key1 = static_cast<std::uint32_t>(seed >> 32);
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const Words product0 = multiply(c0, multiplier0);
    const Words product1 = multiply(c2, multiplier1);
    c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(product1), c1), hn::Set(u64, key0));
    c1 = product1;
    c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(product0), c3), hn::Set(u64, key1));
    c3 = product0;
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return hn::Or(hn::And(c0, hn::Set(u64, 0xFFFFFFFF)), hn::ShiftLeft<32>(c1));
}

/// The upper 53 bits as a number in [0, 1). Both halves are put under an exponent, which is taken off again: exact.
HWY_INLINE Numbers uniform_of(Words bits) {
  const U64 u64;
  const auto with_exponent = [&](Words mantissa, std::uint64_t exponent) {
    return hn::BitCast(F64(), hn::Or(mantissa, hn::Set(u64, exponent)));
  };
  // 26 + 27 bits: below 2^-26 and above
  const Words high = hn::ShiftRight<38>(bits);
  const Words low = hn::And(hn::ShiftRight<11>(bits), hn::Set(u64, 0x7FFFFFF));
  const Numbers upper = hn::Sub(with_exponent(high, 0x4330000000000000), hn::Set(F64(), 0x1p52));
  const Numbers lower = hn::Sub(with_exponent(low, 0x4330000000000000), hn::Set(F64(), 0x1p52));
  return hn::Add(hn::Mul(upper, hn::Set(F64(), 0x1p-26)), hn::Mul(lower, hn::Set(F64(), 0x1p-53)));
}

void run_fill_uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, double scale,
                      std::span<double> values) {
  const U64 u64;
  const auto numbers = [&](std::uint64_t i) {
    return hn::Mul(uniform_of(philox(hn::Iota(u64, first + i), seed, stream)), hn::Set(F64(), scale));
  };
  std::uint64_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    hn::StoreU(numbers(i), F64(), values.data() + i);
  }
  if (i < values.size()) {
    HWY_ALIGN double last[kLanes];
    hn::Store(numbers(i), F64(), last);
    for (std::uint64_t lane = 0; i < values.size(); ++i, ++lane) {
      values[i] = last[lane];
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_column_sums);
HWY_EXPORT(run_fill_uniform);

void column_sums(const BlockOf& block, double* sums) {
  HWY_DYNAMIC_DISPATCH(run_column_sums)(block, sums);
}

void fill_uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, double scale,
                  std::span<double> values) {
  HWY_DYNAMIC_DISPATCH(run_fill_uniform)(seed, stream, first, scale, values);
}

}  // namespace basalt::quantum
#endif
