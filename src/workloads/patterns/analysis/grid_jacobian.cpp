#include "workloads/patterns/analysis/grid_jacobian.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "basalt/error.h"
#include "workloads/patterns/analysis/steady.h"

namespace basalt::patterns {
namespace {

bool have_constants(const Domain& domain) {
  return std::any_of(domain.ghosts.begin(), domain.ghosts.end(), [](const auto& axis) {
    return std::any_of(axis.begin(), axis.end(), [](const Ghost& ghost) { return ghost.constant != 0; });
  });
}

bool finite(const Derivatives& at) {
  double sum = 0;
  for (std::size_t row = 0; row < at.species; ++row) {
    sum += std::abs(at.rate[row]);
    for (std::size_t i = 0; i < at.species; ++i) {
      sum += std::abs(at.by_value[row][i]);
    }
  }
  return std::isfinite(sum);
}

}  // namespace

void CellSlope::append(double value, std::uint64_t cell, std::uint64_t cells) {
  if (cell == 0) {
    value_ = value;
  }
  if (values_.size_bytes() == 0 && value != value_) {
    values_ = Buffer(memory_, cells * sizeof(double));
    std::fill_n(values_.as<double>(), cell, value_);
  }
  if (values_.size_bytes() > 0) {
    values_.as<double>()[cell] = value;
  }
}

void CellSlope::shift(double by) {
  value_ += by;
  for (double& value : values_.view<double>()) {
    value += by;
  }
}

void CellSlope::add_product(const double* field, double* sum, std::uint64_t cells) const {
  if (values_.size_bytes() > 0) {
    const double* const slope = values_.as<double>();
    for (std::uint64_t i = 0; i < cells; ++i) {
      sum[i] += slope[i] * field[i];
    }
  } else if (value_ != 0) {
    for (std::uint64_t i = 0; i < cells; ++i) {
      sum[i] += value_ * field[i];
    }
  }
}

GridJacobian::GridJacobian(const Model& model, const Domain& domain, Stencil stencil, std::span<const double> state,
                           MemoryResource& memory)
    : species_(model.species()),
      auxiliary_(model.auxiliary()),
      cells_(domain.grid.cells()),
      laplacian_(without_constants(domain), stencil, memory),
      scratch_(memory, (species_ + auxiliary_) * cells_ * sizeof(double)) {
  const auto add = [&](std::vector<CellSlope>& slopes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      slopes.emplace_back(memory);
    }
  };
  add(by_value_, species_ * species_);
  add(by_laplacian_, species_ * (species_ + auxiliary_));
  add(auxiliary_by_, 2 * auxiliary_);
  const Buffer rates(memory, unknowns() * sizeof(double));
  differentiate(model, GridLaplacian(domain, stencil, memory), state.data(), rates.as<double>());
  if (is_complex(model) && !have_constants(domain)) {
    rotate(state.data(), rates.as<double>());
  }
  for (const double rate : rates.view<double>()) {
    residual_ = std::max(residual_, std::abs(rate));
  }
}

std::uint64_t GridJacobian::most_bytes(const Model& model, const Domain& domain) {
  const std::uint64_t species = model.species();
  const std::uint64_t fields = species + model.auxiliary();
  const std::uint64_t slopes = species * (species + fields) + 2 * model.auxiliary();
  const std::uint64_t rates_and_scratch = species + fields;
  return (slopes + rates_and_scratch) * domain.grid.cells() * sizeof(double) + 2 * domain.field_bytes();
}

void GridJacobian::differentiate(const Model& model, const GridLaplacian& whole, const double* state, double* rates) {
  const std::size_t fields = species_ + auxiliary_;
  std::array<double, kMostSpecies> u{};
  std::array<double, kMostLaplacians> laplacian{};
  const auto at_cell = [&](std::uint64_t cell) {
    for (std::size_t i = 0; i < species_; ++i) {
      u[i] = state[i * cells_ + cell];
    }
    for (std::size_t i = 0; i < fields; ++i) {
      laplacian[i] = scratch(i)[cell];
    }
    return derivatives_at(model, u.data(), laplacian.data());
  };
  for (std::size_t i = 0; i < species_; ++i) {
    whole.apply(state + i * cells_, scratch(i));
  }
  if (auxiliary_ > 0) {
    std::fill_n(scratch(species_), cells_, 0.0);  // which the auxiliary field does not depend on
    for (std::uint64_t cell = 0; cell < cells_; ++cell) {
      scratch(species_)[cell] = at_cell(cell).auxiliary;
    }
    whole.apply(scratch(species_), scratch(species_));
  }
  for (std::uint64_t cell = 0; cell < cells_; ++cell) {
    const Derivatives at = at_cell(cell);
    for (std::size_t row = 0; row < species_; ++row) {
      rates[row * cells_ + cell] = at.rate[row];
      for (std::size_t i = 0; i < species_; ++i) {
        by_value_[row * species_ + i].append(at.by_value[row][i], cell, cells_);
      }
      for (std::size_t i = 0; i < fields; ++i) {
        by_laplacian_[row * fields + i].append(at.by_laplacian[row][i], cell, cells_);
      }
    }
    if (auxiliary_ > 0) {
      auxiliary_by_[0].append(at.auxiliary_by_value, cell, cells_);
      auxiliary_by_[1].append(at.auxiliary_by_laplacian, cell, cells_);
    }
    if (!finite(at)) {
      throw Error(
          ErrorCode::bad_input,
          fmt::format("the equations of {} have no value in cell {} of the state", model.description().name, cell),
          "give a state that a run can start from");
    }
  }
}

/// ω = −Σ Im(A* ∂A/∂t) / Σ |A|²: of all frames the one in which the rates are least.
void GridJacobian::rotate(const double* state, double* rates) {
  const double* const real = state;
  const double* const imaginary = state + cells_;
  double turn = 0;
  double size = 0;
  for (std::uint64_t i = 0; i < cells_; ++i) {
    turn += real[i] * rates[cells_ + i] - imaginary[i] * rates[i];
    size += real[i] * real[i] + imaginary[i] * imaginary[i];
  }
  rotation_ = size > 0 ? -turn / size : 0;
  for (std::uint64_t i = 0; i < cells_; ++i) {
    rates[i] -= rotation_ * imaginary[i];
    rates[cells_ + i] += rotation_ * real[i];
  }
  by_value_[1].shift(-rotation_);
  by_value_[2].shift(rotation_);
}

void GridJacobian::apply(const double* from, double* to) const {
  const std::size_t fields = species_ + auxiliary_;
  for (std::size_t i = 0; i < species_; ++i) {
    laplacian_.apply(from + i * cells_, scratch(i));
  }
  if (auxiliary_ > 0) {
    std::fill_n(scratch(species_), cells_, 0.0);
    auxiliary_by_[0].add_product(from, scratch(species_), cells_);
    auxiliary_by_[1].add_product(scratch(0), scratch(species_), cells_);
    laplacian_.apply(scratch(species_), scratch(species_));
  }
  for (std::size_t row = 0; row < species_; ++row) {
    double* const sum = to + row * cells_;
    std::fill_n(sum, cells_, 0.0);
    for (std::size_t i = 0; i < species_; ++i) {
      by_value_[row * species_ + i].add_product(from + i * cells_, sum, cells_);
    }
    for (std::size_t i = 0; i < fields; ++i) {
      by_laplacian_[row * fields + i].add_product(scratch(i), sum, cells_);
    }
  }
}

}  // namespace basalt::patterns
