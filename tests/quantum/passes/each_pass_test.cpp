// Every pass alone, and all together, against the reference: what may be looked at stays what it was.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "quantum/passes/drawn_circuit.h"
#include "reference/gate_list.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt::quantum {
namespace {

constexpr double kTolerance = 1e-12;

struct Case {
  Circuit circuit;
  std::uint64_t seed;
};

Case drawn_case() {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const int qubits = *rc::gen::inRange(1, 7);
  const int gates = *rc::gen::inRange(1, 60);
  const Flavour flavour = *rc::gen::elementOf(std::vector<Flavour>(std::begin(kFlavours), std::end(kFlavours)));
  return {CircuitDrawing(qubits, seed).draw(flavour, gates), seed};
}

reference::State random_start(const Case& drawn) {
  return reference::random_state(static_cast<int>(drawn.circuit.qubit_count()), drawn.seed);
}

/// The names of all passes but one.
std::vector<std::string> all_but(std::string_view name) {
  std::vector<std::string> result;
  for (const Pass& pass : pass_table()) {
    if (pass.name != name) {
      result.emplace_back(pass.name);
    }
  }
  return result;
}

void expect_exactly_same(const Case& drawn, const PassOptions& options) {
  GateList list = list_gates(drawn.circuit);
  run_passes(list, options);
  reference::State expected = random_start(drawn);
  reference::State actual = expected;
  reference::apply(expected, drawn.circuit);
  reference::apply(actual, list);
  RC_ASSERT(reference::max_difference(actual, expected) < kTolerance);
}

RC_GTEST_PROP(EachPass, ChangesNothingByItself, ()) {
  const Case drawn = drawn_case();
  for (const Pass& pass : pass_table()) {
    RC_TAG(pass.name);
    expect_exactly_same(drawn, {.without = all_but(pass.name), .wanted_qubits = ~std::uint64_t{0}});
  }
}

RC_GTEST_PROP(AllPasses, ChangeNothing, ()) {
  expect_exactly_same(drawn_case(), {});
}

RC_GTEST_PROP(AllPasses, ChangeNothingWhenOneIsLeftOut, ()) {
  const Case drawn = drawn_case();
  const auto& left_out = pass_table()[*rc::gen::inRange<std::size_t>(0, pass_table().size())];
  expect_exactly_same(drawn, {.without = {std::string(left_out.name)}, .wanted_qubits = ~std::uint64_t{0}});
}

RC_GTEST_PROP(AllPasses, KeepWhatIsWanted, ()) {
  const Case drawn = drawn_case();
  const PassOptions options{.without = {},
                            .wanted_qubits = *rc::gen::inRange<std::uint64_t>(0, 64),
                            .phases_matter = *rc::gen::arbitrary<bool>()};
  GateList list = list_gates(drawn.circuit);
  run_passes(list, options);
  reference::State expected = random_start(drawn);
  reference::State actual = expected;
  reference::apply(expected, drawn.circuit);
  reference::apply(actual, list);
  RC_ASSERT(reference::max_difference(reference::seen(actual, options.wanted_qubits, options.phases_matter),
                                      reference::seen(expected, options.wanted_qubits, options.phases_matter)) <
            kTolerance);
}

RC_GTEST_PROP(AllPasses, GiveTheSameGatesEachTime, ()) {
  const Case drawn = drawn_case();
  GateList one = list_gates(drawn.circuit);
  GateList two = list_gates(drawn.circuit);
  const auto reports = run_passes(one, {});
  RC_ASSERT(run_passes(two, {}).size() == reports.size());
  RC_ASSERT(one.gates.size() == two.gates.size());
  for (std::size_t i = 0; i < one.gates.size(); ++i) {
    RC_ASSERT(one.gates[i].kind == two.gates[i].kind);
    RC_ASSERT(one.gates[i].targets == two.gates[i].targets);
    RC_ASSERT(one.gates[i].phase.angle == two.gates[i].phase.angle);
  }
}

// Of the drawn circuits each pass must find its rule in some: a pass that does nothing would pass all else.
TEST(EachPass, FindsSomethingToDo) {
  std::map<std::string_view, int> changed;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    for (const Flavour flavour : kFlavours) {
      GateList list = list_gates(CircuitDrawing(4, seed).draw(flavour, 40));
      for (const PassReport& report : run_passes(list, {.without = {}, .wanted_qubits = 5, .phases_matter = false})) {
        changed[report.name] += report.gates_before != report.gates_after ? 1 : 0;
      }
    }
  }
  for (const Pass& pass : pass_table()) {
    EXPECT_GT(changed[pass.name], 10) << pass.name;
  }
}

}  // namespace
}  // namespace basalt::quantum
