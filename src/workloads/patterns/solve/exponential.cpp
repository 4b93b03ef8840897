#include "workloads/patterns/solve/exponential.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <vector>

#include "basalt/parallel.h"
#include "workloads/patterns/kernels/rows.h"
#include "workloads/patterns/spectral/wavenumbers.h"
#include "workloads/patterns/stability.h"

namespace basalt::patterns {
namespace {

using Complex = std::complex<double>;

/// Cells of a piece of work.
constexpr std::uint64_t kPiece = std::uint64_t{1} << 14;

bool is_pair(const Model& model) {
  return model.description().species.front() == "re";
}

/// Σ z^n / (n + order)!: φ1 and φ2 where their fractions would cancel.
Complex series(Complex z, int order) {
  Complex term = 1;
  for (int i = 2; i <= order; ++i) {
    term /= i;
  }
  Complex sum = term;
  for (int n = 1; n < 20; ++n) {
    term *= z / static_cast<double>(n + order);
    sum += term;
  }
  return sum;
}

Complex phi1(Complex z) {
  return std::abs(z) < 0.5 ? series(z, 1) : (std::exp(z) - 1.0) / z;
}

Complex phi2(Complex z) {
  return std::abs(z) < 0.5 ? series(z, 2) : (phi1(z) - 1.0) / z;
}

}  // namespace

struct Exponential::Filter {
  Complex decay{};
  Complex first{};
  Complex second{};
};

Exponential::Exponential(const Model& model, const Domain& domain, Stencil stencil, double step, MemoryResource& memory,
                         const Arena& arena)
    : domain_(domain),
      species_(model.species()),
      pair_(is_pair(model)),
      arena_(arena),
      transform_(domain.grid, arena),
      rates_(domain, species_, memory),
      increment_(memory, transform_.layout().bytes() * species_),
      first_(memory, transform_.layout().bytes() * species_),
      filters_(memory, transform_.layout().rows * transform_.layout().modes * filters_per_mode() * sizeof(Filter)) {
  tabulate(model, stencil, step);
}

std::uint64_t Exponential::spectral_bytes(const Model& model, const Grid& grid) {
  const SpectralLayout layout(grid);
  const std::uint64_t filters = is_pair(model) ? 1 : model.species();
  return 2 * layout.bytes() * model.species() + layout.rows * layout.modes * filters * sizeof(Filter);
}

Exponential::Filter* Exponential::filters_of_row(std::uint64_t row) const noexcept {
  return filters_.as<Filter>() + row * transform_.layout().modes * filters_per_mode();
}

double* Exponential::increment(std::size_t species) const noexcept {
  return increment_.as<double>() + species * transform_.layout().row * transform_.layout().rows;
}

double* Exponential::first(std::size_t species) const noexcept {
  return first_.as<double>() + species * transform_.layout().row * transform_.layout().rows;
}

void Exponential::tabulate(const Model& model, Stencil stencil, double step) {
  const CancelToken never;
  const Wavenumbers wavenumbers(domain_.grid, stencil);
  const double scale = step / static_cast<double>(domain_.grid.cells());
  const std::uint64_t modes = transform_.layout().modes;
  parallel_for(arena_, never, 0, transform_.layout().rows, 1, [&](std::uint64_t row, std::uint64_t) {
    std::vector<double> laplacians;
    wavenumbers.laplacians_of_row(row, laplacians);
    Filter* filter = filters_of_row(row);
    for (std::uint64_t mode = 0; mode < modes; ++mode) {
      const std::vector<Complex> growth = linear_growth(model, laplacians[mode]);
      for (std::size_t i = 0; i < filters_per_mode(); ++i, ++filter) {
        const Complex z = growth[i] * step;
        *filter = {.decay = std::exp(z), .first = scale * phi1(z), .second = scale * phi2(z)};
      }
    }
  });
}

void Exponential::load_rates(const CancelToken& cancel) const {
  const Grid& grid = domain_.grid;
  const SpectralLayout& layout = transform_.layout();
  const std::uint64_t grain = std::max<std::uint64_t>(kPiece / grid.size[0], 1);
  parallel_for(arena_, cancel, 0, grid.rows(), grain, [&](std::uint64_t begin, std::uint64_t end) {
    const FlushDenormals flush;
    for (std::uint64_t row = begin; row < end; ++row) {
      const std::uint64_t at = domain_.row_offset(row % grid.size[1], row / grid.size[1]);
      for (std::size_t species = 0; species < species_; ++species) {
        const std::byte* const from = rates_.field(species) + at;
        double* const to = increment(species) + row * layout.row;
        if (domain_.precision == Precision::single_precision) {
          std::copy_n(reinterpret_cast<const float*>(from), grid.size[0], to);
        } else {
          std::copy_n(reinterpret_cast<const double*>(from), grid.size[0], to);
        }
        std::fill(to + grid.size[0], to + layout.row, 0.0);
      }
    }
  });
  for (std::size_t species = 0; species < species_; ++species) {
    transform_.forward(increment(species), cancel);
  }
}

namespace {

/// Filters of real fields are real. The modes r and m of the parts of a complex field A are such
/// that A's is r + i m: a filter f of A makes Re f r − Im f m of the one and Im f r + Re f m of the other.
struct ModePair {
  Complex re;
  Complex im;

  friend ModePair operator*(Complex filter, const ModePair& mode) {
    return {filter.real() * mode.re - filter.imag() * mode.im, filter.imag() * mode.re + filter.real() * mode.im};
  }
  friend ModePair operator-(const ModePair& a, const ModePair& b) { return {a.re - b.re, a.im - b.im}; }
};

}  // namespace

template <typename Act>
void Exponential::filter_modes(const Act& act, const CancelToken& cancel) const {
  const SpectralLayout& layout = transform_.layout();
  const std::uint64_t grain = std::max<std::uint64_t>(kPiece / layout.modes, 1);
  const auto modes_of = [&](double* field, std::uint64_t row) {
    return reinterpret_cast<Complex*>(field + row * layout.row);
  };
  parallel_for(arena_, cancel, 0, layout.rows, grain, [&](std::uint64_t begin, std::uint64_t end) {
    const FlushDenormals flush;
    for (std::uint64_t row = begin; row < end; ++row) {
      const Filter* const filters = filters_of_row(row);
      const std::array<Complex*, 2> now = {modes_of(increment(0), row), modes_of(increment(species_ - 1), row)};
      const std::array<Complex*, 2> before = {modes_of(first(0), row), modes_of(first(species_ - 1), row)};
      for (std::uint64_t mode = 0; mode < layout.modes; ++mode) {
        if (pair_) {
          ModePair of_now{now[0][mode], now[1][mode]};
          ModePair of_before{before[0][mode], before[1][mode]};
          act(filters[mode], of_now, of_before);
          now[0][mode] = of_now.re;
          now[1][mode] = of_now.im;
          before[0][mode] = of_before.re;
          before[1][mode] = of_before.im;
          continue;
        }
        for (std::size_t species = 0; species < species_; ++species) {
          act(filters[mode * species_ + species], now[species][mode], before[species][mode]);
        }
      }
    }
  });
}

void Exponential::add_increments(const Cells& from, const Cells& to, const CancelToken& cancel) const {
  for (std::size_t species = 0; species < species_; ++species) {
    transform_.backward(increment(species), cancel);
  }
  const Grid& grid = domain_.grid;
  const std::uint64_t grain = std::max<std::uint64_t>(kPiece / grid.size[0], 1);
  const auto add = [&]<typename T>(const T* base, const double* more, T* out) {
    for (std::uint64_t x = 0; x < grid.size[0]; ++x) {
      out[x] = static_cast<T>(static_cast<double>(base[x]) + more[x]);
    }
  };
  parallel_for(arena_, cancel, 0, grid.rows(), grain, [&](std::uint64_t begin, std::uint64_t end) {
    const FlushDenormals flush;
    for (std::uint64_t row = begin; row < end; ++row) {
      const std::uint64_t at = domain_.row_offset(row % grid.size[1], row / grid.size[1]);
      for (std::size_t species = 0; species < species_; ++species) {
        const double* const more = increment(species) + row * transform_.layout().row;
        const std::byte* const base = from.field(species) + at;
        std::byte* const out = to.field(species) + at;
        if (domain_.precision == Precision::single_precision) {
          add(reinterpret_cast<const float*>(base), more, reinterpret_cast<float*>(out));
        } else {
          add(reinterpret_cast<const double*>(base), more, reinterpret_cast<double*>(out));
        }
        fill_row_ends(domain_, out);
      }
    }
  });
}

void Exponential::advance(const Cells& now, const Cells& next, const ComputeRates& rates, const CancelToken& cancel) {
  rates(now, rates_);
  load_rates(cancel);
  filter_modes(
      [](const Filter& filter, auto& increment, auto& first) {
        first = increment;
        increment = filter.first * increment;
      },
      cancel);
  add_increments(now, next, cancel);
  rates(next, rates_);
  load_rates(cancel);
  filter_modes([](const Filter& filter, auto& increment,
                  auto& first) { increment = filter.second * (increment - filter.decay * first); },
               cancel);
  add_increments(next, now, cancel);
}

std::uint64_t Exponential::visits(const Grid& grid) noexcept {
  // twice: load, filter, add, and a transform there and back along each axis
  return 2 * (3 + 2 * static_cast<std::uint64_t>(grid.axes));
}

double Exponential::bytes_moved() const noexcept {
  const double modes = static_cast<double>(transform_.layout().bytes() * species_);
  const double cells = static_cast<double>(domain_.grid.cells() * species_ * scalar_bytes(domain_.precision));
  const double filters = static_cast<double>(filters_.size_bytes());
  const double transforms = 2.0 * 2 * domain_.grid.axes * modes;
  return 2 * (cells + modes + 4 * modes + filters + transforms + modes + 2 * cells);
}

}  // namespace basalt::patterns
