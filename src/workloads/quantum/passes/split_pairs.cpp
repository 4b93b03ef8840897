// A matrix of two qubits as an interaction between rotations of the single qubits:
//   (A1 ⊗ A0) · exp(i·(x·XX + y·YY + z·ZZ)) · (B1 ⊗ B0).
// The rotations merge with what else is done to each qubit. Of the interaction one of the three terms, made ZZ, is a
// phase, and the other two are two rotations in real numbers: of the states 00 and 11, and of 01 and 10.

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "workloads/quantum/passes/cartan.h"
#include "workloads/quantum/passes/small_matrix.h"
#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
namespace {

constexpr Complex kI{0, 1};
constexpr double kRoot = std::numbers::sqrt2 / 2;
constexpr double kNegligibleAngle = 1e-14;
constexpr double kNegligibleRounding = 4e-15;

/// Exchanges X and Z, or Y and Z, up to signs that cancel on two qubits; each its own inverse.
constexpr OneQubitMatrix kExchangeXZ{kRoot, kRoot, kRoot, -kRoot};
constexpr Complex kIRoot{0, kRoot};
constexpr OneQubitMatrix kExchangeYZ{kRoot, -kIRoot, kIRoot, -kRoot};
constexpr OneQubitMatrix kQuarter{1, 0, 0, kI};
constexpr OneQubitMatrix kQuarterBack{1, 0, 0, -kI};

/// exp(i·(x·XX + y·YY + z·ZZ)).
struct Interaction {
  double x;
  double y;
  double z;

  [[nodiscard]] double even() const noexcept { return x - y; }  ///< The angle between 00 and 11.
  [[nodiscard]] double odd() const noexcept { return x + y; }   ///< Between 01 and 10.
};

bool is_negligible(double angle) {
  return std::abs(angle) < kNegligibleAngle;
}

/// Rotations of half the amplitudes.
int count_rotations(const Interaction& interaction) {
  return (is_negligible(interaction.even()) ? 0 : 1) + (is_negligible(interaction.odd()) ? 0 : 1);
}

void multiply_after(const OneQubitMatrix& earlier, OneQubitMatrix& matrix) {
  OneQubitMatrix result = earlier;
  multiply_onto(matrix, result);
  matrix = result;
}

class Splitting {
 public:
  explicit Splitting(GateList& list) : list_(list) {}

  void run() {
    std::vector<Gate> gates;
    gates.swap(list_.gates);
    list_.gates.reserve(2 * gates.size());
    for (const Gate& gate : gates) {
      if (gate.kind == GateKind::dense && gate.target_count == 2 && gate.control.mask == 0 &&
          !couples_by_parity(list_.matrix(gate))) {
        split(gate);
      } else {
        list_.gates.push_back(gate);
      }
    }
  }

 private:
  void split(const Gate& gate) {
    CartanFactors factors = cartan_factors(list_.matrix(gate));
    const Interaction interaction = choose_axes(factors);
    for (std::size_t qubit = 0; qubit < 2; ++qubit) {
      add_one(gate.targets[qubit], factors.before[qubit]);
    }
    add_rotations(gate, interaction);
    const std::uint64_t both = target_mask(gate);
    append_phase(list_, {.mask = both, .value = 0, .angle = -2 * interaction.z, .parity = true});
    list_.global_phase += factors.phase + interaction.z;
    for (std::size_t qubit = 0; qubit < 2; ++qubit) {
      add_one(gate.targets[qubit], factors.after[qubit]);
    }
  }

  /// Turns the qubits so that the rotations left are fewest, then smallest; and the low one by a quarter, so that they
  /// are real.
  static Interaction choose_axes(CartanFactors& factors) {
    const auto [x, y, z] = factors.angles;
    const std::array candidates{Interaction{x, y, z}, Interaction{z, y, x}, Interaction{x, z, y}};
    const auto better = [](const Interaction& a, const Interaction& b) {
      const int rotations_a = count_rotations(a);
      const int rotations_b = count_rotations(b);
      return rotations_a != rotations_b ? rotations_a < rotations_b : std::abs(a.z) > std::abs(b.z) + kNegligibleAngle;
    };
    const auto* const best = std::ranges::min_element(candidates, better);
    if (best != candidates.begin()) {
      const OneQubitMatrix& exchange = best == &candidates[1] ? kExchangeXZ : kExchangeYZ;
      for (std::size_t qubit = 0; qubit < 2; ++qubit) {
        multiply_onto(exchange, factors.before[qubit]);
        multiply_after(exchange, factors.after[qubit]);
      }
    }
    if (count_rotations(*best) > 0) {
      multiply_onto(kQuarterBack, factors.before[0]);
      multiply_after(kQuarter, factors.after[0]);
    }
    return *best;
  }

  /// Entries that are rounding become 0, so that phases and X are recognised.
  void add_one(std::uint8_t qubit, OneQubitMatrix matrix) {
    for (Complex& entry : matrix) {
      entry = std::abs(entry) < kNegligibleRounding ? 0 : entry;
    }
    list_.gates.push_back(make_dense(list_, {}, std::array{qubit}, matrix));
  }

  void add_rotations(const Gate& gate, const Interaction& interaction) {
    if (count_rotations(interaction) == 0) {
      return;
    }
    const double even = is_negligible(interaction.even()) ? 0 : interaction.even();
    const double odd = is_negligible(interaction.odd()) ? 0 : interaction.odd();
    std::array<Complex, 16> matrix{};
    matrix[0] = matrix[15] = std::cos(even);
    matrix[3] = -std::sin(even);
    matrix[12] = std::sin(even);
    matrix[5] = matrix[10] = std::cos(odd);
    matrix[6] = std::sin(odd);
    matrix[9] = -std::sin(odd);
    list_.gates.push_back(make_dense(list_, {}, std::span(gate.targets).first(2), matrix));
  }

  GateList& list_;
};

}  // namespace

void split_pairs(GateList& list, const PassOptions& /*options*/) {
  const auto is_pair = [](const Gate& gate) { return gate.kind == GateKind::dense && gate.target_count == 2; };
  if (std::ranges::any_of(list.gates, is_pair)) {
    Splitting(list).run();
  }
}

}  // namespace basalt::quantum
