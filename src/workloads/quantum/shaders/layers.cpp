#include "workloads/quantum/shaders/layers.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "workloads/quantum/shaders/stage_words.h"

namespace basalt::quantum {
namespace {

void multiply(std::optional<RegisterFactors>& factors, const RegisterFactors& by) {
  if (!factors) {
    factors = by;
    return;
  }
  std::ranges::transform(*factors, by, factors->begin(), std::multiplies<>());
}

std::uint32_t needs_of(const Single& single) {
  switch (single.code) {
    case kExchange:
    case kSelect:
      return kNeedsSingles;
    case kDenseShared:
    case kFlipShared:
      return kNeedsSingles | kNeedsShared;
    default:
      return kNeedsSingles | kNeedsMatrices;
  }
}

/// Which two pairs four axes make, of the three ways: by the partner of axis 0.
std::uint32_t pairing_of(const Coupling& coupling) {
  const bool has_zero = coupling.low == 0;
  // the partner of axis 0 is the one that is neither of these nor 0
  const std::uint32_t partner = has_zero ? coupling.high : 6 - coupling.low - coupling.high;
  return partner - 1;
}

void write_factors(const RegisterFactors& factors, WordList& data) {
  for (const std::complex<double>& factor : factors) {
    data.add_complex(factor);
  }
}

}  // namespace

std::uint32_t Layers::Operation::mixes() const noexcept {
  return single ? single->mixes : layer.rotated | layer.coupled;
}

std::uint32_t Layers::Operation::reads() const noexcept {
  return single ? single->mixes : layer.read | layer.read_after;
}

/// The last layer that `fits`, if what comes after it may as well come before, or a new one.
template <typename Fits>
Layer& Layers::layer_for(std::uint32_t mixes, std::uint32_t reads, const Fits& fits) {
  for (auto operation = operations_.rbegin(); operation != operations_.rend(); ++operation) {
    if (!operation->single && fits(operation->layer)) {
      return operation->layer;
    }
    if ((operation->mixes() & (mixes | reads)) != 0 || (operation->reads() & mixes) != 0) {
      break;
    }
  }
  return operations_.emplace_back().layer;
}

void Layers::add_phases(std::uint32_t data, double flops_per_element) {
  Layer& layer = layer_for(0, kAllPositions, [](const Layer& candidate) {
    return !candidate.phases && candidate.rotated == 0 && candidate.coupled == 0;
  });
  layer.phases = data;
  layer.phase_flops = flops_per_element;
  layer.read = kAllPositions;
}

void Layers::add_factors(const RegisterFactors& factors, std::uint32_t reads) {
  Layer& layer = layer_for(0, reads, [reads](const Layer& candidate) { return (candidate.coupled & reads) == 0; });
  // where there are some already it costs nothing
  if ((layer.rotated & reads) != 0 || (layer.after && !layer.before)) {
    multiply(layer.after, factors);
    layer.read_after |= reads;
  } else {
    multiply(layer.before, factors);
    layer.read |= reads;
  }
}

void Layers::add_rotation(std::uint32_t kind, std::uint32_t position, double tangent) {
  const std::uint32_t bit = 1U << position;
  Layer& layer = layer_for(bit, 0, [bit](const Layer& candidate) {
    return ((candidate.rotated | candidate.read_after | candidate.coupled) & bit) == 0;
  });
  layer.kinds |= kind << (2 * position);
  layer.tangents[position] = tangent;
  layer.rotated |= bit;
}

void Layers::add_coupling(const Coupling& coupling) {
  const std::uint32_t bits = 1U << coupling.low | 1U << coupling.high;
  Layer& layer = layer_for(bits, 0, [bits](const Layer& candidate) { return (candidate.coupled & bits) == 0; });
  layer.couplings[coupling.low == 0 ? 0 : 1] = coupling;
  layer.coupled |= bits;
}

void Layers::add(const Single& single) {
  operations_.emplace_back().single = single;
}

std::uint32_t Layers::needs() const noexcept {
  std::uint32_t needs = 0;
  for (const Operation& operation : operations_) {
    if (operation.single) {
      needs |= needs_of(*operation.single);
      continue;
    }
    constexpr std::uint32_t kImaginaryKinds = 0xaa;  // the upper bit of each
    const Layer& layer = operation.layer;
    needs |= (layer.phases ? kNeedsPhases : 0) | ((layer.kinds & kImaginaryKinds) != 0 ? kNeedsImaginary : 0) |
             (layer.coupled != 0 ? kNeedsCouplings : 0);
  }
  return needs;
}

std::uint32_t Layers::controls() const noexcept {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      operations_, [](const Operation& operation) { return operation.single && operation.single->outer.mask != 0; }));
}

/// As an H100 takes, in units of which a dense matrix by itself takes 21: what is done is less than half of it,
/// deciding what to do and branching around the rest is more.
double Layers::flops_per_element() const noexcept {
  constexpr double kOperation = 7;
  constexpr double kFactors = 12;
  constexpr double kRotations = 8;
  constexpr double kCoupling = 15;
  double flops = 0;
  for (const auto& [single, layer] : operations_) {
    flops += kOperation;
    flops += single ? single->flops_per_element
                    : layer.phase_flops + kFactors * ((layer.before ? 1 : 0) + (layer.after ? 1 : 0)) +
                          (layer.rotated != 0 ? kRotations : 0) + kCoupling * std::popcount(layer.coupled) / 2;
  }
  return flops;
}

void Layers::write_single(const Single& single, const Target& target) {
  target.codes.add(single.code | single.position << 8 | single.wanted << 16);
  target.codes.add(static_cast<std::uint32_t>(single.tile.mask | single.tile.value << 16));
  target.codes.add(single.outer.mask == 0 ? 0 : target.first_control + target.controls.size());
  target.codes.add(single.data + (single.code == kFlipShared ? 0 : target.first_data));
  if (single.outer.mask != 0) {
    target.controls.add_control(single.outer);
  }
}

void Layers::write_layer(const Layer& layer, const Target& target) {
  WordList& data = target.data;
  std::uint32_t pairing = 0;
  std::uint32_t parts = (layer.phases ? kHasPhases : 0) | (layer.before ? kHasFactors : 0) |
                        (layer.rotated != 0 ? kHasRotations : 0) | (layer.after ? kHasFactorsAfter : 0);
  for (std::uint32_t i = 0; i < layer.couplings.size(); ++i) {
    if (layer.couplings[i]) {
      parts |= kHasCoupling << i;
      pairing = pairing_of(*layer.couplings[i]);
    }
  }
  data.align();
  target.codes.add(kLayer | parts | layer.kinds << 8 | pairing << 16);
  target.codes.add(layer.phases ? target.first_data + *layer.phases : 0);
  target.codes.add(0);
  target.codes.add(target.first_data + data.size());
  if (layer.before) {
    write_factors(*layer.before, data);
  }
  if (layer.rotated != 0) {
    for (const double tangent : layer.tangents) {
      data.add_real(tangent);
    }
  }
  if (layer.after) {
    write_factors(*layer.after, data);
  }
  if (layer.coupled != 0) {
    for (const std::optional<Coupling>& coupling : layer.couplings) {
      const Coupling values = coupling.value_or(Coupling{});
      for (const double value : {values.p, values.u, values.v, 0.0}) {
        data.add_real(value);
      }
    }
  }
}

void Layers::write(const Target& target) const {
  for (const Operation& operation : operations_) {
    if (operation.single) {
      write_single(*operation.single, target);
    } else {
      write_layer(operation.layer, target);
    }
  }
}

}  // namespace basalt::quantum
