// Where jobs run that name no backend, on machines that nobody has, with real cards.
#include "engine/choose_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "cards.h"
#include "plan/invented_machine.h"

namespace basalt {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// H on every qubit and CX along all of them, `layers` times.
quantum::Circuit layers_of(int qubits, int layers) {
  quantum::Circuit circuit(static_cast<quantum::Qubit>(qubits));
  for (int layer = 0; layer < layers; ++layer) {
    for (quantum::Qubit qubit = 0; qubit < circuit.qubit_count(); ++qubit) {
      circuit.append(quantum::GateId::h, {}, {}, std::array{qubit});
    }
    for (quantum::Qubit qubit = 0; qubit + 1 < circuit.qubit_count(); ++qubit) {
      circuit.append(quantum::GateId::x, {}, std::array{quantum::Control{qubit, true}}, std::array{qubit + 1});
    }
  }
  return circuit;
}

std::optional<History> no_history(const std::string& /*fingerprint*/, const std::string& /*kind*/) {
  return std::nullopt;
}

/// Of runs that all took `ratio` times what was predicted.
History history_of_ratio(double ratio, std::size_t runs) {
  History history;
  for (std::size_t i = 0; i < runs; ++i) {
    history.add(ratio);
  }
  return history;
}

struct Question {
  int qubits = 28;
  double cpu_seconds = 10;
  std::string cpu_rejection{};
  ElementType type = ElementType::c64;
  bool device_is_open = false;
  std::optional<DeviceFigures> figures{};
  FindHistory history = no_history;
  std::optional<History> cpu_history{};
  PredictWait wait{};
};

BackendChoice choose(const Question& question, const Gpus& gpus) {
  const quantum::Circuit circuit = layers_of(question.qubits, 6);
  const quantum::PassOptions passes;
  return choose_backend({.circuit = circuit,
                         .passes = passes,
                         .type = question.type,
                         .cpu_seconds = question.cpu_seconds,
                         .cpu_source = "default for processors",
                         .cpu_history = question.cpu_history,
                         .cpu_rejection = question.cpu_rejection,
                         .device_is_open = question.device_is_open},
                        {.list = [&] { return gpus; },
                         .figures_of = [&](const vulkan::DeviceProperties&) { return question.figures; },
                         .history = question.history,
                         .wait = question.wait});
}

TEST(ChooseBackend, LooksAtNoDeviceWhereStartingOneTakesLonger) {
  const quantum::Circuit circuit = layers_of(4, 1);
  const quantum::PassOptions passes;
  const BackendChoice choice = choose_backend(
      {.circuit = circuit, .passes = passes, .cpu_seconds = 0.2, .cpu_source = {}, .cpu_rejection = {}},
      {.list = []() -> Gpus { throw std::logic_error("asked for devices"); },
       .figures_of = [](const vulkan::DeviceProperties&) -> std::optional<DeviceFigures> { return std::nullopt; },
       .history = no_history});
  EXPECT_EQ(choice.winner, 0U);
  ASSERT_EQ(choice.candidates.size(), 1U);
  EXPECT_EQ(choice.reason, "predicted 200 ms there; a device would take 400 ms to start, so none was looked at");
}

TEST(ChooseBackend, TakesTheDeviceThatIsDoneFirst) {
  const BackendChoice choice = choose({.qubits = 30, .cpu_seconds = 20}, cards({"nvidia_rtx_3060", "nvidia_h100"}));
  ASSERT_EQ(choice.candidates.size(), 3U);
  const Candidate& winner = choice.candidates[choice.winner];
  EXPECT_EQ(choice.winner, 2U);
  EXPECT_EQ(winner.backend, Backend::vulkan);
  EXPECT_EQ(winner.device, "1");
  EXPECT_EQ(winner.source, "default for devices of its kind");
  EXPECT_GT(winner.stage_seconds, 0);
  EXPECT_LT(winner.seconds(), choice.candidates[1].seconds());
  EXPECT_THAT(choice.reason, HasSubstr("times as fast as " + choice.candidates[1].name));
}

TEST(ChooseBackend, TakesTheCpuWhereItIsDoneFirst) {
  const BackendChoice choice = choose({.qubits = 24, .cpu_seconds = 0.401}, cards({"nvidia_h100"}));
  EXPECT_EQ(choice.winner, 0U);
  EXPECT_THAT(choice.reason, StartsWith("predicted 401 ms there, 1"));
  // once a device is open, it costs next to nothing to use
  const BackendChoice next =
      choose({.qubits = 24, .cpu_seconds = 0.401, .device_is_open = true}, cards({"nvidia_h100"}));
  EXPECT_EQ(next.winner, 1U);
}

TEST(ChooseBackend, CountsTheWaitForOtherJobs) {
  Gpus gpus = cards({"nvidia_h100"});
  const auto waits = [](double device, double host) {
    return [=](const Demand& demand) { return demand.device_bytes.empty() ? host : device; };
  };
  Question question{.qubits = 26, .cpu_seconds = 3};
  question.wait = waits(/*device=*/10, /*host=*/0);
  BackendChoice choice = choose(question, gpus);
  EXPECT_EQ(choice.winner, 0U);
  EXPECT_EQ(choice.candidates[1].wait_seconds, 10);
  question.wait = waits(/*device=*/1, /*host=*/0);
  EXPECT_EQ(choose(question, gpus).winner, 1U);
  question.cpu_seconds = 0.1;  // which no device would beat, were the CPU free
  question.wait = waits(/*device=*/0, /*host=*/20);
  choice = choose(question, gpus);
  EXPECT_EQ(choice.winner, 1U);
  EXPECT_EQ(choice.candidates[0].wait_seconds, 20);
  // memory that others hold comes back while this job waits for it
  gpus.devices[0].heaps[0].budget_bytes = 1 << 20;
  EXPECT_THAT(choose(question, gpus).candidates[1].rejection, HasSubstr("free"));
  question.wait = waits(/*device=*/5, /*host=*/20);
  EXPECT_EQ(choose(question, gpus).winner, 1U);
  // what nobody can tell is not counted
  question.wait = waits(/*device=*/0, std::numeric_limits<double>::infinity());
  EXPECT_EQ(choose(question, gpus).candidates[0].wait_seconds, 0);
}

TEST(ChooseBackend, SaysWhyDevicesCannotRunIt) {
  const Gpus gpus = cards({"nvidia_rtx_3060", "intel_arc_a770", "lavapipe", "nvidia_h100"});
  const BackendChoice choice = choose({.qubits = 31, .type = ElementType::c128}, gpus);
  EXPECT_THAT(choice.candidates[1].rejection, StartsWith("the state takes 32.0 GiB, and it has "));
  EXPECT_THAT(choice.candidates[2].rejection, StartsWith("no double precision: "));
  EXPECT_THAT(choice.candidates[3].rejection, HasSubstr("only when it is named"));
  EXPECT_EQ(choice.candidates[4].rejection, "");
  EXPECT_EQ(choice.winner, 4U);
}

TEST(ChooseBackend, TakesWhatHasRoomWhereTheCpuHasNone) {
  const BackendChoice choice = choose({.qubits = 30, .cpu_seconds = 0, .cpu_rejection = "too little memory"},
                                      cards({"lavapipe", "nvidia_h100"}));
  EXPECT_EQ(choice.winner, 2U);
  EXPECT_EQ(choice.reason, "nothing else that there is can run it");
}

TEST(ChooseBackend, SaysThatNothingCanRunIt) {
  Gpus none;
  none.reason = "no Vulkan driver is installed";
  const Question question{.qubits = 40, .cpu_seconds = 0, .cpu_rejection = "too little memory"};
  const BackendChoice choice = choose(question, none);
  EXPECT_EQ(choice.winner, 0U);
  EXPECT_EQ(choice.reason, "nothing that there is can run it; there is no device: no Vulkan driver is installed");
  EXPECT_EQ(choose(question, cards({"nvidia_h100"})).reason, "nothing that there is can run it");
}

TEST(ChooseBackend, SaysWhyThereIsNoDevice) {
  Gpus none;
  none.reason = "no Vulkan driver is installed";
  EXPECT_EQ(choose({}, none).reason, "there is no device: no Vulkan driver is installed");
}

TEST(ChooseBackend, ReliesOnWhatWasMeasured) {
  Question question{.qubits = 28, .cpu_seconds = 3};
  const BackendChoice by_default = choose(question, cards({"nvidia_h100"}));
  DeviceFigures figures;
  figures.measured_at = "2026-01-02T03:04:05Z";
  // a card a thousand times slower than its kind
  const DeviceSpeeds slow{.state_bytes = 0,
                          .bytes_per_second = about(2e9),
                          .flops_per_second = about(2e10),
                          .transposition_sweeps = about(0.3),
                          .stage_seconds = about(1e-5),
                          .tile_flop_seconds = {},
                          .tile_transposition_seconds = {},
                          .trip_seconds = {}};
  figures.single_precision = slow;
  figures.double_precision = slow;
  question.figures = figures;
  const BackendChoice measured = choose(question, cards({"nvidia_h100"}));
  EXPECT_EQ(by_default.winner, 1U);
  EXPECT_EQ(measured.winner, 0U);
  EXPECT_EQ(measured.candidates[1].source, "measured at 2026-01-02T03:04:05Z");
  EXPECT_GT(measured.candidates[1].stage_seconds, 100 * by_default.candidates[1].stage_seconds);
}

TEST(ChooseBackend, CorrectsTheProcessorByItsHistory) {
  Question question{.qubits = 24, .cpu_seconds = 0.3};
  EXPECT_EQ(choose(question, cards({"nvidia_h100"})).winner, 0U);
  question.cpu_history = history_of_ratio(4, 12);
  const BackendChoice choice = choose(question, cards({"nvidia_h100"}));
  EXPECT_EQ(choice.winner, 1U);
  EXPECT_DOUBLE_EQ(choice.candidates[0].stage_seconds, 1.2);
  EXPECT_EQ(choice.candidates[0].samples, 12U);
  EXPECT_EQ(choice.candidates[0].source, "history n=12: 4 times what was predicted; default for processors");
}

TEST(ChooseBackend, CorrectsDevicesByTheirHistory) {
  Question question{.qubits = 28, .cpu_seconds = 3};
  const BackendChoice before = choose(question, cards({"nvidia_h100"}));
  EXPECT_EQ(before.winner, 1U);
  std::string asked;
  question.history = [&](const std::string& /*fingerprint*/, const std::string& kind) {
    asked = kind;
    return std::optional(history_of_ratio(1000, 10));
  };
  const BackendChoice after = choose(question, cards({"nvidia_h100"}));
  EXPECT_EQ(after.winner, 0U);
  EXPECT_EQ(asked, "c64 quantum/dense 2^28");
  EXPECT_DOUBLE_EQ(after.candidates[1].stage_seconds, 1000 * before.candidates[1].stage_seconds);
  // nine runs are too few to change anything
  question.history = [](const std::string& /*fingerprint*/, const std::string& /*kind*/) {
    return std::optional(history_of_ratio(1000, 9));
  };
  EXPECT_EQ(choose(question, cards({"nvidia_h100"})).winner, 1U);
}

}  // namespace
}  // namespace basalt
