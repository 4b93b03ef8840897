#include "runtime/cpu/memory_kernel.h"

#include "runtime/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/cpu/memory_kernel.cpp"
#include "hwy/cache_control.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace basalt {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<double>;
using Vector = hn::Vec<Tag>;
constexpr std::size_t kLanes = hn::MaxLanes(Tag());
/// Numbers of one turn of a loop: four lines, so that asking ahead costs one instruction a line.
constexpr std::size_t kTurn = 32;
static_assert(kTurn % (4 * kLanes) == 0);

/// Calls step(i, j) for every vector i, and j counting 0 to 3 over and over: four chains that do not wait for another.
template <typename Step>
HWY_INLINE void for_vectors(const double* read, std::size_t count, std::size_t prefetch_bytes, const Step& step) {
  for (std::size_t i = 0; i < count; i += kTurn) {
    if (prefetch_bytes != 0) {
      for (std::size_t line = 0; line < kTurn; line += 8) {
        __builtin_prefetch(reinterpret_cast<const std::byte*>(read + i + line) + prefetch_bytes);
      }
    }
    for (std::size_t j = 0; j < kTurn; j += 4 * kLanes) {
      step(i + j, 0);
      step(i + j + kLanes, 1);
      step(i + j + 2 * kLanes, 2);
      step(i + j + 3 * kLanes, 3);
    }
  }
}

double run(MemoryLoop loop, double* target, const double* source, std::size_t bytes, std::size_t prefetch_bytes,
           double factor) {
  const Tag tag;
  const std::size_t count = bytes / sizeof(double);
  const Vector one = hn::Set(tag, factor);
  Vector sums[4] = {one, one, one, one};
  switch (loop) {
    case MemoryLoop::read:
      for_vectors(source, count, prefetch_bytes,
                  [&](std::size_t i, int chain) { sums[chain] = hn::Add(sums[chain], hn::Load(tag, source + i)); });
      break;
    case MemoryLoop::write:
      for_vectors(target, count, 0, [&](std::size_t i, int) { hn::Store(one, tag, target + i); });
      break;
    case MemoryLoop::scale:
      for_vectors(target, count, prefetch_bytes,
                  [&](std::size_t i, int) { hn::Store(hn::Mul(hn::Load(tag, target + i), one), tag, target + i); });
      break;
    case MemoryLoop::copy:
      for_vectors(source, count, prefetch_bytes,
                  [&](std::size_t i, int) { hn::Store(hn::Load(tag, source + i), tag, target + i); });
      break;
    case MemoryLoop::streaming_write:
      for_vectors(target, count, 0, [&](std::size_t i, int) { hn::Stream(one, tag, target + i); });
      hwy::FlushStream();
      break;
    case MemoryLoop::streaming_copy:
      for_vectors(source, count, prefetch_bytes,
                  [&](std::size_t i, int) { hn::Stream(hn::Load(tag, source + i), tag, target + i); });
      hwy::FlushStream();
      break;
  }
  return hn::GetLane(hn::SumOfLanes(tag, hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3]))));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt {
namespace {

HWY_EXPORT(run);

}  // namespace

double run_memory_loop(MemoryLoop loop, double* target, const double* source, std::size_t bytes,
                       std::size_t prefetch_bytes) {
  // The factor arrives through the dispatch table: the compiler cannot know that it is 1.
  return HWY_DYNAMIC_DISPATCH(run)(loop, target, source, bytes, prefetch_bytes, 1.0);
}

}  // namespace basalt
#endif
