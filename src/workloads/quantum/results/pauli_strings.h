// From observables to the distinct Pauli strings in them, as they lie in a field, and back to values.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "workloads/quantum/observable.h"
#include "workloads/quantum/qubit_map.h"

namespace basalt::quantum {

/// Π X, Y, Z over the axes of a field; an axis in both masks carries Y.
struct PauliString {
  std::uint64_t x_mask = 0;
  std::uint64_t z_mask = 0;
  friend bool operator==(const PauliString&, const PauliString&) = default;
};

/// The sum over all i of conj(a_i) a_(i^x) (−1)^|i&z| is twice the sum of the real parts over half of the i where |x&z|
/// is even, and twice that of i times the imaginary parts where it is odd. Y = i·X·Z makes both real, with a sign.
bool is_imaginary(const PauliString& string);
double factor_of(const PauliString& string, bool halved);

/// ⟨ψ|P|ψ⟩ of each of some distinct strings, none of them all I.
using StringSums = std::function<std::vector<double>(std::span<const PauliString> strings)>;

/// ⟨ψ|O|ψ⟩ / ⟨ψ|ψ⟩ of each observable; `norm` is ⟨ψ|ψ⟩.
std::vector<double> combine_strings(const QubitMap& map, std::span<const Observable> observables, double norm,
                                    const StringSums& sums_of);

}  // namespace basalt::quantum
