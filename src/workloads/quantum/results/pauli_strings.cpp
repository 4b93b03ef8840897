#include "workloads/quantum/results/pauli_strings.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace basalt::quantum {
namespace {

/// A string and its sign in the axes of the state.
struct PlacedString {
  PauliString string;
  double sign = 1;
};

PlacedString place(const QubitMap& map, const PauliTerm& term) {
  const std::uint64_t z_mask = map.axis_mask(term.z_mask);
  const bool negative = (std::popcount(z_mask & map.flipped) & 1) != 0;
  return {.string = {.x_mask = map.axis_mask(term.x_mask), .z_mask = z_mask}, .sign = negative ? -1.0 : 1.0};
}

bool before(const PauliString& a, const PauliString& b) {
  return std::tie(a.x_mask, a.z_mask) < std::tie(b.x_mask, b.z_mask);
}

bool is_identity(const PauliString& string) {
  return string.x_mask == 0 && string.z_mask == 0;
}

/// Every string of the observables once, but for the identity; in a fixed order.
std::vector<PauliString> distinct_strings(const QubitMap& map, std::span<const Observable> observables) {
  std::vector<PauliString> strings;
  for (const Observable& observable : observables) {
    for (const PauliTerm& term : observable.terms) {
      const PauliString string = place(map, term).string;
      if (!is_identity(string)) {
        strings.push_back(string);
      }
    }
  }
  std::ranges::sort(strings, before);
  strings.erase(std::unique(strings.begin(), strings.end()), strings.end());
  return strings;
}

}  // namespace

bool is_imaginary(const PauliString& string) {
  return (std::popcount(string.x_mask & string.z_mask) & 1) != 0;
}

double factor_of(const PauliString& string, bool halved) {
  const bool negative = (std::popcount(string.x_mask & string.z_mask) & 2) != 0;
  return (negative ? -1.0 : 1.0) * (halved ? 2.0 : 1.0);
}

std::vector<double> combine_strings(const QubitMap& map, std::span<const Observable> observables, double norm,
                                    const StringSums& sums_of) {
  const std::vector<PauliString> strings = distinct_strings(map, observables);
  const std::vector<double> sums = sums_of(strings);
  std::vector<double> result;
  result.reserve(observables.size());
  for (const Observable& observable : observables) {
    double value = 0;
    for (const PauliTerm& term : observable.terms) {
      const PlacedString placed = place(map, term);
      const auto found = std::ranges::lower_bound(strings, placed.string, before) - strings.begin();
      const double sum = is_identity(placed.string) ? norm : sums[static_cast<std::size_t>(found)];
      value += term.coefficient * placed.sign * sum;
    }
    result.push_back(value / norm);
  }
  return result;
}

}  // namespace basalt::quantum
