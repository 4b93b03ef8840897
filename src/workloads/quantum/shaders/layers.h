// What is done to the registers of a thread between two transpositions, in as few operations as it takes: finding out
// what an operation is takes a device as long as doing it, so several are done by one.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/shaders/register_map.h"
#include "workloads/quantum/shaders/word_list.h"

namespace basalt::quantum {

inline constexpr std::uint32_t kRegisters = 1U << kRegisterAxes;
inline constexpr std::uint32_t kAllPositions = (1U << kRegisterAxes) - 1;

/// Registers' factors, by the register.
using RegisterFactors = std::array<std::complex<double>, kRegisters>;

/// Two register axes whose states 00 and 11 a real matrix combines by [[1, p], [-p, 1]], and 01 and 10 by
/// [[u, v], [-v, u]].
struct Coupling {
  std::uint32_t low = 0;  ///< Positions, low < high.
  std::uint32_t high = 0;
  double p = 0;
  double u = 1;
  double v = 0;
};

/// In this order: phases, factors, rotations, factors again, couplings. Each may be missing.
struct Layer {
  std::optional<std::uint32_t> phases;  ///< Where their data are.
  double phase_flops = 0;
  std::optional<RegisterFactors> before;
  std::uint32_t kinds = 0;  ///< Of rotations, as stage_words.h has them.
  std::array<double, kRegisterAxes> tangents{};
  std::optional<RegisterFactors> after;
  std::array<std::optional<Coupling>, 2> couplings;

  /// Register axes, by position, that parts depend on or mix.
  std::uint32_t read = 0;  ///< By phases and the first factors.
  std::uint32_t rotated = 0;
  std::uint32_t read_after = 0;  ///< By the other factors.
  std::uint32_t coupled = 0;
};

/// An operation by itself.
struct Single {
  std::uint32_t code = 0;
  std::uint32_t position = 0;
  std::uint32_t wanted = 0;
  ControlMask tile = {};  ///< By the tile's numbers of its axes.
  ControlMask outer = {};
  std::uint32_t data = 0;
  std::uint32_t mixes = kAllPositions;  ///< Register axes, by position, and perhaps reads.
  double flops_per_element = 0;
};

/// Of one pass, in order.
class Layers {
 public:
  /// Each joins the operations that are there, where that gives the same as being the last.
  void add_phases(std::uint32_t data, double flops_per_element);
  void add_factors(const RegisterFactors& factors, std::uint32_t reads);
  void add_rotation(std::uint32_t kind, std::uint32_t position, double tangent);
  void add_coupling(const Coupling& coupling);
  void add(const Single& single);

  /// What the shader must have: kNeeds… of stage_words.h.
  [[nodiscard]] std::uint32_t needs() const noexcept;
  /// Roughly what it takes, in simple operations on each element.
  [[nodiscard]] double flops_per_element() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return operations_.size(); }
  /// Conditions on where the tile lies.
  [[nodiscard]] std::uint32_t controls() const noexcept;

  /// Their words to `codes`, data to `data` (places there are to be moved by `first_data`), and conditions on where the
  /// tile lies to `controls` (by `first_control`).
  struct Target {
    WordList& codes;
    WordList& controls;
    WordList& data;
    std::uint32_t first_control = 0;
    std::uint32_t first_data = 0;
  };
  void write(const Target& target) const;

 private:
  struct Operation {
    std::optional<Single> single;
    Layer layer;

    [[nodiscard]] std::uint32_t mixes() const noexcept;
    [[nodiscard]] std::uint32_t reads() const noexcept;
  };

  static void write_single(const Single& single, const Target& target);
  static void write_layer(const Layer& layer, const Target& target);

  template <typename Fits>
  Layer& layer_for(std::uint32_t mixes, std::uint32_t reads, const Fits& fits);

  std::vector<Operation> operations_;
};

}  // namespace basalt::quantum
