#include "workloads/patterns/spectral/transform.h"

#include <fftw3.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>

#include "basalt/error.h"
#include "basalt/parallel.h"

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kLine = 64 / sizeof(double);
/// Modes side by side that a transform across rows takes together: a line of the cache.
constexpr std::uint64_t kAbreast = kLine / 2;
/// Cells of a piece of work.
constexpr std::uint64_t kPiece = std::uint64_t{1} << 15;

/// FFTW makes one plan at a time; running them is free of that.
std::mutex planner;

fftw_complex* modes_at(double* data) {
  return reinterpret_cast<fftw_complex*>(data);
}

}  // namespace

SpectralLayout::SpectralLayout(const Grid& grid)
    : modes(grid.size[0] / 2 + 1), row((2 * modes + kLine - 1) / kLine * kLine), rows(grid.rows()) {
  const std::uint64_t plane = row / 2 * (grid.axes > 2 ? grid.size[1] : 1);
  const std::uint64_t longest = std::max(*std::max_element(grid.size.begin(), grid.size.end()), plane);
  if (longest > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
    throw Error(ErrorCode::unsupported, fmt::format("transforms take no {} cells along an axis or in a plane", longest),
                "give a smaller grid, or leave out what needs waves: --statistics, --integrator etd");
  }
}

struct Transform::Plan {
  fftw_plan plan = nullptr;

  explicit Plan(fftw_plan made) : plan(made) {
    if (plan == nullptr) {
      throw Error(ErrorCode::failed, "FFTW cannot transform this grid", "give other sizes");
    }
  }
  ~Plan() {
    const std::scoped_lock lock(planner);
    fftw_destroy_plan(plan);
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
};

Transform::Transform(const Grid& grid, const Arena& arena) : grid_(grid), layout_(grid), arena_(arena) {
  // Planned by size and alignment alone: this array only has to begin at a line of the cache.
  alignas(64) static std::array<double, kLine> sample{};
  {
    const std::scoped_lock lock(planner);
    const auto cells = static_cast<int>(grid.size[0]);
    fftw_plan there = fftw_plan_dft_r2c_1d(cells, sample.data(), modes_at(sample.data()), FFTW_ESTIMATE);
    fftw_plan back = fftw_plan_dft_c2r_1d(cells, modes_at(sample.data()), sample.data(), FFTW_ESTIMATE);
    forward_[0] = std::make_unique<Plan>(there);
    backward_[0] = std::make_unique<Plan>(back);
    for (std::size_t axis = 1; axis < static_cast<std::size_t>(grid.axes); ++axis) {
      const auto size = static_cast<int>(grid.size[axis]);
      const std::uint64_t step = layout_.row / 2 * (axis == 2 ? grid.size[1] : 1);
      const auto plan_across = [&](int sign) {
        return fftw_plan_many_dft(1, &size, static_cast<int>(kAbreast), modes_at(sample.data()), nullptr,
                                  static_cast<int>(step), 1, modes_at(sample.data()), nullptr, static_cast<int>(step),
                                  1, sign, FFTW_ESTIMATE);
      };
      forward_[axis] = std::make_unique<Plan>(plan_across(FFTW_FORWARD));
      backward_[axis] = std::make_unique<Plan>(plan_across(FFTW_BACKWARD));
    }
  }
}

Transform::~Transform() = default;

void Transform::along_x(double* data, const Plan& plan, const CancelToken& cancel) const {
  const bool there = &plan == forward_[0].get();
  const std::uint64_t grain = std::max<std::uint64_t>(kPiece / grid_.size[0], 1);
  parallel_for(arena_, cancel, 0, layout_.rows, grain, [&](std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t row = first; row < last; ++row) {
      double* const cells = data + row * layout_.row;
      if (there) {
        fftw_execute_dft_r2c(plan.plan, cells, modes_at(cells));
      } else {
        fftw_execute_dft_c2r(plan.plan, modes_at(cells), cells);
      }
    }
  });
}

void Transform::across(double* data, std::size_t axis, const Plan& plan, const CancelToken& cancel) const {
  // of y, the lines of one plane after the other; of z, those of the first plane
  const std::uint64_t abreast = layout_.row / kLine;
  const std::uint64_t lines = abreast * (axis == 1 ? grid_.size[2] : grid_.size[1]);
  const std::uint64_t between = axis == 1 ? grid_.size[1] * layout_.row : layout_.row;
  const std::uint64_t grain = std::max<std::uint64_t>(kPiece / (grid_.size[axis] * kAbreast), 1);
  parallel_for(arena_, cancel, 0, lines, grain, [&](std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t line = first; line < last; ++line) {
      double* const begin = data + line / abreast * between + line % abreast * kLine;
      fftw_execute_dft(plan.plan, modes_at(begin), modes_at(begin));
    }
  });
}

void Transform::forward(double* data, const CancelToken& cancel) const {
  along_x(data, *forward_[0], cancel);
  for (std::size_t axis = 1; axis < static_cast<std::size_t>(grid_.axes); ++axis) {
    across(data, axis, *forward_[axis], cancel);
  }
}

void Transform::backward(double* data, const CancelToken& cancel) const {
  for (auto axis = static_cast<std::size_t>(grid_.axes); axis-- > 1;) {
    across(data, axis, *backward_[axis], cancel);
  }
  along_x(data, *backward_[0], cancel);
}

}  // namespace basalt::patterns
