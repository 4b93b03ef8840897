// The rows and the names of the gate table. Matrices are in gate_matrix.cpp.
#include "workloads/quantum/gates.h"

#include <algorithm>
#include <cassert>

namespace basalt::quantum {
namespace {

constexpr GateStructure kDense{};
constexpr GateStructure kReal{.real = true};
constexpr GateStructure kDiagonal{.diagonal = true};
constexpr GateStructure kSigns{.diagonal = true, .real = true};
constexpr GateStructure kPermutation{.permutation = true, .real = true};
constexpr GateStructure kIdentity{.diagonal = true, .permutation = true, .real = true};
constexpr GateStructure kAxisX{.axis = 'x'};
constexpr GateStructure kAxisY{.real = true, .axis = 'y'};
constexpr GateStructure kAxisZ{.diagonal = true, .axis = 'z'};

// How the inverse of a row is found: in another row, in the row itself with its parameters negated, or by the matrix.
constexpr GateRow fixed(GateId id, std::string_view name, std::uint8_t targets, GateStructure structure,
                        GateId inverse) {
  return {id, name, 0, targets, structure, inverse, false, true};
}
constexpr GateRow turning(GateId id, std::string_view name, std::uint8_t targets, GateStructure structure) {
  return {id, name, 1, targets, structure, id, true, true};
}
constexpr GateRow general(GateId id, std::string_view name, std::uint8_t parameters, std::uint8_t targets) {
  return {id, name, parameters, targets, kDense, id, false, false};
}

using enum GateId;

constexpr std::array kTable{
    turning(gphase, "gphase", 0, kDiagonal),
    fixed(id, "id", 1, kIdentity, id),
    fixed(x, "x", 1, kPermutation, x),
    fixed(y, "y", 1, kDense, y),
    fixed(z, "z", 1, kSigns, z),
    fixed(h, "h", 1, kReal, h),
    fixed(s, "s", 1, kDiagonal, sdg),
    fixed(sdg, "sdg", 1, kDiagonal, s),
    fixed(t, "t", 1, kDiagonal, tdg),
    fixed(tdg, "tdg", 1, kDiagonal, t),
    fixed(sx, "sx", 1, kDense, sxdg),
    fixed(sxdg, "sxdg", 1, kDense, sx),
    turning(p, "p", 1, kAxisZ),
    turning(rx, "rx", 1, kAxisX),
    turning(ry, "ry", 1, kAxisY),
    turning(rz, "rz", 1, kAxisZ),
    general(u, "u", 3, 1),
    general(u2, "u2", 2, 1),
    general(u3, "u3", 3, 1),
    general(cu_target, "cu_target", 4, 1),
    fixed(swap, "swap", 2, kPermutation, swap),
    general(iswap, "iswap", 0, 2),
    turning(rxx, "rxx", 2, kDense),
    turning(ryy, "ryy", 2, kDense),
    turning(rzz, "rzz", 2, kDiagonal),
    fixed(rccx, "rccx", 3, kDense, rccx),
    general(rc3x, "rc3x", 0, 4),
    general(matrix, "matrix", 0, 0),
};

constexpr bool rows_stand_at_their_id() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].id) != i) {
      return false;
    }
  }
  return kTable.size() == static_cast<std::size_t>(matrix) + 1;
}
static_assert(rows_stand_at_their_id());

using enum GateLibrary;

constexpr GateName entry(GateLibrary library, std::string_view name, GateId gate, std::uint8_t controls = 0) {
  return {name, gate, controls, kTable[static_cast<std::size_t>(gate)].parameter_count, library};
}

constexpr std::array kNames{
    // OpenQASM 2 leaves the global phase open: its U is the u3 that its include file defines by it.
    entry(builtin2, "U", u3),
    entry(builtin2, "CX", x, 1),

    entry(builtin3, "U", u),
    entry(builtin3, "gphase", gphase),

    entry(qelib1, "u3", u3),
    entry(qelib1, "u2", u2),
    entry(qelib1, "u1", p),
    entry(qelib1, "cx", x, 1),
    entry(qelib1, "id", id),
    entry(qelib1, "x", x),
    entry(qelib1, "y", y),
    entry(qelib1, "z", z),
    entry(qelib1, "h", h),
    entry(qelib1, "s", s),
    entry(qelib1, "sdg", sdg),
    entry(qelib1, "t", t),
    entry(qelib1, "tdg", tdg),
    entry(qelib1, "rx", rx),
    entry(qelib1, "ry", ry),
    entry(qelib1, "rz", rz),
    entry(qelib1, "cz", z, 1),
    entry(qelib1, "cy", y, 1),
    entry(qelib1, "ch", h, 1),
    entry(qelib1, "ccx", x, 2),
    entry(qelib1, "crz", rz, 1),
    entry(qelib1, "cu1", p, 1),
    entry(qelib1, "cu3", u3, 1),

    GateName{"u0", id, 0, 1, qelib1_extended},
    entry(qelib1_extended, "u", u3),
    entry(qelib1_extended, "p", p),
    entry(qelib1_extended, "sx", sx),
    entry(qelib1_extended, "sxdg", sxdg),
    entry(qelib1_extended, "swap", swap),
    entry(qelib1_extended, "cswap", swap, 1),
    entry(qelib1_extended, "crx", rx, 1),
    entry(qelib1_extended, "cry", ry, 1),
    entry(qelib1_extended, "cp", p, 1),
    entry(qelib1_extended, "csx", sx, 1),
    entry(qelib1_extended, "cu", cu_target, 1),
    entry(qelib1_extended, "iswap", iswap),
    entry(qelib1_extended, "rxx", rxx),
    entry(qelib1_extended, "ryy", ryy),
    entry(qelib1_extended, "rzz", rzz),
    entry(qelib1_extended, "rccx", rccx),
    entry(qelib1_extended, "rc3x", rc3x),
    entry(qelib1_extended, "c3x", x, 3),
    entry(qelib1_extended, "c3sqrtx", sx, 3),
    entry(qelib1_extended, "c4x", x, 4),

    entry(stdgates, "p", p),
    entry(stdgates, "x", x),
    entry(stdgates, "y", y),
    entry(stdgates, "z", z),
    entry(stdgates, "h", h),
    entry(stdgates, "s", s),
    entry(stdgates, "sdg", sdg),
    entry(stdgates, "t", t),
    entry(stdgates, "tdg", tdg),
    entry(stdgates, "sx", sx),
    entry(stdgates, "rx", rx),
    entry(stdgates, "ry", ry),
    entry(stdgates, "rz", rz),
    entry(stdgates, "cx", x, 1),
    entry(stdgates, "cy", y, 1),
    entry(stdgates, "cz", z, 1),
    entry(stdgates, "cp", p, 1),
    entry(stdgates, "crx", rx, 1),
    entry(stdgates, "cry", ry, 1),
    entry(stdgates, "crz", rz, 1),
    entry(stdgates, "ch", h, 1),
    entry(stdgates, "swap", swap),
    entry(stdgates, "ccx", x, 2),
    entry(stdgates, "cswap", swap, 1),
    entry(stdgates, "cu", cu_target, 1),
    entry(stdgates, "CX", x, 1),
    entry(stdgates, "phase", p),
    entry(stdgates, "cphase", p, 1),
    entry(stdgates, "id", id),
    entry(stdgates, "u1", p),
    entry(stdgates, "u2", u2),
    entry(stdgates, "u3", u3),
};

}  // namespace

const GateRow& gate_row(GateId gate) noexcept {
  assert(static_cast<std::size_t>(gate) < kTable.size());
  return kTable[static_cast<std::size_t>(gate)];
}

std::span<const GateRow> gate_table() noexcept {
  return kTable;
}

std::span<const GateName> gate_names() noexcept {
  return kNames;
}

const GateName* find_gate(std::string_view name, GateLibrary library) noexcept {
  const auto found = std::ranges::find_if(
      kNames, [&](const GateName& entry) { return entry.library == library && entry.name == name; });
  return found == kNames.end() ? nullptr : &*found;
}

}  // namespace basalt::quantum
