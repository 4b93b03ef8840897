#include "runtime/cpu/peak_kernel.h"

#include <iterator>

#include "runtime/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/cpu/peak_kernel.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace basalt {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Enough for the latency of two units; all of them and the factor fit in 16 registers.
constexpr int kChains = 12;

/// `factor` is 1 and `summand` 0, which the compiler does not know.
template <typename T>
double multiply_adds(double flops, double factor, double summand, double* HWY_RESTRICT sink) {
  const hn::ScalableTag<T> tag;
  const auto multiplier = hn::Set(tag, static_cast<T>(factor));
  const auto added = hn::Set(tag, static_cast<T>(summand));
  hn::Vec<decltype(tag)> chains[kChains];
  for (int chain = 0; chain < kChains; ++chain) {
    chains[chain] = hn::Set(tag, static_cast<T>(chain));
  }
  const double per_turn = 2.0 * kChains * static_cast<double>(hn::Lanes(tag));
  const auto turns = static_cast<std::uint64_t>(flops / per_turn) + 1;
  for (std::uint64_t turn = 0; turn < turns; ++turn) {
    for (auto& chain : chains) {
      chain = hn::MulAdd(chain, multiplier, added);
    }
  }
  auto sum = chains[0];
  for (int chain = 1; chain < kChains; ++chain) {
    sum = hn::Add(sum, chains[chain]);
  }
  *sink = static_cast<double>(hn::GetLane(hn::SumOfLanes(tag, sum)));
  return static_cast<double>(turns) * per_turn;
}

double run(RealType type, double flops, double factor, double summand, double* sink) {
  return type == RealType::f32 ? multiply_adds<float>(flops, factor, summand, sink)
                               : multiply_adds<double>(flops, factor, summand, sink);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt {
namespace {

HWY_EXPORT(run);

/// The entry of one instruction set, whichever others are used elsewhere.
auto run_with(std::int64_t target) {
  hwy::ChosenTarget chosen;
  chosen.Update(target);
  const auto& table = HWY_DISPATCH_TABLE(run);
  return table[std::size(table) == 1 ? 0 : chosen.GetIndex()];
}

}  // namespace

double run_multiply_adds(std::int64_t target, RealType type, double flops) {
  // Written through the table, so that the compiler cannot know that nobody reads it.
  double sum = 0;
  return run_with(target)(type, flops, 1, 0, &sum);
}

}  // namespace basalt
#endif
