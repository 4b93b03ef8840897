// Products of amplitudes and their signed sums. Nothing is fused and every sum is taken element by element, so that the
// width of vectors does not show in the bits of the results.
#include "workloads/quantum/kernels/readout.h"

#include <bit>

#include "runtime/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/kernels/readout.cpp"
#include "hwy/foreach_target.h"
#include "workloads/quantum/kernels/amplitudes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
HWY_INLINE void probabilities_of(const T* HWY_RESTRICT data, std::uint64_t count, double* HWY_RESTRICT values) {
  for (std::uint64_t i = 0; i < count; i += kLanes) {
    ask_ahead(data + 2 * i);
    hn::Store(load_amplitudes(data + 2 * i).norm(), F64(), values + i);
  }
}

void run_probabilities(const BlockOf& block, double* values) {
  with_amplitudes(block, [&](const auto* data) { probabilities_of(data + 2 * block.first, block.count, values); });
}

/// For TableLookupLanes: moves the number of lane (l ^ pattern) to lane l.
HWY_INLINE auto flip_of(std::uint64_t pattern) {
  HWY_ALIGN std::int64_t lanes[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) {
    lanes[i] = static_cast<std::int64_t>(i ^ pattern);
  }
  return hn::SetTableIndices(F64(), lanes);
}

template <bool imaginary, bool flips, typename T>
HWY_INLINE void products_of(const T* HWY_RESTRICT data, const BlockOf& block, const PairProducts& pairs,
                            double* HWY_RESTRICT values) {
  const auto flip = flip_of(pairs.x_mask % kLanes);
  const std::uint64_t partner = pairs.x_mask & ~(kLanes - 1);
  for (std::uint64_t i = 0; i < block.count; i = ((i | pairs.skip) + kLanes) & ~pairs.skip) {
    const std::uint64_t index = block.first + i;
    ask_ahead(data + 2 * index);
    ask_ahead(data + 2 * (index ^ partner));
    const Amplitudes a = load_amplitudes(data + 2 * index);
    Amplitudes b = load_amplitudes(data + 2 * (index ^ partner));
    if constexpr (flips) {
      b = {hn::TableLookupLanes(b.real, flip), hn::TableLookupLanes(b.imaginary, flip)};
    }
    const Numbers product = imaginary ? hn::Sub(hn::Mul(a.real, b.imaginary), hn::Mul(a.imaginary, b.real))
                                      : hn::Add(hn::Mul(a.real, b.real), hn::Mul(a.imaginary, b.imaginary));
    hn::Store(product, F64(), values + i);
  }
}

void run_products(const BlockOf& block, const PairProducts& pairs, double* values) {
  with_amplitudes(block, [&](const auto* data) {
    const bool flips = pairs.x_mask % kLanes != 0;
    if (pairs.imaginary) {
      flips ? products_of<true, true>(data, block, pairs, values)
            : products_of<true, false>(data, block, pairs, values);
    } else {
      flips ? products_of<false, true>(data, block, pairs, values)
            : products_of<false, false>(data, block, pairs, values);
    }
  });
}

template <bool sum, bool difference>
HWY_INLINE void fold_halves(double* HWY_RESTRICT low, double* HWY_RESTRICT high, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; i += kLanes) {
    const Numbers u = hn::Load(F64(), low + i);
    const Numbers v = hn::Load(F64(), high + i);
    if constexpr (sum) {
      hn::Store(hn::Add(u, v), F64(), low + i);
    }
    if constexpr (difference) {
      hn::Store(hn::Sub(u, v), F64(), high + i);
    }
  }
}

void run_fold(double* values, std::span<const FoldStep> steps) {
  for (const FoldStep& step : steps) {
    double* const low = values + step.offset;
    double* const high = low + step.half;
    if (step.sum && step.difference) {
      fold_halves<true, true>(low, high, step.half);
    } else if (step.sum) {
      fold_halves<true, false>(low, high, step.half);
    } else {
      fold_halves<false, true>(low, high, step.half);
    }
  }
}

void run_add_leaves(const double* HWY_RESTRICT values, std::span<const FoldLeaf> leaves, std::uint64_t block_number,
                    double* HWY_RESTRICT sums) {
  for (const FoldLeaf& leaf : leaves) {
    const bool odd = (std::popcount(block_number & leaf.signed_by) & 1) != 0;
    const Numbers sign = hn::Set(F64(), odd ? -0.0 : 0.0);
    for (std::uint64_t part = 0; part < kFoldParts; part += kLanes) {
      const Numbers value = hn::Xor(hn::Load(F64(), values + leaf.offset + part), sign);
      hn::Store(hn::Add(hn::Load(F64(), sums + part), value), F64(), sums + part);
    }
    sums += kFoldParts;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_probabilities);
HWY_EXPORT(run_products);
HWY_EXPORT(run_fold);
HWY_EXPORT(run_add_leaves);

void block_probabilities(const BlockOf& block, double* values) {
  HWY_DYNAMIC_DISPATCH(run_probabilities)(block, values);
}

void block_products(const BlockOf& block, const PairProducts& pairs, double* values) {
  HWY_DYNAMIC_DISPATCH(run_products)(block, pairs, values);
}

void fold(double* values, std::span<const FoldStep> steps) {
  HWY_DYNAMIC_DISPATCH(run_fold)(values, steps);
}

void add_leaves(const double* values, std::span<const FoldLeaf> leaves, std::uint64_t block_number, double* sums) {
  HWY_DYNAMIC_DISPATCH(run_add_leaves)(values, leaves, block_number, sums);
}

}  // namespace basalt::quantum
#endif
