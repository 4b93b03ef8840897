// States that are given by a function of the cell.
#pragma once

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "workloads/patterns/output/frame.h"

namespace basalt::patterns::test {

using ValueAt = std::function<double(std::size_t species, double x, double y)>;

/// A frame of a grid in double; of three axes all planes are alike.
struct Invented {
  Invented(const std::vector<std::uint64_t>& size, double spacing, std::vector<std::string> names, ValueAt at)
      : grid(make_grid(size, spacing)), species(std::move(names)), value(std::move(at)) {}

  [[nodiscard]] FrameView view() const {
    return {.grid = grid,
            .species = species,
            .precision = Precision::double_precision,
            .read_row =
                [this](std::size_t which, std::uint64_t y, std::uint64_t, void* row) {
                  for (std::uint64_t x = 0; x < grid.size[0]; ++x) {
                    const double number = value(which, static_cast<double>(x), static_cast<double>(y));
                    std::memcpy(static_cast<char*>(row) + x * sizeof number, &number, sizeof number);
                  }
                },
            .step = 0,
            .time = 0};
  }

  Grid grid;
  std::vector<std::string> species;
  ValueAt value;
};

}  // namespace basalt::patterns::test
