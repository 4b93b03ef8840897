// Writes a circuit as OpenQASM 2 text, gate by gate.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace basalt::quantum {

class QasmWriter {
 public:
  explicit QasmWriter(std::uint32_t qubits);

  [[nodiscard]] std::uint32_t qubits() const noexcept { return qubits_; }

  void gate(std::string_view name, std::initializer_list<std::uint32_t> targets) { append(name, {}, targets); }

  /// Angles in radians. They are written with ten decimals: what the last digits of a sine are, mathematical libraries
  /// do not agree on, and the text is to be the same everywhere.
  void gate(std::string_view name, std::initializer_list<double> angles, std::initializer_list<std::uint32_t> targets);

  /// With the angle sign·π/2^halvings, exactly.
  void turn(std::string_view name, int sign, std::uint32_t halvings, std::initializer_list<std::uint32_t> targets);

  /// The program so far.
  [[nodiscard]] std::string take() && noexcept { return std::move(text_); }

 private:
  void append(std::string_view name, std::string_view angles, std::initializer_list<std::uint32_t> targets);

  std::uint32_t qubits_;
  std::string text_;
};

}  // namespace basalt::quantum
