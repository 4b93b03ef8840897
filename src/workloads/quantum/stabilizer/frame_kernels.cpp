// Frames carry no signs: a gate takes x and z bits to sums of them.
#include "workloads/quantum/stabilizer/frame_kernels.h"

#include "runtime/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/stabilizer/frame_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<std::uint64_t>;
using Words = hn::Vec<Tag>;

HWY_INLINE void add(std::uint64_t* HWY_RESTRICT to, const std::uint64_t* HWY_RESTRICT from) {
  const Tag tag;
  for (std::size_t i = 0; i < kFrameWords; i += hn::Lanes(tag)) {
    hn::Store(hn::Xor(hn::Load(tag, to + i), hn::Load(tag, from + i)), tag, to + i);
  }
}

/// Of rows that may lie anywhere.
HWY_INLINE void add_flips(std::uint64_t* HWY_RESTRICT to, const std::uint64_t* HWY_RESTRICT flips) {
  const Tag tag;
  for (std::size_t i = 0; i < kFrameWords; i += hn::Lanes(tag)) {
    hn::Store(hn::Xor(hn::Load(tag, to + i), hn::LoadU(tag, flips + i)), tag, to + i);
  }
}

HWY_INLINE void exchange(std::uint64_t* HWY_RESTRICT a, std::uint64_t* HWY_RESTRICT b) {
  const Tag tag;
  for (std::size_t i = 0; i < kFrameWords; i += hn::Lanes(tag)) {
    const Words kept = hn::Load(tag, a + i);
    hn::Store(hn::Load(tag, b + i), tag, a + i);
    hn::Store(kept, tag, b + i);
  }
}

/// a·b of 32-bit numbers in 64-bit lanes, 64 bits each.
HWY_INLINE Words product(Words a, std::uint32_t b) {
  const Tag tag;
  const hn::Repartition<std::uint32_t, Tag> halves;
  return hn::MulEven(hn::BitCast(halves, a), hn::BitCast(halves, hn::Set(tag, b)));
}

/// The lanes are counters one after another; each gives 128 bits.
HWY_INLINE void draw(FrameRandom& random, std::uint64_t* HWY_RESTRICT row) {
  const Tag tag;
  const Words low = hn::Set(tag, 0xFFFFFFFF);
  const auto half = [&](std::uint64_t number, int which) { return which == 0 ? number & 0xFFFFFFFF : number >> 32; };
  constexpr std::size_t kCounters = kFrameWords / 2;
  const std::uint64_t first = random.drawn++ * kCounters;
  for (std::size_t i = 0; i < kCounters; i += hn::Lanes(tag)) {
    const Words index = hn::Add(hn::Set(tag, first), hn::Iota(tag, i));
    Words c0 = hn::And(index, low);
    Words c1 = hn::ShiftRight<32>(index);
    Words c2 = hn::Set(tag, half(random.stream, 0));
    Words c3 = hn::Set(tag, half(random.stream, 1));
    auto key0 = static_cast<std::uint32_t>(half(random.seed, 0));
    auto key1 = static_cast<std::uint32_t>(half(random.seed, 1));
    for (int round = 0; round < 10; ++round) {
      const Words product0 = product(c0, 0xD2511F53);
      const Words product1 = product(c2, 0xCD9E8D57);
      c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(product1), c1), hn::Set(tag, key0));
      c1 = hn::And(product1, low);
      c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(product0), c3), hn::Set(tag, key1));
      c3 = hn::And(product0, low);
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
    hn::Store(hn::Or(c0, hn::ShiftLeft<32>(c1)), tag, row + i);
    hn::Store(hn::Or(c2, hn::ShiftLeft<32>(c3)), tag, row + kCounters + i);
  }
}

void run_draw(FrameRandom& random, std::uint64_t* row) {
  draw(random, row);
}

void run_steps(const FrameTable& frames, std::span<const CliffordStep> steps, FrameRandom& random,
               std::uint64_t* flips) {
  const Tag tag;
  alignas(64) std::uint64_t drawn[kFrameWords];
  for (const CliffordStep& step : steps) {
    std::uint64_t* const x = frames.x(step.a);
    std::uint64_t* const z = frames.z(step.a);
    switch (step.op) {
      case CliffordOp::x:
      case CliffordOp::y:
      case CliffordOp::z:
        break;
      case CliffordOp::h:
        exchange(x, z);
        break;
      case CliffordOp::s:
      case CliffordOp::sdg:
        add(z, x);
        break;
      case CliffordOp::sx:
      case CliffordOp::sxdg:
        add(x, z);
        break;
      case CliffordOp::cx:
        add(frames.x(step.b), x);
        add(z, frames.z(step.b));
        break;
      case CliffordOp::cz:
        add(frames.z(step.b), x);
        add(z, frames.x(step.b));
        break;
      case CliffordOp::swap:
        exchange(x, frames.x(step.b));
        exchange(z, frames.z(step.b));
        break;
      case CliffordOp::measure: {
        std::uint64_t* const row = flips + std::size_t{step.b} * kFrameWords;
        for (std::size_t i = 0; i < kFrameWords; i += hn::Lanes(tag)) {
          hn::StoreU(hn::Load(tag, x + i), tag, row + i);
        }
        draw(random, drawn);
        add(z, drawn);
        break;
      }
      case CliffordOp::reset:
        for (std::size_t i = 0; i < kFrameWords; i += hn::Lanes(tag)) {
          hn::Store(hn::Zero(tag), tag, x + i);
        }
        draw(random, z);
        break;
      case CliffordOp::x_if:
        add_flips(x, flips + std::size_t{step.b} * kFrameWords);
        break;
      case CliffordOp::z_if:
        add_flips(z, flips + std::size_t{step.b} * kFrameWords);
        break;
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_draw);
HWY_EXPORT(run_steps);

void draw_row(FrameRandom& random, std::uint64_t* row) {
  HWY_DYNAMIC_DISPATCH(run_draw)(random, row);
}

void run_frames(const FrameTable& frames, std::span<const CliffordStep> steps, FrameRandom& random,
                std::uint64_t* flips) {
  HWY_DYNAMIC_DISPATCH(run_steps)(frames, steps, random, flips);
}

}  // namespace basalt::quantum
#endif
