// How large a step of time may be: what the linear part of the equations allows on a grid.
#pragma once

#include <complex>
#include <optional>
#include <vector>

#include "basalt/pattern.h"
#include "workloads/patterns/grid.h"
#include "workloads/patterns/model.h"

namespace basalt::patterns {

/// The largest −∇² of any mode on the grid, of the discrete Laplacian with periodic sides; other sides have no larger
/// one. In 1/length².
double largest_wavenumber_square(const Grid& grid, Stencil stencil);

/// Growth rates of the modes with −∇² = `wavenumber_square`, by the terms that hold Laplacians alone (and, of
/// Cahn-Hilliard, around the pure phases u = ±1). One for each species.
std::vector<std::complex<double>> linear_growth(const Model& model, double wavenumber_square);

/// Whether an integrator takes the request. Throws Error(unsupported) for etd where a side is not periodic, and
/// Error(bad_usage) for a tolerance that is not between 0 and 1, or for another integrator than rk45.
void check_integrator(const PatternRequest& request, const Grid& grid);

/// The largest step with which no mode of `linear_growth` grows that does not grow in the equations; infinity where any
/// step will do (and for rk45 and etd), 0 where none does (Euler's method and waves). The reaction may ask for less.
double largest_stable_step(const Model& model, const Grid& grid, Stencil stencil, Integrator integrator);

/// The step of a run: the one that is asked for, or the model's, or 0.8 of the largest stable one; of rk45, which parts
/// it, ten times what Runge-Kutta's method has, of etd four times what Euler's has. Throws Error(bad_usage) with the
/// largest stable step for one that is larger, or not above 0.
double choose_step(const Model& model, const Grid& grid, Stencil stencil, Integrator integrator,
                   const std::optional<double>& asked);

}  // namespace basalt::patterns
