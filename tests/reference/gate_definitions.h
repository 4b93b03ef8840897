// The bodies of the standard include files as data, and an evaluator for them that shares nothing with the gate table:
// it starts from the languages' built-in gates and has its own dense algebra.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace basalt::definitions {

using Complex = std::complex<double>;
using Matrix = std::vector<Complex>;  // row-major; bit k of an index is the k-th qubit argument

/// An angle that is linear in the parameters of the gate being defined.
struct Angle {
  double constant = 0;
  std::array<double, 4> slope{};

  Angle(double value = 0) : constant(value) {}  // NOLINT: definitions read best with plain numbers
  static Angle parameter(std::size_t index) {
    Angle result;
    result.slope[index] = 1;
    return result;
  }
  [[nodiscard]] double at(std::span<const double> parameters) const;
};

Angle operator+(Angle a, const Angle& b);
Angle operator*(double factor, Angle a);
Angle operator-(const Angle& a, const Angle& b);
Angle operator-(const Angle& a);
Angle operator/(const Angle& a, double divisor);

/// One gate call of a body; `controls` is the number of leading qubits that `ctrl @` takes, applied after `power`.
struct Step {
  std::string_view gate;
  std::vector<Angle> angles;
  std::vector<int> qubits;
  int controls = 0;
  double power = 1;  // 1, -1 (inv), 0.5, or -0.5 (inv of pow(0.5))
};

struct Definition {
  std::string_view name;
  int parameters;
  int qubits;
  std::vector<Step> body;
};

/// `gate` on the given qubits of `count`, the first `controls` of them controlling the rest.
Matrix embed(const Matrix& gate, std::span<const int> qubits, int controls, int count);

/// A language's built-in gates together with the definitions that build on them, in order.
class Library {
 public:
  enum class Language : std::uint8_t { openqasm2, openqasm3 };
  Library(Language language, std::initializer_list<std::span<const Definition>> files);

  [[nodiscard]] Matrix matrix(std::string_view gate, std::span<const double> parameters) const;

 private:
  Language language_;
  std::map<std::string_view, const Definition*> definitions_;
};

/// The original qelib1.inc, in its own order.
std::span<const Definition> qelib1();
/// What later files of that name add: each body is one that defines the gate up to a global phase.
std::span<const Definition> qelib1_extended();
/// stdgates.inc, in its own order; CX is the alias of cx that the specification's text asks for.
std::span<const Definition> stdgates();

}  // namespace basalt::definitions
