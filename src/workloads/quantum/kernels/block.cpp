// Runs a list of operations on block after block of a tile. The vectors of a block stay in registers from the first
// operation to the last: every access to them has a constant number, so that none is ever in memory.
#include "workloads/quantum/kernels/block.h"

#include "plan/tile_program.h"
#include "runtime/cpu/simd_targets.h"
#include "workloads/quantum/kernels/walk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/block.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_AVX2
inline constexpr int kMostHigh = 3;  // 16 registers
#else
inline constexpr int kMostHigh = 4;
#endif

template <typename T, int kHigh>
HWY_INLINE void run_blocks(const BlockTile& tile, const BlockPass& pass, std::span<const BlockOp> ops,
                           const T* coefficients, const PhaseTables* tables) {
  constexpr int kVectors = 1 << kHigh;
  const Tag<T> tag;
  std::byte* const data = static_cast<std::byte*>(tile.data);
  const auto place = [&](std::uint64_t vector) HWY_ATTR {
    const std::uint64_t offset_bytes = vector * kParts<T> * sizeof(T);
    return tile.padded ? padded_offset(offset_bytes) : offset_bytes;
  };
  std::uint64_t fixed = 0;
  std::uint64_t offset[kVectors] = {0};
  std::uint64_t offset_bytes[kVectors] = {0};
  for (int i = 0; i < kHigh; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << pass.high[i];
    fixed |= bit;
    for (int j = 0; j < 1 << i; ++j) {
      offset[j + (1 << i)] = offset[j] + bit;
      offset_bytes[j + (1 << i)] = offset_bytes[j] + place(bit);
    }
  }
  const std::uint64_t blocks = std::uint64_t{1} << (tile.axes - kLowAxes<T> - kHigh);
  Walk walk(fixed, 0);
  for (std::uint64_t block = 0; block < blocks; ++block, walk.advance()) {
    const std::uint64_t first = walk.index();
    std::byte* const at = data + place(first);
    Vector<T> v[kVectors];
    BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
      v[j] = hn::Load(tag, reinterpret_cast<const T*>(at + offset_bytes[j]));
    }
    for (const BlockOp& op : ops) {
      if ((first & op.tile_mask) == op.tile_value) {
        apply<T, kHigh>(v, op, coefficients + op.coefficients, tables, first, offset, tile.base);
      }
    }
    BASALT_UNROLL for (int j = 0; j < kVectors; ++j) {
      hn::Store(v[j], tag, reinterpret_cast<T*>(at + offset_bytes[j]));
    }
  }
}

template <typename T>
HWY_INLINE void choose_size(const BlockTile& tile, const BlockPass& pass, std::span<const BlockOp> ops,
                            const void* coefficients, const PhaseTables* tables) {
  const T* const typed = static_cast<const T*>(coefficients);
  switch (pass.high_count) {
    case 0:
      return run_blocks<T, 0>(tile, pass, ops, typed, tables);
    case 1:
      return run_blocks<T, 1>(tile, pass, ops, typed, tables);
    case 2:
      return run_blocks<T, 2>(tile, pass, ops, typed, tables);
    case 3:
      return run_blocks<T, 3>(tile, pass, ops, typed, tables);
    default:
      return run_blocks<T, kMostHigh>(tile, pass, ops, typed, tables);
  }
}

void run_pass(ElementType type, const BlockTile& tile, const BlockPass& pass, std::span<const BlockOp> ops,
              const void* coefficients, const PhaseTables* tables) {
  if (type == ElementType::c64) {
    choose_size<float>(tile, pass, ops, coefficients, tables);
  } else {
    choose_size<double>(tile, pass, ops, coefficients, tables);
  }
}

int low_axes(ElementType type) {
  return type == ElementType::c64 ? kLowAxes<float> : kLowAxes<double>;
}

int most_high() {
  return kMostHigh;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_pass);
HWY_EXPORT(low_axes);
HWY_EXPORT(most_high);

void run_block_pass(ElementType type, const BlockTile& tile, const BlockPass& pass, std::span<const BlockOp> ops,
                    const void* coefficients, const PhaseTables* tables) {
  HWY_DYNAMIC_DISPATCH(run_pass)(type, tile, pass, ops, coefficients, tables);
}

int lane_axes(ElementType type) {
  return HWY_DYNAMIC_DISPATCH(low_axes)(type);
}

int most_block_high(ElementType /*type*/) {
  return HWY_DYNAMIC_DISPATCH(most_high)();
}

}  // namespace basalt::quantum
#endif
