// Recorded runs: measurements and resets stay in the circuit, and only expressions stop the machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quantum/input/program.h"

namespace basalt::quantum {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kHeader = "include \"stdgates.inc\";\n";

struct Recorded {
  std::vector<std::string> lines;  ///< Gates, "measure 1 as 0" and "reset 2".
  std::vector<std::string> open;
  std::vector<std::vector<Qubit>> stops;
  std::map<std::string, std::string> registers;  ///< "r3" for outcome 3.
};

std::string line_of(const Recording& recording) {
  if (recording.correction != Pauli::none) {
    const char* const name = recording.correction == Pauli::x ? "x" : recording.correction == Pauli::y ? "y" : "z";
    return name + (" " + std::to_string(recording.qubit)) + " if " + std::to_string(recording.record);
  }
  return recording.record == kResets
             ? "reset " + std::to_string(recording.qubit)
             : "measure " + std::to_string(recording.qubit) + " as " + std::to_string(recording.record);
}

Recorded record(const std::string& text, const std::vector<int>& outcomes = {}, std::size_t most = 1 << 20) {
  const auto script = test::script_of(kHeader + text);
  Machine machine(script);
  Recorded result;
  const CancelToken cancel;
  std::size_t next = 0;
  for (auto status = Machine::Status::circuit_full; status != Machine::Status::finished;) {
    RecordedCircuit recorded{.circuit = Circuit(script->qubit_count), .recordings = {}};
    status = machine.advance(recorded, cancel, most);
    auto recording = recorded.recordings.begin();
    const auto operations = recorded.circuit.operations();
    for (std::size_t i = 0; i <= operations.size(); ++i) {
      for (; recording != recorded.recordings.end() && recording->before == i; ++recording) {
        result.lines.push_back(line_of(*recording));
      }
      if (i < operations.size()) {
        result.lines.push_back(test::text_of(recorded.circuit, operations[i]));
      }
    }
    EXPECT_EQ(recording, recorded.recordings.end());
    if (status == Machine::Status::needs_outcomes) {
      result.stops.emplace_back(machine.wanted().begin(), machine.wanted().end());
      std::vector<std::uint8_t> given;
      for (std::size_t i = 0; i < machine.wanted().size(); ++i, ++next) {
        given.push_back(next < outcomes.size() && outcomes[next] != 0 ? 1 : 0);
      }
      machine.provide(given);
    }
  }
  for (const Recording& recording : machine.open_recordings()) {
    result.open.push_back(line_of(recording));
  }
  const auto registers = machine.registers();
  for (std::size_t r = 0; r < registers.size(); ++r) {
    std::string& bits = result.registers[script->registers[r].name];
    for (auto bit = registers[r].rbegin(); bit != registers[r].rend(); ++bit) {
      bits += bit->is_qubit ? "r" + std::to_string(bit->qubit) : (bit->value ? "1" : "0");
    }
  }
  return result;
}

TEST(MachineRecord, CorrectionsStopNothing) {
  const auto ran = record(
      "qubit[3] q; bit c; bit d; h q; c = measure q[0]; if (c) { x q[0]; for int i in [1:2] { z q[i]; } } "
      "if (c) { x q[0]; y q[2]; } d = measure q[2]; if (d) z q;",
      {1});
  EXPECT_THAT(ran.lines, ElementsAre("h 0", "h 1", "h 2", "measure 0 as 0", "x 0", "z 1", "z 2", "x 0", "y 2",
                                     "measure 2 as 1", "z 0 if 1", "z 1 if 1", "z 2 if 1"))
      << "a loop is more than corrections, and what is known decides";
}

TEST(MachineRecord, CorrectionsStandBehindTheirMeasurement) {
  const auto ran =
      record("qubit[3] q; bit c; h q[0]; c = measure q[0]; int i = 0; if (c) { x q[i]; z q[i+1]; } h q[1]; h q[0];");
  EXPECT_THAT(ran.stops, IsEmpty());
  EXPECT_THAT(ran.lines, ElementsAre("h 0", "measure 0 as 0", "x 0 if 0", "z 1 if 0", "h 1", "h 0"));
}

TEST(MachineRecord, MeasurementsAtTheEndStayOpen) {
  const auto ran = record("qubit[3] q; bit[3] c; h q; c = measure q;");
  EXPECT_THAT(ran.lines, ElementsAre("h 0", "h 1", "h 2"));
  EXPECT_THAT(ran.open, ElementsAre("measure 0 as 0", "measure 1 as 1", "measure 2 as 2"));
  EXPECT_EQ(ran.registers.at("c"), "r2r1r0");
}

TEST(MachineRecord, WhatDisturbsAQubitRecordsItFirst) {
  const auto ran = record(
      "qubit[2] q; bit[3] c; h q; c[0] = measure q[0]; z q[0]; cx q[0], q[1]; h q[0];"
      "c[1] = measure q[0];");
  EXPECT_THAT(ran.lines, ElementsAre("h 0", "h 1", "z 0", "x 0 | 1", "measure 0 as 0", "h 0"));
  EXPECT_THAT(ran.open, ElementsAre("measure 0 as 1"));
  EXPECT_THAT(ran.stops, IsEmpty());
  EXPECT_EQ(ran.registers.at("c"), "0r1r0");
}

TEST(MachineRecord, MeasuringAgainIsTheSameOutcome) {
  const auto ran = record("qubit q; bit[2] c; h q; c[0] = measure q; s q; c[1] = measure q;");
  EXPECT_EQ(ran.registers.at("c"), "r0r0");
  EXPECT_THAT(ran.open, ElementsAre("measure 0 as 0"));
}

TEST(MachineRecord, ResetsStayIn) {
  const auto ran = record(
      "qubit[2] q; bit[2] c; reset q; h q; c = measure q; reset q[1]; h q[1]; reset q[1];"
      "bit d = measure q[1];");
  EXPECT_THAT(ran.lines, ElementsAre("h 0", "h 1", "measure 1 as 1", "reset 1", "h 1", "reset 1"));
  EXPECT_EQ(ran.registers.at("c"), "r1r0");
  EXPECT_EQ(ran.registers.at("d"), "0");
  EXPECT_THAT(ran.open, ElementsAre("measure 0 as 0"));
}

TEST(MachineRecord, ExpressionsStopForOutcomes) {
  const std::string program = "qubit[2] q; bit[2] c; h q; c = measure q; h q[1]; if (c == 2) x q[0]; reset q[0];";
  const auto ran = record(program, {0, 1});
  EXPECT_THAT(ran.stops, ElementsAre(ElementsAre(0, 1)));
  EXPECT_THAT(ran.lines, ElementsAre("h 0", "h 1", "measure 1 as 1", "h 1", "measure 0 as 0", "x 0", "reset 0"));
  EXPECT_EQ(ran.registers.at("c"), "10");
  EXPECT_THAT(ran.open, IsEmpty());
  // an outcome that is known and still holds: no reset is needed, but X
  EXPECT_THAT(record(program, {1, 0}).lines,
              ElementsAre("h 0", "h 1", "measure 1 as 1", "h 1", "measure 0 as 0", "x 0"));
}

TEST(MachineRecord, AnOutcomeFromBeforeADisturbanceSettlesItsBitsOnly) {
  const auto ran = record("qubit q; bit[2] c; h q; c[0] = measure q; h q; c[1] = measure q; if (c[0]) h q;", {1});
  EXPECT_THAT(ran.stops, ElementsAre(ElementsAre(0)));
  EXPECT_THAT(ran.lines, ElementsAre("h 0", "measure 0 as 0", "h 0", "measure 0 as 1", "h 0"));
  EXPECT_EQ(ran.registers.at("c"), "r11");
}

TEST(MachineRecord, LongRunsComeInPieces) {
  const auto ran = record("qubit[2] q; bit c; for int i in [1:5] { h q; c = measure q[0]; reset q[0]; }", {}, 3);
  EXPECT_EQ(ran.lines.size(), 20U);
  EXPECT_EQ(ran.registers.at("c"), "r4");
}

}  // namespace
}  // namespace basalt::quantum
