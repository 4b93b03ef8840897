#include "runtime/cpu/sweep.h"

#include <algorithm>
#include <chrono>

#include "basalt/error.h"
#include "runtime/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/cpu/sweep.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace basalt {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// How far ahead memory is asked for: 3-5% faster than the processor's own prefetcher alone.
inline constexpr std::size_t kPrefetchBytes = 4096;

template <typename T>
void scale(T* HWY_RESTRICT data, std::size_t count, T factor) {
  const hn::ScalableTag<T> tag;
  constexpr std::size_t kLanes = hn::MaxLanes(tag);
  const auto factors = hn::Set(tag, factor);
  for (std::size_t i = 0; i < count; i += 4 * kLanes) {
    for (std::size_t byte = 0; byte < 4 * kLanes * sizeof(T); byte += 64) {
      __builtin_prefetch(reinterpret_cast<const std::byte*>(data + i) + kPrefetchBytes + byte);
    }
    for (std::size_t j = 0; j < 4 * kLanes && i + j < count; j += kLanes) {  // the smallest field has two vectors
      hn::Store(hn::Mul(hn::Load(tag, data + i + j), factors), tag, data + i + j);
    }
  }
}

// The factor arrives through the dispatch table: the compiler cannot know that it is 1.
void scale_c64(std::byte* data, std::size_t bytes, double factor) {
  scale(reinterpret_cast<float*>(data), bytes / sizeof(float), static_cast<float>(factor));
}
void scale_c128(std::byte* data, std::size_t bytes, double factor) {
  scale(reinterpret_cast<double*>(data), bytes / sizeof(double), factor);
}
const char* target_name() {
  return hwy::TargetName(HWY_TARGET);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt {
namespace {

HWY_EXPORT(scale_c64);
HWY_EXPORT(scale_c128);
HWY_EXPORT(target_name);

/// Small enough that threads which run at different speeds end together.
constexpr std::uint64_t kPieceBytes = std::uint64_t{4} << 20;

void sweep(const Field& field, const Arena& arena, const CancelToken& cancel) {
  const std::uint64_t bytes = field.size_bytes();
  const auto run = field.type == ElementType::c64 ? HWY_DYNAMIC_DISPATCH(scale_c64) : HWY_DYNAMIC_DISPATCH(scale_c128);
  const std::uint64_t pieces = (bytes + kPieceBytes - 1) / kPieceBytes;
  arena.for_each(pieces, cancel, [&](std::uint64_t piece) {
    const std::uint64_t begin = piece * kPieceBytes;
    run(field.buffer.data() + begin, std::min(kPieceBytes, bytes - begin), 1.0);
  });
}

}  // namespace

double measure_sweep_seconds(const Field& field, const Arena& arena, const CancelToken& cancel) {
  using Clock = std::chrono::steady_clock;
  constexpr int kMaxSweeps = 7;
  constexpr std::chrono::milliseconds kEnough{100};
  const auto start = Clock::now();
  auto shortest = Clock::duration::max();
  for (int i = 0; i < kMaxSweeps && (i == 0 || Clock::now() - start < kEnough); ++i) {
    const auto before = Clock::now();
    sweep(field, arena, cancel);
    shortest = std::min(shortest, Clock::now() - before);
  }
  return std::chrono::duration<double>(shortest).count();
}

const char* simd_target() {
  // Asked once: an instruction that asks the processor traps in a virtual machine, and takes as long as a small
  // circuit.
  static const bool runs_kernels = (hwy::SupportedTargets() & HWY_TARGETS) != 0;
  if (!runs_kernels) {
    throw Error(ErrorCode::unsupported, "this processor has none of the instruction sets that Basalt's kernels need",
                "use a processor with SSE4.2, AES and PCLMULQDQ at least (x86, since about 2010) or NEON (Arm)");
  }
  return HWY_DYNAMIC_DISPATCH(target_name)();
}

}  // namespace basalt
#endif
