// Runs of gates on the same two qubits: one matrix, where that is less arithmetic than the gates one by one.

#include <algorithm>
#include <array>
#include <bit>

#include "workloads/quantum/passes/roles.h"
#include "workloads/quantum/passes/small_matrix.h"
#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
namespace {

// Fused multiply-adds an amplitude, of what stands between the first and the last gate that couples the two qubits:
// what is outside merges with other gates of one qubit either way.
constexpr double kOneCost = 3;      // a rotation with its common factor taken out, and a share of two layers of phases
constexpr double kPairCost = 8;     // one matrix, written as an interaction between rotations
constexpr double kPhaseCost = 0.5;  // its share of a layer, which costs about 4 however many phases are in it
// An exchange moves and computes nothing, but keeps apart what is around it: phases that one multiplication would take
// along, rotations that one visit would.
constexpr double kExchangeCost = 3;

constexpr std::uint32_t kNone = ~std::uint32_t{0};

using PairMatrix = std::array<Complex, 16>;

class MergingPairs {
 public:
  explicit MergingPairs(GateList& list) : list_(list), block_of_(list.qubit_count, kNone) {}

  void run() {
    gates_.swap(list_.gates);
    list_.gates.reserve(gates_.size());
    next_.assign(gates_.size(), kNone);
    for (std::uint32_t number = 0; number < gates_.size(); ++number) {
      const std::uint64_t touched = roles_of(gates_[number]).touched();
      switch (std::popcount(touched)) {
        case 1:
          add_of_one(number, touched);
          break;
        case 2:
          add_of_two(number, touched);
          break;
        default:
          close_all(touched);
          list_.gates.push_back(gates_[number]);
      }
    }
    close_all(~std::uint64_t{0});
  }

 private:
  /// A chain of gates on one or two qubits.
  struct Block {
    std::uint64_t qubits = 0;
    std::uint32_t first = kNone;
    std::uint32_t last = kNone;
    double coupled_cost = 0;  ///< To the last gate that needs both qubits, from the first.
    double later_cost = 0;    ///< Of those after it.
    bool couples = false;     ///< A gate in it needs both qubits.
  };

  void add_of_one(std::uint32_t number, std::uint64_t touched) {
    std::uint32_t& block = block_of_[static_cast<std::size_t>(std::countr_zero(touched))];
    if (block == kNone) {
      block = open(touched);
    }
    append(blocks_[block], number);
  }

  void add_of_two(std::uint32_t number, std::uint64_t touched) {
    std::uint32_t& low = block_of_[static_cast<std::size_t>(std::countr_zero(touched))];
    std::uint32_t& high = block_of_[63 - static_cast<std::size_t>(std::countl_zero(touched))];
    if (low == kNone || low != high) {
      close_pair(low);
      close_pair(high);
      const std::uint32_t block = open(touched);
      for (const std::uint32_t part : {low, high}) {
        for (std::uint32_t old = part == kNone ? kNone : blocks_[part].first; old != kNone;) {
          const std::uint32_t following = next_[old];
          append(blocks_[block], old);
          old = following;
        }
      }
      low = high = block;
    }
    append(blocks_[low], number);
  }

  std::uint32_t open(std::uint64_t qubits) {
    blocks_.push_back({.qubits = qubits});
    return static_cast<std::uint32_t>(blocks_.size() - 1);
  }

  void append(Block& block, std::uint32_t number) {
    (block.last == kNone ? block.first : next_[block.last]) = number;
    next_[number] = kNone;
    block.last = number;
    const Gate& gate = gates_[number];
    block.later_cost += cost_of(gate);
    if (std::popcount(roles_of(gate).touched()) == 2) {
      block.coupled_cost += block.couples ? block.later_cost : cost_of(gate);
      block.couples = true;
      block.later_cost = 0;
    }
  }

  static double cost_of(const Gate& gate) {
    switch (gate.kind) {
      case GateKind::phase:
        return kPhaseCost;
      case GateKind::dense:
        return gate.target_count == 1 ? kOneCost : kPairCost;
      default:
        return kExchangeCost;
    }
  }

  /// Ends a block of two qubits; one of one qubit may still become part of another.
  void close_pair(std::uint32_t& block) {
    if (block != kNone && std::popcount(blocks_[block].qubits) == 2) {
      close(block);
    }
  }

  void close_all(std::uint64_t qubits) {
    for (std::size_t qubit = 0; qubit < block_of_.size(); ++qubit) {
      if ((qubits >> qubit & 1) != 0 && block_of_[qubit] != kNone) {
        close(block_of_[qubit]);
      }
    }
  }

  void close(std::uint32_t number) {
    const Block& block = blocks_[number];
    for (std::uint64_t left = block.qubits; left != 0; left &= left - 1) {
      block_of_[static_cast<std::size_t>(std::countr_zero(left))] = kNone;
    }
    if (block.coupled_cost > kPairCost) {
      emit_product(block);
      return;
    }
    for (std::uint32_t gate = block.first; gate != kNone; gate = next_[gate]) {
      list_.gates.push_back(gates_[gate]);
    }
  }

  void emit_product(const Block& block) {
    PairMatrix product{};
    product[0] = product[5] = product[10] = product[15] = 1;
    const auto low = static_cast<std::uint8_t>(std::countr_zero(block.qubits));
    const auto high = static_cast<std::uint8_t>(63 - std::countl_zero(block.qubits));
    for (std::uint32_t gate = block.first; gate != kNone; gate = next_[gate]) {
      apply(gates_[gate], low, high, product);
    }
    list_.gates.push_back(make_dense(list_, {}, std::array{low, high}, product));
  }

  /// product = gate · product, over the basis states of (low, high).
  void apply(const Gate& gate, std::uint8_t low, std::uint8_t high, PairMatrix& product) const {
    const PairMatrix before = product;
    for (std::size_t row = 0; row < 4; ++row) {
      const std::uint64_t index = (row & 1) << low | std::uint64_t{row >> 1} << high;
      if (gate.kind == GateKind::phase) {
        if (is_selected(gate.phase, index)) {
          scale_row(product, row, std::polar(1.0, gate.phase.angle));
        }
      } else if ((index & gate.control.mask) == gate.control.value) {
        mix_row(gate, row, low, before, product);
      }
    }
  }

  static void scale_row(PairMatrix& product, std::size_t row, const Complex& factor) {
    for (std::size_t column = 0; column < 4; ++column) {
      product[4 * row + column] *= factor;
    }
  }

  void mix_row(const Gate& gate, std::size_t row, std::uint8_t low, const PairMatrix& before,
               PairMatrix& product) const {
    const bool both = gate.target_count == 2;
    const std::size_t shift = both || gate.targets[0] == low ? 0 : 1;
    const std::size_t width = both ? 4 : 2;
    const std::size_t mine = row >> shift & (width - 1);
    for (std::size_t column = 0; column < 4; ++column) {
      product[4 * row + column] = 0;
    }
    for (std::size_t from = 0; from < width; ++from) {
      const Complex entry = gate.kind == GateKind::dense      ? list_.matrix(gate)[mine * width + from]
                            : gate.kind == GateKind::exchange ? Complex(mine != from ? 1 : 0)
                                                              : Complex(from == (mine >> 1 | (mine & 1) << 1) ? 1 : 0);
      const std::size_t source = row ^ (mine ^ from) << shift;
      for (std::size_t column = 0; column < 4; ++column) {
        product[4 * row + column] += entry * before[4 * source + column];
      }
    }
  }

  GateList& list_;
  std::vector<Gate> gates_;
  std::vector<std::uint32_t> next_;      ///< By gate: the one after it in its block.
  std::vector<std::uint32_t> block_of_;  ///< By qubit.
  std::vector<Block> blocks_;
};

}  // namespace

void merge_pairs(GateList& list, const PassOptions& /*options*/) {
  const auto needs_two = [](const Gate& gate) { return std::popcount(roles_of(gate).touched()) == 2; };
  if (std::ranges::any_of(list.gates, needs_two)) {
    MergingPairs(list).run();
  }
}

}  // namespace basalt::quantum
