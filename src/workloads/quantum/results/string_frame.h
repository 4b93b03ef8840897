// Pauli strings in parts of a state: which elements must be in memory together, and what a string is among them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/quantum/results/pauli_strings.h"

namespace basalt::quantum {

/// Strings that are read in one look, and the directions of its parts (see PartsLook): the partner of an element lies
/// in the same part.
class StringFrame {
 public:
  /// For parts of 2^part_axes elements, the lowest `low_axes` axes in each, of a field of 2^axes.
  StringFrame(int axes, int part_axes, int low_axes) : axes_(axes), part_axes_(part_axes), low_axes_(low_axes) {}

  /// False, with nothing changed, where there is no room for what the string flips.
  bool take(const PauliString& string);

  /// As many as a part has axes above the lowest.
  [[nodiscard]] std::vector<std::uint64_t> directions() const;

  struct Local {
    PauliString string;  ///< Over the axes of a part; may be all I.
    /// In a part whose base has an even number of bits in common with the string's z_mask; the opposite in the others.
    double sign = 1;
  };
  /// Strings that were taken, in any part.
  [[nodiscard]] std::vector<Local> localise(std::span<const PauliString> strings) const;

 private:
  int axes_;
  int part_axes_;
  int low_axes_;
  /// What strings flip above the lowest axes; no vector has the highest bit of another.
  std::vector<std::uint64_t> flips_;
};

}  // namespace basalt::quantum
