// Which qubits of a program a state has to hold: each from its first entangling gate to its last measurement. Outside
// of that a qubit is in a state of its own, two amplitudes, and no gate there costs more than a product with them. What
// is left of the program are circuits on the axes of a narrow state, and outcomes of axes in between.
//
// A qubit leaves by being measured, and for good reason only: where the program needs its outcome, or another has to
// come in and no axis is free. What is never needed is sampled at the end, all at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "basalt/cancel.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/recorded_circuit.h"

namespace basalt::quantum {

/// Thrown where more qubits have to be in the state at a time than it has axes.
struct TooNarrow {
  Qubit needed = 0;
};

/// A value: it goes with the machine.
class LiveQubits {
 public:
  enum class Stop : std::uint8_t {
    done,  ///< With what was taken.
    wants_outcomes,
    circuit_full,
  };

  /// Where the outcome of a record is at the end: known, or to be sampled from an axis.
  struct Place {
    bool is_axis = false;
    bool value = false;
    Qubit axis = 0;
  };

  /// All qubits are 0.
  LiveQubits(Qubit qubits, Narrowing narrowing);

  /// What comes next of the program. `open`: what was measured and is in no circuit yet; `ends`: nothing comes after.
  void take(RecordedCircuit recorded, std::vector<Recording> open, bool ends);

  /// Appends gates on axes until a stop. Throws TooNarrow.
  Stop emit(Circuit& circuit, const CancelToken& cancel, std::size_t max_operations);

  /// Axes, increasing, whose outcomes are wanted, and these.
  [[nodiscard]] std::span<const Qubit> wanted() const noexcept { return wanted_; }
  void provide(std::span<const std::uint8_t> outcomes);

  /// Of a record that the program came by.
  [[nodiscard]] bool outcome(std::uint32_t record) const { return outcomes_[record] == 1; }
  /// Of any, once all is done.
  [[nodiscard]] Place place_of(std::uint32_t record) const;

  /// Most qubits that were in the state at a time, and how often one left it.
  [[nodiscard]] Qubit peak() const noexcept { return peak_; }
  [[nodiscard]] std::uint64_t departures() const noexcept { return departures_; }

 private:
  static constexpr Qubit kNone = 0xFFFFFFFF;
  static constexpr std::uint8_t kUnknown = 2;

  /// A qubit outside of the state.
  struct Single {
    Complex zero = 1;
    Complex one = 0;
    bool sure = true;  ///< Whatever the outcomes were.
  };
  struct Axis {
    Qubit qubit = kNone;
    bool one = false;  ///< Free, and 1.
    bool may_leave = false;
  };
  /// After the operation nothing but a measurement comes to the qubit.
  struct Departure {
    std::size_t operation;
    Qubit qubit;
  };
  struct Piece {
    RecordedCircuit recorded;
    std::vector<Departure> departures;
    std::vector<Recording> open;
    bool ends = false;
  };

  [[nodiscard]] bool is_in(Qubit qubit) const { return axis_of_[qubit] != kNone; }
  [[nodiscard]] std::optional<bool> known(Qubit qubit) const;
  void note_departures(Piece& piece);
  bool apply(const Operation& op, Circuit& circuit);
  [[nodiscard]] bool read_controls(const Operation& op, bool& sure);
  void turn(Single& single, std::span<const Complex> matrix) const;
  void exchange(Qubit a, Qubit b);
  bool measure(const Recording& recording, Circuit& circuit);
  bool bring_in(std::span<const Qubit> qubits, Circuit& circuit);
  void join(Qubit qubit, Circuit& circuit);
  void want_all_that_may_leave();

  Narrowing narrowing_;
  std::vector<Single> singles_;
  std::vector<Qubit> axis_of_;
  std::vector<Axis> axes_;
  std::vector<std::uint8_t> outcomes_;  ///< Of each record.
  std::vector<Qubit> wanted_;
  std::shared_ptr<const Piece> piece_;  ///< Shared by the branches of a run.
  std::size_t next_operation_ = 0;
  std::size_t next_recording_ = 0;
  std::size_t next_departure_ = 0;
  std::size_t next_open_ = 0;
  Qubit live_ = 0;
  Qubit peak_ = 0;
  std::uint64_t departures_ = 0;
  std::vector<Control> controls_;  // kept to reuse their memory
  std::vector<Qubit> operands_;
};

}  // namespace basalt::quantum
