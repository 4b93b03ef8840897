// Every name's matrix, controls included, against the body that its standard include file gives it.
#include "reference/gate_definitions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "reference/state.h"
#include "workloads/quantum/gates.h"

namespace basalt::definitions {
namespace {

using quantum::find_gate;
using quantum::gate_matrix;
using quantum::GateLibrary;
using quantum::GateName;

constexpr double kTolerance = 1e-14;  // entries are at most 1; the longest body multiplies 31 matrices of 16 columns

/// The table's matrix for a name, controls in front of the targets.
Matrix named_matrix(const GateName& name, std::span<const double> parameters) {
  const auto used = parameters.first(quantum::gate_row(name.gate).parameter_count);
  std::vector<int> qubits(name.control_count + quantum::gate_row(name.gate).target_count);
  for (std::size_t i = 0; i < qubits.size(); ++i) {
    qubits[i] = static_cast<int>(i);
  }
  return embed(gate_matrix(name.gate, used), qubits, name.control_count, static_cast<int>(qubits.size()));
}

std::vector<double> random_parameters(std::mt19937_64& random, int count) {
  std::vector<double> result(static_cast<std::size_t>(count));
  std::ranges::generate(result, [&] { return static_cast<double>(random() % 20001) * 1e-3 - 10; });
  return result;
}

void expect_bodies_match(const Library& library, std::span<const Definition> file, GateLibrary names, bool exactly) {
  std::mt19937_64 random(1);
  for (const Definition& definition : file) {
    SCOPED_TRACE(definition.name);
    const GateName* name = find_gate(definition.name, names);
    ASSERT_NE(name, nullptr);
    ASSERT_EQ(name->parameter_count, definition.parameters);
    ASSERT_EQ(name->control_count + quantum::gate_row(name->gate).target_count, definition.qubits);
    for (int round = 0; round < 20; ++round) {
      const std::vector<double> parameters = random_parameters(random, definition.parameters);
      const Matrix ours = named_matrix(*name, parameters);
      const Matrix theirs = library.matrix(definition.name, parameters);
      EXPECT_LT(reference::max_difference_up_to_phase(ours, theirs), 10 * kTolerance);
      if (exactly) {
        EXPECT_LT(reference::max_difference(ours, theirs), 10 * kTolerance);
      }
    }
  }
}

TEST(gate_definitions, qelib1_bodies_match_up_to_global_phase) {
  const Library library(Library::Language::openqasm2, {qelib1()});
  expect_bodies_match(library, qelib1(), GateLibrary::qelib1, false);
}

TEST(gate_definitions, extended_qelib1_bodies_match_up_to_global_phase) {
  const Library library(Library::Language::openqasm2, {qelib1(), qelib1_extended()});
  expect_bodies_match(library, qelib1_extended(), GateLibrary::qelib1_extended, false);
}

// The one exception is CX, whose sample body is ctrl @ U(π, 0, π): a controlled iX. The specification's text makes it
// an alias of cx, and so does the table; stdgates() holds it as that.
TEST(gate_definitions, stdgates_bodies_match_exactly) {
  const Library library(Library::Language::openqasm3, {stdgates()});
  expect_bodies_match(library, stdgates(), GateLibrary::stdgates, true);
}

TEST(gate_definitions, built_in_gates_match) {
  const Library openqasm2(Library::Language::openqasm2, {});
  const Library openqasm3(Library::Language::openqasm3, {});
  std::mt19937_64 random(2);
  for (int round = 0; round < 50; ++round) {
    const std::vector<double> parameters = random_parameters(random, 3);
    EXPECT_LT(reference::max_difference(named_matrix(*find_gate("U", GateLibrary::builtin2), parameters),
                                        openqasm2.matrix("U", parameters)),
              kTolerance);
    EXPECT_LT(reference::max_difference(named_matrix(*find_gate("U", GateLibrary::builtin3), parameters),
                                        openqasm3.matrix("U", parameters)),
              kTolerance);
    EXPECT_LT(reference::max_difference(gate_matrix(quantum::GateId::gphase, std::span(parameters).first(1)),
                                        openqasm3.matrix("gphase", parameters)),
              kTolerance);
  }
  EXPECT_EQ(named_matrix(*find_gate("CX", GateLibrary::builtin2), {}), openqasm2.matrix("CX", {}));
}

TEST(gate_definitions, every_name_of_the_include_files_has_a_body_here) {
  const auto count = [](GateLibrary library) {
    return std::ranges::count_if(quantum::gate_names(), [&](const GateName& name) { return name.library == library; });
  };
  EXPECT_EQ(count(GateLibrary::qelib1), std::ssize(qelib1()));
  EXPECT_EQ(count(GateLibrary::qelib1_extended), std::ssize(qelib1_extended()));
  EXPECT_EQ(count(GateLibrary::stdgates), std::ssize(stdgates()));
}

}  // namespace
}  // namespace basalt::definitions
