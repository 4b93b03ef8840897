// Matrices that are a diagonal times a real matrix times a diagonal: every matrix of one qubit is, and many of two.
// What is real costs half or a quarter, and diagonals are collected with all others.

#include <algorithm>
#include <cmath>

#include "workloads/quantum/passes/real_factor.h"
#include "workloads/quantum/passes/small_matrix.h"
#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
namespace {

bool is_real(std::span<const Complex> matrix) {
  return std::ranges::all_of(matrix, [](const Complex& entry) { return entry.imag() == 0; });
}

/// Whether all entries but those at `places` are nothing.
bool is_only(std::span<const Complex> matrix, std::uint32_t places) {
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    if ((places >> i & 1) == 0 && !is_negligible_entry(matrix[i])) {
      return false;
    }
  }
  return true;
}

constexpr std::uint32_t kDiagonalOfOne = 1 << 0 | 1 << 3;
constexpr std::uint32_t kFlipOfOne = 1 << 1 | 1 << 2;
constexpr std::uint32_t kDiagonalOfTwo = 1 << 0 | 1 << 5 | 1 << 10 | 1 << 15;
constexpr std::uint32_t kSwapOfTwo = 1 << 0 | 1 << 6 | 1 << 9 | 1 << 15;

class TakingOut {
 public:
  explicit TakingOut(GateList& list) : list_(list) {}

  void run() {
    std::vector<Gate> gates;
    gates.swap(list_.gates);
    list_.gates.reserve(gates.size() + gates.size() / 2);
    for (const Gate& gate : gates) {
      if (gate.kind == GateKind::dense && gate.target_count == 1) {
        split_one(gate);
      } else if (gate.kind == GateKind::dense && gate.target_count == 2) {
        split_two(gate);
      } else {
        list_.gates.push_back(gate);
      }
    }
  }

 private:
  void split_one(const Gate& gate) {
    const auto matrix = list_.matrix(gate);
    if (is_only(matrix, kDiagonalOfOne)) {
      add_phases(gate, std::array{std::arg(matrix[0]), std::arg(matrix[3])});
    } else if (is_only(matrix, kFlipOfOne)) {
      list_.gates.push_back(make_exchange(gate.control, gate.targets[0]));
      add_phases(gate, std::array{std::arg(matrix[1]), std::arg(matrix[2])});
    } else if (is_real(matrix)) {
      list_.gates.push_back(gate);
    } else {
      add_factors(gate, real_factor_of_one(matrix));
    }
  }

  void split_two(const Gate& gate) {
    const auto matrix = list_.matrix(gate);
    const bool diagonal = is_only(matrix, kDiagonalOfTwo);
    if (diagonal || is_only(matrix, kSwapOfTwo)) {
      if (!diagonal) {
        list_.gates.push_back(make_swap(gate.control, gate.targets[0], gate.targets[1]));
      }
      add_phases(gate, std::array{std::arg(matrix[0]), std::arg(matrix[diagonal ? 5 : 6]),
                                  std::arg(matrix[diagonal ? 10 : 9]), std::arg(matrix[15])});
      return;
    }
    // Of neighbours on a line, always the odd one.
    const bool turn_low = gate.targets[0] % 2 == 1 && gate.targets[1] % 2 == 0;
    const std::optional<RealFactor> factor = is_real(matrix) ? std::nullopt : real_factor_of_two(matrix, turn_low);
    if (factor) {
      add_factors(gate, *factor);
    } else {
      list_.gates.push_back(gate);
    }
  }

  void add_factors(const Gate& gate, const RealFactor& factor) {
    const std::size_t width = std::size_t{1} << gate.target_count;
    add_phases(gate, std::span(factor.columns).first(width));
    const auto matrix = list_.matrix(gate);
    for (std::size_t i = 0; i < width * width; ++i) {
      matrix[i] = factor.real[i];
    }
    list_.gates.push_back(gate);
    add_phases(gate, std::span(factor.rows).first(width));
  }

  /// Phases of the states of the gate's targets, where its controls hold.
  void add_phases(const Gate& gate, std::span<const double> angles) {
    std::array<double, kMostFactorWidth> copy{};
    std::ranges::copy(angles, copy.begin());
    append_phases(list_, gate.control, std::span(gate.targets).first(gate.target_count),
                  std::span(copy).first(angles.size()));
  }

  GateList& list_;
};

}  // namespace

void take_out_phases(GateList& list, const PassOptions& /*options*/) {
  if (std::ranges::any_of(list.gates, [](const Gate& gate) { return gate.kind == GateKind::dense; })) {
    TakingOut(list).run();
  }
}

}  // namespace basalt::quantum
