#include "runtime/cpu/tile_kernel.h"

#include <cstddef>

#include "runtime/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/cpu/tile_kernel.cpp"
#include "hwy/cache_control.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace basalt {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<std::uint64_t>;
using Vector = hn::Vec<Tag>;
constexpr std::size_t kLanes = hn::MaxLanes(Tag());
constexpr int kLaneAxes = kLanes >= 8 ? 3 : kLanes >= 4 ? 2 : 1;
static_assert(kLanes == 1U << kLaneAxes);

constexpr std::size_t kLineWords = 8;

/// Asks for half of a tile's lines while another tile is worked on.
class LinesAhead {
 public:
  LinesAhead(const TilePlan& plan, const std::uint64_t* ahead, bool second_half)
      : tile_(ahead), line_(plan.lines.data() + (second_half ? plan.lines.size() / 2 : 0)) {}

  /// So many words of the other tile were worked on.
  HWY_INLINE void step(std::size_t words) {
    words_ += words;
    if (tile_ == nullptr) {
      return;
    }
    for (; words_ >= 2 * kLineWords; words_ -= 2 * kLineWords) {
      // Into the second cache: the first one holds the other tile.
      __builtin_prefetch(tile_ + *line_++, 0, 2);
    }
  }

 private:
  const std::uint64_t* tile_;
  const std::uint64_t* line_;
  std::size_t words_ = 0;
};

void gather(const TilePlan& plan, const std::uint64_t* HWY_RESTRICT source, std::uint64_t* HWY_RESTRICT tile,
            const std::uint64_t* ahead) {
  const Tag tag;
  const std::size_t words = std::size_t{1} << plan.run_axes;
  const std::uint64_t runs = std::uint64_t{1} << (plan.tile_axes - plan.run_axes);
  LinesAhead lines(plan, ahead, false);
  for (std::uint64_t run = 0; run < runs; ++run) {
    const std::uint64_t* from = source + plan.run_offset(run);
    std::uint64_t* to = tile + run * words;
    for (std::size_t i = 0; i < words; i += kLanes) {
      lines.step(kLanes);
      hn::Store(hn::Load(tag, from + i), tag, to + i);
    }
  }
}

/// Lane axis `kLane` changes places with the choice between a and b.
template <int kLane>
HWY_INLINE void swap_lane(Vector& a, Vector& b) {
  const Tag tag;
  const Vector before = a;
  if constexpr (kLane == 0) {
    a = hn::InterleaveLower(tag, before, b);
    b = hn::InterleaveUpper(tag, before, b);
  } else if constexpr (kLane + 1 == kLaneAxes) {
    a = hn::ConcatLowerLower(tag, b, before);
    b = hn::ConcatUpperUpper(tag, b, before);
  } else {
    static_assert(kLane == 1);
    a = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(b), before);
    b = hn::OddEvenBlocks(b, hn::SwapAdjacentBlocks(before));
  }
}

constexpr int count_axes(unsigned axes) {
  return axes == 0 ? 0 : static_cast<int>(axes & 1) + count_axes(axes >> 1);
}

/// The axes of a group, from the lowest on, change places with the lane axes in kSwapped, from the lowest on.
template <unsigned kSwapped, int kLane>
HWY_INLINE void swap_if_chosen(Vector* HWY_RESTRICT group) {
  if constexpr ((kSwapped >> kLane & 1) != 0) {
    constexpr unsigned kBit = 1U << count_axes(kSwapped & ((1U << kLane) - 1));
    for (unsigned i = 0; i < 1U << count_axes(kSwapped); ++i) {
      if ((i & kBit) == 0) {
        swap_lane<kLane>(group[i], group[i | kBit]);
      }
    }
  }
}

template <unsigned kSwapped, bool kPermuted, bool kStreaming>
void scatter(const TilePlan& plan, const std::uint64_t* HWY_RESTRICT tile, std::uint64_t* HWY_RESTRICT target,
             const std::uint64_t* ahead) {
  constexpr std::size_t kVectors = std::size_t{1} << count_axes(kSwapped);
  const Tag tag;
  LinesAhead lines(plan, ahead, true);
  const auto from = hn::SetTableIndices(tag, plan.lane_from.data());
  for (std::uint64_t far = 0; far < std::uint64_t{1} << plan.far_axes; ++far) {
    const std::uint64_t* far_tile = tile + plan.far_load(far);
    std::uint64_t* far_target = target + plan.far_store(far);
    for (const GroupPlace& place : plan.near_groups) {
      lines.step(kVectors * kLanes);
      Vector group[kVectors];
      for (std::size_t i = 0; i < kVectors; ++i) {
        group[i] = hn::Load(tag, far_tile + place.load + plan.load_at[i]);
      }
      swap_if_chosen<kSwapped, 0>(group);
      swap_if_chosen<kSwapped, 1>(group);
      swap_if_chosen<kSwapped, 2>(group);
      for (std::size_t i = 0; i < kVectors; ++i) {
        const Vector moved = kPermuted ? hn::TableLookupLanes(group[i], from) : group[i];
        std::uint64_t* const at = far_target + place.store + plan.store_at[i];
        if (kStreaming) {
          hn::Stream(moved, tag, at);
        } else {
          hn::Store(moved, tag, at);
        }
      }
    }
  }
}

template <unsigned kSwapped>
void scatter_as(const TilePlan& plan, const std::uint64_t* tile, std::uint64_t* target, bool streaming,
                const std::uint64_t* ahead) {
  if (plan.permutes_lanes) {
    streaming ? scatter<kSwapped, true, true>(plan, tile, target, ahead)
              : scatter<kSwapped, true, false>(plan, tile, target, ahead);
  } else {
    streaming ? scatter<kSwapped, false, true>(plan, tile, target, ahead)
              : scatter<kSwapped, false, false>(plan, tile, target, ahead);
  }
}

template <unsigned kSwapped>
void scatter_swapping(const TilePlan& plan, const std::uint64_t* tile, std::uint64_t* target, bool streaming,
                      const std::uint64_t* ahead) {
  if constexpr (kSwapped < kLanes) {
    if (plan.swapped_lanes == kSwapped) {
      scatter_as<kSwapped>(plan, tile, target, streaming, ahead);
    } else {
      scatter_swapping<kSwapped + 1>(plan, tile, target, streaming, ahead);
    }
  }
}

void scatter_any(const TilePlan& plan, const std::uint64_t* tile, std::uint64_t* target, bool streaming,
                 const std::uint64_t* ahead) {
  scatter_swapping<0>(plan, tile, target, streaming, ahead);
}

int count_lane_axes() {
  return kLaneAxes;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt {
namespace {

HWY_EXPORT(gather);
HWY_EXPORT(scatter_any);
HWY_EXPORT(count_lane_axes);

}  // namespace

int lane_axes() {
  return HWY_DYNAMIC_DISPATCH(count_lane_axes)();
}

void gather_tile(const TilePlan& plan, const std::uint64_t* source, std::uint64_t* tile, const std::uint64_t* ahead) {
  HWY_DYNAMIC_DISPATCH(gather)(plan, source, tile, ahead);
}

void scatter_tile(const TilePlan& plan, const std::uint64_t* tile, std::uint64_t* target, bool streaming,
                  const std::uint64_t* ahead) {
  HWY_DYNAMIC_DISPATCH(scatter_any)(plan, tile, target, streaming, ahead);
}

void finish_streaming() {
  hwy::FlushStream();
}

}  // namespace basalt
#endif
