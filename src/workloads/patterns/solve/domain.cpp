#include "workloads/patterns/solve/domain.h"

#include <cstring>

namespace basalt::patterns {
namespace {

template <typename T>
void fill_ends(const Domain& domain, T* row) {
  const std::uint64_t last = domain.grid.size[0] - 1;
  const std::array<Ghost, 2>& ghosts = domain.ghosts[0];
  const auto ghost_of = [&](std::size_t end, T inner, T across) {
    const Ghost& ghost = ghosts[end];
    return ghost.periodic ? across : static_cast<T>(ghost.constant) + static_cast<T>(ghost.factor) * inner;
  };
  const T first_cell = row[0];
  const T last_cell = row[last];
  row[-1] = ghost_of(0, first_cell, last_cell);
  row[last + 1] = ghost_of(1, last_cell, first_cell);
}

template <typename T>
void fill_bounded(const Ghost& ghost, std::byte* to, const std::byte* inner, std::uint64_t count) {
  const T constant = static_cast<T>(ghost.constant);
  const T factor = static_cast<T>(ghost.factor);
  T* const out = reinterpret_cast<T*>(to);
  const T* const in = reinterpret_cast<const T*>(inner);
  for (std::uint64_t i = 0; i < count; ++i) {
    out[i] = constant + factor * in[i];
  }
}

/// `count` numbers of a ghost row or plane, beside `inner` and across from `across`.
template <typename T>
void fill_layer(const Ghost& ghost, std::byte* to, const std::byte* inner, const std::byte* across,
                std::uint64_t count) {
  if (ghost.periodic) {
    std::memcpy(to, across, count * sizeof(T));
  } else {
    fill_bounded<T>(ghost, to, inner, count);
  }
}

/// Both ghost layers of an axis, each `count` numbers that begin at a row's (or plane's) first ghost cell.
template <typename T>
void fill_layers(const Domain& domain, std::size_t axis, std::byte* first, std::uint64_t stride, std::uint64_t count) {
  const std::uint64_t last = domain.grid.size[axis] - 1;
  std::byte* const last_layer = first + last * stride;
  fill_layer<T>(domain.ghosts[axis][0], first - stride, first, last_layer, count);
  fill_layer<T>(domain.ghosts[axis][1], last_layer + stride, last_layer, first, count);
}

template <typename T>
void fill_rows(const Domain& domain, std::byte* field) {
  const Layout& layout = domain.layout;
  const std::uint64_t row_bytes = layout.row * sizeof(T);
  const std::uint64_t plane_bytes = layout.plane * sizeof(T);
  if (domain.grid.axes > 1) {
    for (std::uint64_t z = 0; z < domain.grid.size[2]; ++z) {
      fill_layers<T>(domain, 1, field + domain.row_offset(0, z) - sizeof(T), row_bytes, domain.grid.size[0] + 2);
    }
  }
  if (domain.grid.axes > 2) {
    const std::uint64_t rows = (domain.grid.size[1] + 1) * layout.row + domain.grid.size[0] + 2;
    fill_layers<T>(domain, 2, field + domain.row_offset(0, 0) - row_bytes - sizeof(T), plane_bytes, rows);
  }
}

}  // namespace

void fill_ghosts(const Ghost& ghost, Precision precision, std::byte* to, const std::byte* inner, std::uint64_t count) {
  if (precision == Precision::single_precision) {
    fill_bounded<float>(ghost, to, inner, count);
  } else {
    fill_bounded<double>(ghost, to, inner, count);
  }
}

void fill_row_ends(const Domain& domain, std::byte* row) {
  if (domain.precision == Precision::single_precision) {
    fill_ends(domain, reinterpret_cast<float*>(row));
  } else {
    fill_ends(domain, reinterpret_cast<double*>(row));
  }
}

void fill_ghost_rows(const Domain& domain, std::byte* field) {
  if (domain.precision == Precision::single_precision) {
    fill_rows<float>(domain, field);
  } else {
    fill_rows<double>(domain, field);
  }
}

void copy_row(const Domain& domain, const std::byte* field, std::uint64_t y, std::uint64_t z, std::byte* to) {
  const std::uint64_t number = scalar_bytes(domain.precision);
  const std::uint64_t count = domain.grid.size[0] + 2;
  const Ghost* ghost = nullptr;
  const auto enter = [&](std::size_t axis, std::uint64_t at) {
    const std::uint64_t size = domain.grid.size[axis];
    if (at < size) {
      return at;
    }
    const std::size_t side = at == size ? 1 : 0;
    const bool periodic = domain.ghosts[axis][side].periodic;
    ghost = periodic ? ghost : &domain.ghosts[axis][side];
    return (side == 1) == periodic ? 0 : size - 1;
  };
  const std::uint64_t inner_y = enter(1, y);
  const std::byte* const inner = field + domain.row_offset(inner_y, enter(2, z)) - number;
  if (ghost == nullptr) {
    std::memcpy(to - number, inner, count * number);
  } else {
    fill_ghosts(*ghost, domain.precision, to - number, inner, count);
  }
}

}  // namespace basalt::patterns
