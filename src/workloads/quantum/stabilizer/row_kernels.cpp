// Signs are counted in lanes: where two Pauli strings anticommute at a qubit, their product there brings in i or −i.
#include "workloads/quantum/stabilizer/row_kernels.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "runtime/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workloads/quantum/stabilizer/row_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace basalt::quantum {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<std::uint64_t>;
using Words = hn::Vec<Tag>;

/// Bits that are set in all lanes together, modulo 4.
HWY_INLINE int count_bits(Words value) {
  const Tag tag;
  alignas(64) std::uint64_t lanes[hn::MaxLanes(tag)];
  hn::Store(value, tag, lanes);
  int count = 0;
  for (std::size_t i = 0; i < hn::Lanes(tag); ++i) {
    count += std::popcount(lanes[i]);
  }
  return count;
}

/// Numbers of 0 to 3, one in each bit of the lanes.
struct Counters {
  Words ones;
  Words twos;

  [[nodiscard]] HWY_INLINE int total() const { return count_bits(ones) + 2 * count_bits(twos); }
};

HWY_INLINE int multiply(std::uint64_t* HWY_RESTRICT left, const std::uint64_t* HWY_RESTRICT right, std::size_t words) {
  const Tag tag;
  Counters powers{hn::Zero(tag), hn::Zero(tag)};
  for (std::size_t i = 0; i < words; i += hn::Lanes(tag)) {
    const Words x1 = hn::Load(tag, left + i);
    const Words z1 = hn::Load(tag, left + words + i);
    const Words x2 = hn::Load(tag, right + i);
    const Words z2 = hn::Load(tag, right + words + i);
    const Words x = hn::Xor(x1, x2);
    const Words z = hn::Xor(z1, z2);
    const Words x1_z2 = hn::And(x1, z2);
    const Words anticommute = hn::Xor(hn::And(x2, z1), x1_z2);
    // adds 1 for X·Y, Y·Z and Z·X, else 3
    powers.twos = hn::Xor(powers.twos, hn::And(hn::Xor(hn::Xor(powers.ones, x), hn::Xor(z, x1_z2)), anticommute));
    powers.ones = hn::Xor(powers.ones, anticommute);
    hn::Store(x, tag, left + i);
    hn::Store(z, tag, left + words + i);
  }
  return powers.total();
}

HWY_INLINE void swap_words(std::uint64_t* HWY_RESTRICT a, std::uint64_t* HWY_RESTRICT b, std::size_t count) {
  const Tag tag;
  for (std::size_t i = 0; i < count; i += hn::Lanes(tag)) {
    const Words kept = hn::Load(tag, a + i);
    hn::Store(hn::Load(tag, b + i), tag, a + i);
    hn::Store(kept, tag, b + i);
  }
}

/// Row `to` becomes i^power times `to` times `from`, which has no imaginary sign.
HWY_INLINE void multiply_into(const RowTable& table, std::size_t to, std::size_t from, int power) {
  power += multiply(table.x(to), table.x(from), table.words) + 2 * (table.signs[to] + table.signs[from]);
  table.signs[to] = static_cast<std::uint8_t>(power >> 1 & 1);
}

void run_unitary(const RowTable& table, std::span<const CliffordStep> steps) {
  for (const CliffordStep& step : steps) {
    const std::size_t x = 2 * std::size_t{step.a};
    const std::size_t z = x + 1;
    const std::size_t x_b = 2 * std::size_t{step.b};
    const std::size_t z_b = x_b + 1;
    switch (step.op) {
      case CliffordOp::x:
        table.signs[z] ^= 1;
        break;
      case CliffordOp::y:
        table.signs[x] ^= 1;
        table.signs[z] ^= 1;
        break;
      case CliffordOp::z:
        table.signs[x] ^= 1;
        break;
      case CliffordOp::h:
        swap_words(table.x(x), table.x(z), 2 * table.words);
        std::swap(table.signs[x], table.signs[z]);
        break;
      case CliffordOp::s:  // X becomes −Y = −iXZ
        multiply_into(table, x, z, 3);
        break;
      case CliffordOp::sdg:
        multiply_into(table, x, z, 1);
        break;
      case CliffordOp::sx:  // Z becomes Y = −iZX
        multiply_into(table, z, x, 3);
        break;
      case CliffordOp::sxdg:
        multiply_into(table, z, x, 1);
        break;
      case CliffordOp::cx:
        multiply_into(table, x, x_b, 0);
        multiply_into(table, z_b, z, 0);
        break;
      case CliffordOp::cz:
        multiply_into(table, x, z_b, 0);
        multiply_into(table, x_b, z, 0);
        break;
      case CliffordOp::swap:
        swap_words(table.x(x), table.x(x_b), 4 * table.words);  // both rows of each
        std::swap(table.signs[x], table.signs[x_b]);
        std::swap(table.signs[z], table.signs[z_b]);
        break;
      case CliffordOp::measure:
      case CliffordOp::reset:
      case CliffordOp::x_if:
      case CliffordOp::z_if:
        break;
    }
  }
}

int run_multiply(std::uint64_t* left, const std::uint64_t* right, std::size_t words) {
  return multiply(left, right, words);
}

/// How the row of an input changes is worked out for all CX together: m of its z bits lie in `others`, c of them with
/// an x bit; one CX after another, z of the pivot would flip m times.
void run_change(const RowTable& table, std::size_t pivot, const std::uint64_t* others, bool from_y) {
  const Tag tag;
  const std::size_t words = table.words;
  // of sparse strings most words are empty
  std::size_t begin = 0;
  std::size_t end = words;
  while (begin < end && others[begin] == 0) {
    ++begin;
  }
  while (end > begin && others[end - 1] == 0) {
    --end;
  }
  begin -= begin % hn::Lanes(tag);
  const std::size_t word = pivot / 64;
  const std::uint64_t bit = std::uint64_t{1} << pivot % 64;
  for (std::size_t row = 0; row < table.rows; ++row) {
    std::uint64_t* const HWY_RESTRICT xs = table.x(row);
    std::uint64_t* const HWY_RESTRICT zs = table.z(row);
    bool x = (xs[word] & bit) != 0;
    bool z = (zs[word] & bit) != 0;
    unsigned sign = 0;
    if (x) {
      Counters hits{hn::Zero(tag), hn::Zero(tag)};
      Words both = hn::Zero(tag);
      for (std::size_t i = begin; i < end; i += hn::Lanes(tag)) {
        const Words flip = hn::Load(tag, others + i);
        const Words old_x = hn::Load(tag, xs + i);
        const Words hit = hn::And(hn::Load(tag, zs + i), flip);
        both = hn::Xor(both, hn::And(hit, old_x));
        hits.twos = hn::Xor(hits.twos, hn::And(hits.ones, hit));
        hits.ones = hn::Xor(hits.ones, hit);
        hn::Store(hn::Xor(old_x, flip), tag, xs + i);
      }
      const auto m = static_cast<unsigned>(hits.total());
      sign = m + static_cast<unsigned>(count_bits(both)) + (z ? m : 0) + (m >> 1 & 1);
      z = z != ((m & 1) != 0);
    } else {
      Words hits = hn::Zero(tag);
      for (std::size_t i = begin; i < end; i += hn::Lanes(tag)) {
        hits = hn::Xor(hits, hn::And(hn::Load(tag, zs + i), hn::Load(tag, others + i)));
      }
      z = z != ((count_bits(hits) & 1) != 0);
    }
    if (from_y) {
      sign += x && !z ? 1 : 0;
      x = x != z;
    } else {
      sign += x && z ? 1 : 0;
      std::swap(x, z);
    }
    xs[word] = (xs[word] & ~bit) | (x ? bit : 0);
    zs[word] = (zs[word] & ~bit) | (z ? bit : 0);
    table.signs[row] ^= static_cast<std::uint8_t>(sign & 1);
  }
}

bool run_any(const std::uint64_t* row, std::size_t words) {
  const Tag tag;
  Words all = hn::Zero(tag);
  for (std::size_t i = 0; i < words; i += hn::Lanes(tag)) {
    all = hn::Or(all, hn::Load(tag, row + i));
  }
  return !hn::AllTrue(tag, hn::Eq(all, hn::Zero(tag)));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace basalt::quantum
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace basalt::quantum {

HWY_EXPORT(run_unitary);
HWY_EXPORT(run_multiply);
HWY_EXPORT(run_change);
HWY_EXPORT(run_any);

void apply_unitary(const RowTable& table, std::span<const CliffordStep> steps) {
  HWY_DYNAMIC_DISPATCH(run_unitary)(table, steps);
}

int multiply_rows(std::uint64_t* left, const std::uint64_t* right, std::size_t words) {
  return HWY_DYNAMIC_DISPATCH(run_multiply)(left, right, words);
}

void change_input(const RowTable& table, std::size_t pivot, const std::uint64_t* others, bool from_y) {
  HWY_DYNAMIC_DISPATCH(run_change)(table, pivot, others, from_y);
}

bool any_bit(const std::uint64_t* row, std::size_t words) {
  return HWY_DYNAMIC_DISPATCH(run_any)(row, words);
}

}  // namespace basalt::quantum
#endif
