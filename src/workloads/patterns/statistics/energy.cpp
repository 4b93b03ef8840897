#include "workloads/patterns/statistics/energy.h"

#include <array>
#include <cmath>
#include <vector>

namespace basalt::patterns {
namespace {

/// A field in double, row by row, with the rows around: sides are periodic or without flux.
class Surroundings {
 public:
  Surroundings(const FrameView& frame, const PatternRequest& request, std::size_t species)
      : frame_(frame), species_(species) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      periodic_[axis] = request.sides[axis][0].kind == SideKind::periodic;
    }
    corners_ = request.stencil == Stencil::isotropic && frame.grid.axes == 2;
  }

  void look_at(std::uint64_t y, std::uint64_t z) {
    const Grid& grid = frame_.grid;
    read(y, z, centre);
    if (grid.axes > 1) {
      read(beside(1, y, -1), z, before_);
      read(beside(1, y, 1), z, after_);
    }
    if (grid.axes > 2) {
      read(y, beside(2, z, -1), below_);
      read(y, beside(2, z, 1), above_);
    }
  }

  [[nodiscard]] double laplacian(std::uint64_t x) const {
    const std::uint64_t left = beside(0, x, -1);
    const std::uint64_t right = beside(0, x, 1);
    const double scale = 1 / (frame_.grid.spacing * frame_.grid.spacing);
    double sum = centre[left] + centre[right];
    if (frame_.grid.axes > 1) {
      sum += before_[x] + after_[x];
    }
    if (frame_.grid.axes > 2) {
      sum += below_[x] + above_[x];
    }
    if (corners_) {
      const double corners = before_[left] + before_[right] + after_[left] + after_[right];
      return scale * (2.0 / 3 * sum + corners / 6 - 10.0 / 3 * centre[x]);
    }
    return scale * (sum - 2.0 * frame_.grid.axes * centre[x]);
  }

  std::vector<double> centre{};

 private:
  void read(std::uint64_t y, std::uint64_t z, std::vector<double>& row) { read_row(frame_, species_, y, z, row); }

  /// The cell beside one; beyond a side without flux, that one itself.
  [[nodiscard]] std::uint64_t beside(std::size_t axis, std::uint64_t at, int step) const {
    const std::uint64_t size = frame_.grid.size[axis];
    if (step < 0) {
      return at > 0 ? at - 1 : periodic_[axis] ? size - 1 : 0;
    }
    return at + 1 < size ? at + 1 : periodic_[axis] ? 0 : size - 1;
  }

  const FrameView& frame_;
  std::size_t species_;
  std::array<bool, 3> periodic_{};
  bool corners_ = false;
  std::vector<double> before_;
  std::vector<double> after_;
  std::vector<double> below_;
  std::vector<double> above_;
};

/// Energy of a cell, of values and Laplacians of the species.
using Density = double (*)(const std::vector<double>& p, const double* u, const double* laplacian);

double swift_hohenberg(const std::vector<double>& p, const double* u, const double* laplacian) {
  const double bent = u[0] + laplacian[0];
  const double square = u[0] * u[0];
  return bent * bent / 2 - p[0] / 2 * square - p[1] / 3 * square * u[0] + square * square / 4;
}

double cahn_hilliard(const std::vector<double>& p, const double* u, const double* laplacian) {
  const double well = 1 - u[0] * u[0];
  return well * well / 4 - p[1] / 2 * u[0] * laplacian[0];
}

double ginzburg_landau(const std::vector<double>& /*p*/, const double* u, const double* laplacian) {
  const double intensity = u[0] * u[0] + u[1] * u[1];
  return intensity * intensity / 2 - intensity - u[0] * laplacian[0] - u[1] * laplacian[1];
}

double nonlinear_schrodinger(const std::vector<double>& p, const double* u, const double* laplacian) {
  const double intensity = u[0] * u[0] + u[1] * u[1];
  return p[0] / 2 * intensity * intensity - (u[0] * laplacian[0] + u[1] * laplacian[1]) / 2;
}

Density density_of(const Model& model) {
  const std::string& name = model.description().name;
  if (name == "swift-hohenberg") {
    return swift_hohenberg;
  }
  if (name == "cahn-hilliard") {
    return cahn_hilliard;
  }
  if (name == "ginzburg-landau" && model.parameters[0] == model.parameters[1]) {
    return ginzburg_landau;
  }
  return name == "nonlinear-schrodinger" ? nonlinear_schrodinger : nullptr;
}

bool is_closed(const PatternRequest& request, const Grid& grid) {
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(grid.axes); ++axis) {
    for (const Side& side : request.sides[axis]) {
      if (side.kind != SideKind::periodic && !(side.kind == SideKind::neumann && side.value == 0)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

std::optional<double> energy_of(const FrameView& frame, const Model& model, const PatternRequest& request) {
  const Density density = density_of(model);
  if (density == nullptr || !is_closed(request, frame.grid)) {
    return std::nullopt;
  }
  std::vector<Surroundings> fields;
  for (std::size_t species = 0; species < model.species(); ++species) {
    fields.emplace_back(frame, request, species);
  }
  double energy = 0;
  for (std::uint64_t row = 0; row < frame.grid.rows(); ++row) {
    for (Surroundings& field : fields) {
      field.look_at(row % frame.grid.size[1], row / frame.grid.size[1]);
    }
    double of_row = 0;
    for (std::uint64_t x = 0; x < frame.grid.size[0]; ++x) {
      std::array<double, kMostSpecies> u{};
      std::array<double, kMostSpecies> laplacian{};
      for (std::size_t species = 0; species < fields.size(); ++species) {
        u[species] = fields[species].centre[x];
        laplacian[species] = fields[species].laplacian(x);
      }
      of_row += density(model.parameters, u.data(), laplacian.data());
    }
    energy += of_row;
  }
  return energy * std::pow(frame.grid.spacing, frame.grid.axes);
}

}  // namespace basalt::patterns
