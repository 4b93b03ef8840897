// Where the cells of a pattern lie and are worked on: the host's memory or a device's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "basalt/pattern.h"
#include "workloads/patterns/initial.h"
#include "workloads/patterns/solve/summary.h"

namespace basalt {

/// For one thread.
class PatternPlace {
 public:
  virtual ~PatternPlace() = default;

  virtual void write_initial_state(const patterns::InitialValues& initial) = 0;
  /// Rows of a species from `first_row` on (row y + size[1] · z), one after the other, in the precision of the run.
  virtual void write_rows(std::size_t species, std::uint64_t first_row, std::span<const std::byte> rows) = 0;
  /// Once every row of every species is written, before the first step.
  virtual void prepare_steps() = 0;

  /// So many steps; calls on_progress(how many of them are done) from time to time, and once they all are.
  using OnProgress = std::function<void(std::uint64_t done)>;
  virtual void advance(std::uint64_t steps, const OnProgress& on_progress) = 0;

  /// The first cell, by species and then in order, that holds no finite number.
  virtual std::optional<patterns::Place> find_blow_up() = 0;
  virtual std::vector<SpeciesSummary> summarise() = 0;
  /// Copies the cells of a row.
  virtual void read_row(std::size_t species, std::uint64_t y, std::uint64_t z, void* row) = 0;

  /// Of the whole grid, where as many are asked for.
  [[nodiscard]] virtual int steps_per_visit() const = 0;
  /// Visits of the whole grid so far, and bytes that they read and wrote.
  [[nodiscard]] virtual std::uint64_t visits() const = 0;
  [[nodiscard]] virtual double bytes_moved() const = 0;
  /// What an integrator that chooses its steps did; null for others.
  [[nodiscard]] virtual const AdaptiveSteps* adaptive() const { return nullptr; }
  /// Goes on as one that did these.
  virtual void go_on(const AdaptiveSteps& /*steps*/) {}
  /// Spent waiting for others.
  [[nodiscard]] virtual double waited_seconds() const { return 0; }

  /// The yardstick: one in-place scale of as many bytes as the species take. Last of all: the state is lost.
  virtual double measure_scale_seconds() = 0;
};

}  // namespace basalt
