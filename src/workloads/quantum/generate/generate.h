// Circuits to measure with: families of any width, as OpenQASM 2 text. The same family, width and seed give the same
// text on every machine. Only gates that every reader of qelib1.inc knows are used, so that any simulator can run them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace basalt::quantum {

struct CircuitFamily {
  std::string_view name;  ///< As on the command line: "quantum-volume".
  std::string_view description;
};

/// In the order in which tables show them.
std::span<const CircuitFamily> circuit_families() noexcept;

inline constexpr std::uint32_t kFewestGeneratedQubits = 4;
inline constexpr std::uint32_t kMostGeneratedQubits = 64;

/// A circuit without measurements on one register `q`. Throws Error(bad_usage) for a family that does not exist or a
/// width out of range.
std::string generate_circuit(std::string_view family, std::uint32_t qubits, std::uint64_t seed);

}  // namespace basalt::quantum
