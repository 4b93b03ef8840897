#include "workloads/patterns/solve/solver.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "basalt/parallel.h"
#include "workloads/patterns/cost.h"
#include "workloads/patterns/stability.h"

namespace basalt::patterns {
namespace {

void round_row(Precision precision, std::span<const double> values, std::byte* row) {
  if (precision == Precision::single_precision) {
    std::transform(values.begin(), values.end(), reinterpret_cast<float*>(row),
                   [](double value) { return static_cast<float>(value); });
  } else {
    std::copy(values.begin(), values.end(), reinterpret_cast<double*>(row));
  }
}

}  // namespace

/// One of the four of Runge-Kutta: rates k at `at`; next = from + next_factor · k, sum = sum_from + sum_factor · k.
struct Solver::Stage {
  const Cells& at;
  const Cells* next;  ///< Null: none.
  double next_factor;
  const Cells& sum_from;
  const Cells& sum;
  double sum_factor;
};

Solver::Solver(const Model& model, const Domain& domain, const Scheme& scheme, const SolverLimits& limits,
               MemoryResource& memory, const Arena& arena)
    : model_(model),
      domain_(domain),
      scheme_(scheme),
      limits_(limits),
      memory_(memory),
      arena_(arena),
      species_(model.species()),
      fields_(species_ + model.auxiliary()),
      laplacian_scale_(1 / (domain.grid.spacing * domain.grid.spacing)),
      neighbours_(neighbours_of(domain.grid, scheme.stencil)),
      shape_(shape_solver_visits(model, domain, scheme.integrator, limits, arena.threads())),
      now_(domain, species_, memory) {
  shape_blocks_of_visits();
  if (overwrites(scheme.integrator, domain.grid)) {
    overwrite_ = std::make_unique<Overwrite>(domain_, model, neighbours_,
                                             shape_pieces(domain, model, shape_, limits.block_bytes), memory);
  } else {
    next_ = Cells(domain, species_, memory);
  }
  if (scheme.integrator == Integrator::rk4) {
    other_ = Cells(domain, species_, memory);
    accumulated_ = Cells(domain, species_, memory);
  }
  if (model.auxiliary() > 0) {
    auxiliary_ = Cells(domain, model.auxiliary(), memory);
  }
  if (!scheme.varying.empty()) {
    varying_ = Cells(domain, scheme.varying.size(), memory);
    fill_constant_rows();
  }
  if (scheme.integrator == Integrator::rk45) {
    const double first =
        std::min(scheme.step, largest_stable_step(model, domain.grid, scheme.stencil, Integrator::rk4));
    dormand_prince_ = std::make_unique<DormandPrince>(domain_, species_, scheme.tolerance, first, memory, arena);
  }
  if (scheme.integrator == Integrator::etd) {
    exponential_ = std::make_unique<Exponential>(model, domain_, scheme.stencil, scheme.step, memory, arena);
  }
}

const std::byte* Solver::row(std::size_t species, std::uint64_t y, std::uint64_t z) const noexcept {
  return now_.field(species) + domain_.row_offset(y, z);
}

void Solver::write_row(std::size_t species, std::uint64_t y, std::uint64_t z, std::span<const double> values) {
  std::byte* const row = now_.field(species) + domain_.row_offset(y, z);
  round_row(domain_.precision, values, row);
  fill_row_ends(domain_, row);
  written_.store(true, std::memory_order_relaxed);
}

void Solver::write_row(std::size_t species, std::uint64_t y, std::uint64_t z, std::span<const std::byte> cells) {
  std::byte* const row = now_.field(species) + domain_.row_offset(y, z);
  std::ranges::copy(cells, row);
  fill_row_ends(domain_, row);
  written_.store(true, std::memory_order_relaxed);
}

std::span<const std::byte> Solver::cells() {
  fill_stale_ends();
  return now_.bytes();
}

std::span<std::byte> Solver::overwrite_cells() {
  ends_stale_ = false;
  written_ = true;
  return now_.bytes();
}

void Solver::write_parameter_row(std::size_t index, std::uint64_t y, std::uint64_t z, std::span<const double> values) {
  round_row(domain_.precision, values, varying_.field(index) + domain_.row_offset(y, z));
}

void Solver::fill_constant_rows() {
  const std::uint64_t row_bytes = domain_.layout.row * scalar_bytes(domain_.precision);
  constant_rows_ = Buffer(memory_, row_bytes * model_.parameters.size());
  for (std::size_t i = 0; i < model_.parameters.size(); ++i) {
    const std::vector<double> row(domain_.layout.row, model_.parameters[i]);
    round_row(domain_.precision, row, constant_rows_.data() + i * row_bytes);
  }
}

void Solver::advance(std::uint64_t steps, const CancelToken& cancel) {
  const std::uint64_t most = steps_per_visit();
  while (steps > 0) {
    const std::uint64_t now = std::min(steps, most);
    if (now > 1) {
      advance_blocks(now, cancel);
      visits_ += 1;
      bytes_moved_ += static_cast<double>(2 * species_ * domain_.grid.cells() * scalar_bytes(domain_.precision));
    } else {
      fill_stale_ends();
      advance_by_one(cancel);
    }
    steps -= now;
  }
}

void Solver::advance_by_one(const CancelToken& cancel) {
  switch (scheme_.integrator) {
    case Integrator::euler:
      advance_euler(cancel);
      break;
    case Integrator::rk4:
      advance_rk4(cancel);
      break;
    case Integrator::rk45:
      return advance_rk45(cancel);
    case Integrator::etd:
      return advance_etd(cancel);
  }
  visits_ += visits_per_step(model_, scheme_.integrator);
  bytes_moved_ += bytes_per_step(model_, scheme_.integrator,
                                 static_cast<double>(domain_.grid.cells() * scalar_bytes(domain_.precision)));
}

const AdaptiveSteps* Solver::adaptive() const noexcept {
  return dormand_prince_ ? &dormand_prince_->steps() : nullptr;
}

void Solver::go_on(const AdaptiveSteps& steps) noexcept {
  if (dormand_prince_) {
    dormand_prince_->go_on(steps);
  }
}

void Solver::set_steps_per_visit(std::uint64_t steps) {
  limits_.steps_per_visit = steps;
  shape_blocks_of_visits();
}

void Solver::shape_blocks_of_visits() {
  blocks_ = shape_solver_blocks(model_, domain_, scheme_.integrator, limits_, arena_.threads(), scheme_.varying.size());
  if (blocks_) {
    block_edges_ = Buffer(memory_, block_edges_bytes(model_, domain_, blocks_));
  }
}

std::uint64_t Solver::steps_per_visit() const noexcept {
  return blocks_ ? blocks_.steps : 1;
}

void Solver::fill_stale_ends() {
  if (!std::exchange(ends_stale_, false)) {
    return;
  }
  for (std::uint64_t y = 0; y < domain_.grid.size[1]; ++y) {
    for (std::size_t species = 0; species < species_; ++species) {
      fill_row_ends(domain_, now_.field(species) + domain_.row_offset(y, 0));
    }
  }
}

void Solver::advance_blocks(std::uint64_t steps, const CancelToken& cancel) {
  const std::uint64_t blocks = count_blocks(domain_, blocks_);
  const auto edges = [&](std::uint64_t index) {
    std::byte* const memory = block_edges_.data() + index * BlockEdges::bytes(domain_, model_, blocks_);
    return BlockEdges(domain_, model_, blocks_, memory);
  };
  const auto reach = [&](std::uint64_t index) {
    return reach_of(domain_, model_, block_at(domain_, blocks_, index), steps);
  };
  parallel_for(arena_, cancel, 0, blocks, 1, [&](std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t index = first; index < last; ++index) {
      edges(index).hold(now_, reach(index));
    }
  });
  parallel_for(arena_, cancel, 0, blocks, 1, [&](std::uint64_t first, std::uint64_t last) {
    const FlushDenormals flush;
    TimeBlock block(domain_, model_, neighbours_, scheme_.step, blocks_, memory_);
    for (std::uint64_t index = first; index < last; ++index) {
      block.advance(now_, edges(index), reach(index), steps);
    }
  });
  ends_stale_ = true;
  written_ = true;
}

void Solver::fill_ghosts(const Cells& cells, std::size_t fields) {
  for (std::size_t field = 0; field < fields; ++field) {
    fill_ghost_rows(domain_, cells.field(field));
  }
}

void Solver::finish(const Cells& cells, const Stretch& stretch) const {
  if (!stretch.whole_row) {
    return;  // after all stretches: finish_single_row
  }
  for (std::size_t species = 0; species < species_; ++species) {
    fill_row_ends(domain_, cells.field(species) + domain_.row_offset(stretch.y, stretch.z));
  }
}

void Solver::finish_single_row(const Cells& cells) const {
  if (domain_.grid.rows() == 1) {
    finish(cells, {.y = 0, .z = 0, .first = 0, .cells = domain_.grid.size[0], .whole_row = true});
  }
}

RowStep Solver::row_step(const Cells& from, const Stretch& stretch) const {
  const std::uint64_t number = scalar_bytes(domain_.precision);
  const std::uint64_t at = domain_.row_offset(stretch.y, stretch.z) + stretch.first * number;
  const std::uint64_t row = domain_.layout.row * number;
  const std::uint64_t plane = domain_.layout.plane * number;
  RowStep step;
  for (std::size_t field = 0; field < fields_; ++field) {
    const std::byte* const centre = (field < species_ ? from.field(field) : auxiliary_.field(0)) + at;
    step.fields[field].centre = centre;
    if (domain_.grid.axes > 1) {
      step.fields[field].before = centre - row;
      step.fields[field].after = centre + row;
    }
    if (domain_.grid.axes > 2) {
      step.fields[field].below = centre - plane;
      step.fields[field].above = centre + plane;
    }
  }
  step.cells = stretch.cells;
  step.laplacian_scale = laplacian_scale_;
  step.parameters = model_.parameters.data();
  if (!scheme_.varying.empty()) {
    for (std::size_t i = 0; i < model_.parameters.size(); ++i) {
      step.parameter_rows[i] = constant_rows_.data() + i * row;
    }
    for (std::size_t i = 0; i < scheme_.varying.size(); ++i) {
      step.parameter_rows[scheme_.varying[i]] = varying_.field(i) + at;
    }
  }
  return step;
}

void Solver::compute_auxiliary(const Cells& from, const CancelToken& cancel) {
  const auto place = [&](const Stretch& stretch) {
    return auxiliary_.field(0) + domain_.row_offset(stretch.y, stretch.z);
  };
  visit(domain_.grid, shape_, arena_, cancel, [&] {
    return [&](const Stretch& stretch) {
      RowStep step = row_step(from, stretch);
      step.out[0] = place(stretch) + stretch.first * scalar_bytes(domain_.precision);
      auxiliary_row(model_.number, neighbours_, domain_.precision, step);
      if (stretch.whole_row) {
        fill_row_ends(domain_, place(stretch));
      }
    };
  });
  if (domain_.grid.rows() == 1) {
    fill_row_ends(domain_, place({}));
  }
  fill_ghost_rows(domain_, auxiliary_.field(0));
}

void Solver::advance_euler(const CancelToken& cancel) {
  if (model_.auxiliary() > 0) {
    fill_ghosts(now_, species_);
    compute_auxiliary(now_, cancel);
  }
  const auto step_of = [&](const Stretch& stretch) {
    RowStep step = row_step(now_, stretch);
    step.factor = scheme_.step;
    return step;
  };
  if (overwrite_) {
    return overwrite_->advance(now_, written_.exchange(false), step_of, arena_, cancel);
  }
  visit(domain_.grid, shape_, arena_, cancel, [&] {
    return [&](const Stretch& stretch) {
      RowStep step = step_of(stretch);
      for (std::size_t species = 0; species < species_; ++species) {
        step.base[species] = step.fields[species].centre;
        step.out[species] = next_.field(species) + domain_.row_offset(stretch.y, stretch.z) +
                            stretch.first * scalar_bytes(domain_.precision);
      }
      step_row(model_.number, neighbours_, domain_.precision, step);
      finish(next_, stretch);
    };
  });
  finish_single_row(next_);
  std::swap(now_, next_);
}

void Solver::run_stage(const Stage& stage, const CancelToken& cancel) {
  fill_ghosts(stage.at, species_);
  if (model_.auxiliary() > 0) {
    compute_auxiliary(stage.at, cancel);
  }
  const std::uint64_t number = scalar_bytes(domain_.precision);
  const std::uint64_t row_bytes = domain_.layout.row * number;
  visit(domain_.grid, shape_, arena_, cancel, [&] {
    // rates of a row, and a row of zeros that they are added to
    auto scratch = std::make_shared<Buffer>(memory_, row_bytes * (species_ + 1));
    std::fill_n(scratch->data() + row_bytes * species_, row_bytes, std::byte{0});
    return [&, scratch](const Stretch& stretch) {
      RowStep step = row_step(stage.at, stretch);
      step.factor = 1;
      for (std::size_t species = 0; species < species_; ++species) {
        step.base[species] = scratch->data() + row_bytes * species_;
        step.out[species] = scratch->data() + row_bytes * species;
      }
      step_row(model_.number, neighbours_, domain_.precision, step);
      const std::uint64_t at = domain_.row_offset(stretch.y, stretch.z) + stretch.first * number;
      for (std::size_t species = 0; species < species_; ++species) {
        RowSum sum{.rate = step.out[species], .base = nullptr, .out = nullptr, .factor = 0, .cells = stretch.cells};
        if (stage.next != nullptr) {
          sum.base = now_.field(species) + at;
          sum.out = stage.next->field(species) + at;
          sum.factor = stage.next_factor;
          add_row(domain_.precision, sum);
        }
        sum.base = stage.sum_from.field(species) + at;
        sum.out = stage.sum.field(species) + at;
        sum.factor = stage.sum_factor;
        add_row(domain_.precision, sum);
      }
      finish(stage.next != nullptr ? *stage.next : stage.sum, stretch);
    };
  });
  finish_single_row(stage.next != nullptr ? *stage.next : stage.sum);
}

void Solver::advance_rk4(const CancelToken& cancel) {
  const double h = scheme_.step;
  run_stage({now_, &next_, h / 2, now_, accumulated_, h / 6}, cancel);
  run_stage({next_, &other_, h / 2, accumulated_, accumulated_, h / 3}, cancel);
  run_stage({other_, &next_, h, accumulated_, accumulated_, h / 3}, cancel);
  run_stage({next_, nullptr, 0, accumulated_, now_, h / 6}, cancel);
}

void Solver::compute_rates(const Cells& at, const Cells& to, const CancelToken& cancel) {
  fill_ghosts(at, species_);
  if (model_.auxiliary() > 0) {
    compute_auxiliary(at, cancel);
  }
  const std::uint64_t number = scalar_bytes(domain_.precision);
  const std::uint64_t row_bytes = domain_.layout.row * number;
  visit(domain_.grid, shape_, arena_, cancel, [&] {
    auto zeros = std::make_shared<Buffer>(memory_, row_bytes);
    std::fill_n(zeros->data(), row_bytes, std::byte{0});
    return [&, zeros](const Stretch& stretch) {
      RowStep step = row_step(at, stretch);
      step.factor = 1;
      const std::uint64_t offset = domain_.row_offset(stretch.y, stretch.z) + stretch.first * number;
      for (std::size_t species = 0; species < species_; ++species) {
        step.base[species] = zeros->data();
        step.out[species] = to.field(species) + offset;
      }
      step_row(model_.number, neighbours_, domain_.precision, step);
    };
  });
  visits_ += 1 + model_.auxiliary();
  bytes_moved_ += bytes_of_rates();
}

/// Species are read and rates written; for an auxiliary field: see bytes_per_step.
double Solver::bytes_of_rates() const noexcept {
  const double field = static_cast<double>(domain_.grid.cells() * scalar_bytes(domain_.precision));
  const double species = static_cast<double>(species_);
  return field * (2 * species + (model_.auxiliary() > 0 ? species + 2 : 0));
}

void Solver::advance_rk45(const CancelToken& cancel) {
  const auto attempts = [&] { return dormand_prince_->steps().accepted + dormand_prince_->steps().rejected; };
  const std::uint64_t before = attempts();
  dormand_prince_->advance(
      now_, next_, scheme_.step, [&](const Cells& at, const Cells& to) { compute_rates(at, to, cancel); }, cancel);
  const std::uint64_t made = attempts() - before;
  visits_ += made * DormandPrince::visits();
  bytes_moved_ += static_cast<double>(made * species_ * domain_.grid.cells() * scalar_bytes(domain_.precision)) *
                  DormandPrince::fields_moved();
}

void Solver::advance_etd(const CancelToken& cancel) {
  exponential_->advance(
      now_, next_, [&](const Cells& at, const Cells& to) { compute_rates(at, to, cancel); }, cancel);
  visits_ += Exponential::visits(domain_.grid);
  bytes_moved_ += exponential_->bytes_moved();
}

}  // namespace basalt::patterns
