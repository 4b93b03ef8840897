#include "workloads/quantum/move_axes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <memory>
#include <optional>

#include "workloads/quantum/kernels/operands.h"

namespace basalt::quantum {
namespace {

std::uint64_t moved(std::uint64_t axes, std::span<const std::uint8_t> place) {
  std::uint64_t result = 0;
  for (; axes != 0; axes &= axes - 1) {
    result |= std::uint64_t{1} << place[static_cast<std::size_t>(std::countr_zero(axes))];
  }
  return result;
}

ControlMask moved(const ControlMask& control, std::span<const std::uint8_t> place) {
  return {.mask = moved(control.mask, place), .value = moved(control.value, place)};
}

/// Targets stay in ascending order, so that the matrix follows them.
DenseOperands moved(const DenseOperands& dense, std::span<const std::uint8_t> place) {
  DenseOperands result = dense;
  result.control = moved(dense.control, place);
  const std::span targets(result.targets.data(), dense.target_count);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    targets[i] = place[dense.targets[i]];
  }
  if (std::ranges::is_sorted(targets)) {
    return result;
  }
  std::ranges::sort(targets);
  // bit i of a row or column of the old matrix is bit bit_of[i] of the new
  std::array<std::size_t, 6> bit_of{};
  for (std::size_t i = 0; i < targets.size(); ++i) {
    bit_of[i] = static_cast<std::size_t>(std::ranges::find(targets, place[dense.targets[i]]) - targets.begin());
  }
  const std::size_t size = std::size_t{1} << dense.target_count;
  const auto new_index = [&](std::size_t old_index) {
    std::size_t index = 0;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      index |= (old_index >> i & 1) << bit_of[i];
    }
    return index;
  };
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      result.matrix[new_index(row) * size + new_index(column)] = dense.matrix[row * size + column];
    }
  }
  return result;
}

template <typename Operands>
const Operands& operands_of(const Step& step) {
  return *static_cast<const Operands*>(step.operands.get());
}

/// What a control asks of axes that have one value only.
enum class Fixed : std::uint8_t { never, holds };

Fixed fix(ControlMask& control, std::uint64_t axes, std::uint64_t value) {
  const bool holds = (control.value & axes) == (control.mask & value);
  control.mask &= ~axes;
  control.value &= ~axes;
  return holds ? Fixed::holds : Fixed::never;
}

class Restriction {
 public:
  Restriction(const Program& program, std::uint64_t axes, std::uint64_t value)
      : program_(program), axes_(axes), value_(value) {}

  PartProgram operator()(std::span<const Stage> stages) {
    for (const Stage& stage : stages) {
      Stage& part = result_.stages.emplace_back(stage);
      part.steps.clear();
      for (const std::uint32_t index : stage.steps) {
        if (std::optional<Step> step = restricted(program_.steps[index])) {
          push(part, std::move(*step));
        }
      }
      add_whole_phase(part);
    }
    return std::move(result_);
  }

 private:
  void push(Stage& stage, Step step) {
    stage.steps.push_back(static_cast<std::uint32_t>(result_.program.steps.size()));
    result_.program.steps.push_back(std::move(step));
  }

  [[nodiscard]] std::optional<Step> restricted(const Step& step) {
    if ((step.access.reads & axes_) == 0) {
      return step;
    }
    if (step.kernel == "quantum/phase") {
      return restricted_phase(step);
    }
    return step.kernel == "quantum/dense" ? restricted_control<DenseOperands>(step)
                                          : restricted_control<ExchangeOperands>(step);
  }

  template <typename Operands>
  [[nodiscard]] std::optional<Step> restricted_control(const Step& step) const {
    auto operands = std::make_shared<Operands>(operands_of<Operands>(step));
    if (fix(operands->control, axes_, value_) == Fixed::never) {
      return std::nullopt;
    }
    return with(step, std::move(operands));
  }

  /// A phase that no other axis selects is that of the whole part.
  [[nodiscard]] std::optional<Step> restricted_phase(const Step& step) {
    auto term = std::make_shared<PhaseTerm>(operands_of<PhaseTerm>(step));
    if (term->parity) {
      // where the part makes the parity odd, the others are selected: all, and those back again
      if ((std::popcount(term->mask & value_) & 1) != 0) {
        whole_phase_ += term->angle;
        term->angle = -term->angle;
      }
      term->mask &= ~axes_;
      return term->mask == 0 ? std::nullopt : std::optional(with(step, std::move(term)));
    }
    ControlMask selected{.mask = term->mask, .value = term->value};
    if (fix(selected, axes_, value_) == Fixed::never) {
      return std::nullopt;
    }
    term->mask = selected.mask;
    term->value = selected.value;
    if (term->mask == 0) {
      whole_phase_ += term->angle;
      return std::nullopt;
    }
    return with(step, std::move(term));
  }

  [[nodiscard]] Step with(const Step& step, std::shared_ptr<const void> operands) const {
    Step result = step;
    result.access.reads &= ~axes_;
    result.access.fixed &= ~axes_;
    result.operands = std::move(operands);
    return result;
  }

  /// As phases of both values of the lowest axis: terms cannot select everything.
  void add_whole_phase(Stage& stage) {
    if (whole_phase_ == 0) {
      return;
    }
    for (const std::uint64_t value : {0, 1}) {
      push(stage,
           {.kernel = "quantum/phase",
            .access = {.mixes = 0, .reads = 1, .fixed = 1},
            .share = 1,
            .flops_per_element = 6,
            .operands = std::make_shared<PhaseTerm>(PhaseTerm{.mask = 1, .value = value, .angle = whole_phase_})});
    }
    whole_phase_ = 0;
  }

  const Program& program_;
  std::uint64_t axes_;
  std::uint64_t value_;
  double whole_phase_ = 0;  ///< Radians, not yet applied.
  PartProgram result_;
};

}  // namespace

Step move_axes(const Step& step, std::span<const std::uint8_t> place) {
  Step result = step;
  result.access = {.mixes = moved(step.access.mixes, place),
                   .reads = moved(step.access.reads, place),
                   .fixed = moved(step.access.fixed, place)};
  if (step.kernel == "quantum/dense") {
    result.operands = std::make_shared<DenseOperands>(moved(operands_of<DenseOperands>(step), place));
  } else if (step.kernel == "quantum/exchange") {
    const auto& exchange = operands_of<ExchangeOperands>(step);
    result.operands = std::make_shared<ExchangeOperands>(
        ExchangeOperands{.control = moved(exchange.control, place), .flip = moved(exchange.flip, place)});
  } else {
    assert(step.kernel == "quantum/phase");
    PhaseTerm term = operands_of<PhaseTerm>(step);
    term.mask = moved(term.mask, place);
    term.value = moved(term.value, place);
    result.operands = std::make_shared<PhaseTerm>(term);
  }
  return result;
}

PartProgram restrict_to_part(const Program& program, std::span<const Stage> stages, std::uint64_t axes,
                             std::uint64_t value) {
  return Restriction(program, axes, value)(stages);
}

}  // namespace basalt::quantum
