// Numbers that may change when they are compressed: never by more than was allowed, and by how much is told.
#include "runtime/memory/lossy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace basalt {
namespace {

template <typename Real>
struct Case {
  using Number = Real;
  static constexpr ElementType kType = sizeof(Real) == 4 ? ElementType::c64 : ElementType::c128;
};

template <typename T>
class LossyTest : public testing::Test {
 protected:
  using Real = typename T::Number;

  static std::vector<Real> amplitudes(std::size_t count, double size) {
    std::mt19937_64 random(5);
    std::normal_distribution<double> normal(0, size);
    std::vector<Real> numbers(count);
    for (Real& number : numbers) {
      number = static_cast<Real>(normal(random));
    }
    return numbers;
  }

  /// There and back; empty where it fails.
  static std::vector<Real> round_trip(const LossyNumbers& numbers, const std::vector<Real>& from, std::size_t* size) {
    const auto bytes = std::as_bytes(std::span(from));
    std::vector<std::uint64_t> packed(lossy_bound(numbers, bytes.size()) / 8);
    *size = compress_lossy(numbers, bytes, std::as_writable_bytes(std::span(packed)));
    std::vector<Real> back(from.size());
    const auto stream = std::as_bytes(std::span(packed)).first(*size);
    return *size > 0 && decompress_lossy(numbers, stream, std::as_writable_bytes(std::span(back)))
               ? back
               : std::vector<Real>();
  }
};

using Cases = testing::Types<Case<float>, Case<double>>;
TYPED_TEST_SUITE(LossyTest, Cases);

TYPED_TEST(LossyTest, ChangesNumbersByNoMoreThanAllowed) {
  constexpr double kSize = 1e-4;
  for (const std::size_t count : {4U, 1000U, 1U << 14}) {
    const auto from = TestFixture::amplitudes(count, kSize);
    std::size_t size_before = std::numeric_limits<std::size_t>::max();
    for (const double share : {1e-5, 1e-3, 1e-1}) {
      const LossyNumbers numbers{.type = TypeParam::kType, .tolerance = share * kSize};
      std::size_t size = 0;
      const auto back = TestFixture::round_trip(numbers, from, &size);
      ASSERT_EQ(back.size(), count);
      EXPECT_LE(size, lossy_bound(numbers, count * sizeof(from[0])));
      EXPECT_LT(size, size_before) << "more may be lost, and nothing is gained";
      size_before = size;
      double largest = 0;
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const double off = std::abs(static_cast<double>(back[i]) - static_cast<double>(from[i]));
        largest = std::max(largest, off);
        sum += off * off;
      }
      EXPECT_LE(largest, numbers.tolerance);
      const NumberChange change =
          change_of(TypeParam::kType, std::as_bytes(std::span(from)), std::as_bytes(std::span(back)));
      EXPECT_EQ(change.largest, largest);
      EXPECT_DOUBLE_EQ(change.sum_of_squares, sum);
    }
  }
}

TYPED_TEST(LossyTest, TellsOfNumbersThatAreNone) {
  auto from = TestFixture::amplitudes(64, 1);
  const auto back = from;
  from[7] = std::numeric_limits<typename TypeParam::Number>::quiet_NaN();
  EXPECT_TRUE(
      std::isnan(change_of(TypeParam::kType, std::as_bytes(std::span(from)), std::as_bytes(std::span(back))).largest));
}

/// Whatever lies on the disk, no memory beyond the room is read: the address sanitizer looks.
TYPED_TEST(LossyTest, DamagedStreamsDoNoHarm) {
  const LossyNumbers numbers{.type = TypeParam::kType, .tolerance = 1e-3};
  const auto from = TestFixture::amplitudes(4096, 1);
  const std::size_t bytes = from.size() * sizeof(from[0]);
  std::vector<std::uint64_t> room(lossy_bound(numbers, bytes) / 8);
  std::mt19937_64 random(9);
  std::vector<std::byte> back(bytes);
  for (int i = 0; i < 50; ++i) {
    const std::size_t size =
        compress_lossy(numbers, std::as_bytes(std::span(from)), std::as_writable_bytes(std::span(room)));
    for (int k = 0; k < 20; ++k) {
      room[random() % (size / 8)] = random();
    }
    static_cast<void>(decompress_lossy(numbers, std::as_bytes(std::span(room)).first(size), back));
  }
}

TYPED_TEST(LossyTest, ATrialTellsWhatIsGained) {
  const auto from = TestFixture::amplitudes(1 << 16, 1);
  const CodecTrial trial = try_lossy({.type = TypeParam::kType, .tolerance = 1e-2}, std::as_bytes(std::span(from)));
  EXPECT_EQ(trial.codec, SpillCodec::zfp);
  EXPECT_LT(trial.ratio, 0.75);
  EXPECT_GT(trial.seconds_per_byte, 0);
}

}  // namespace
}  // namespace basalt
