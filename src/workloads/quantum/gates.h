// The gate table: every native gate as data (name, parameters, matrix, structure), and every name that
// OpenQASM 2 (qelib1.inc) and OpenQASM 3 (stdgates.inc) programs may use for it.
//
// A gate acts on `target_count` qubits; its matrix is row-major over basis states of its targets, the FIRST target
// being the LEAST significant bit. Controls are not part of the matrix: "cx" is the row "x" with one control.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace basalt::quantum {

using Complex = std::complex<double>;

/// Rows of the gate table. `matrix` stands for a unitary that the operation carries itself.
enum class GateId : std::uint8_t {
  gphase,  // no target: multiplies by exp(iγ)
  id,
  x,
  y,
  z,
  h,
  s,
  sdg,
  t,
  tdg,
  sx,
  sxdg,
  p,
  rx,
  ry,
  rz,
  u,  // OpenQASM 3 U(θ,φ,λ): 2π-periodic, top left (1+exp(iθ))/2
  u2,
  u3,  // as in stdgates.inc: determinant 1
  cu_target,  // target of cu(θ,φ,λ,γ): exp(iγ)·[[cos θ/2, −exp(iλ) sin θ/2], [exp(iφ) sin θ/2, exp(i(φ+λ)) cos θ/2]]
  swap,
  iswap,
  rxx,
  ryy,
  rzz,
  rccx,
  rc3x,  // relative-phase Toffolis of the extended qelib1.inc
  matrix,
};

inline constexpr int kMaxGateTargets = 6;
inline constexpr int kMaxGateParameters = 4;

/// What a matrix looks like for every value of the parameters.
struct GateStructure {
  bool diagonal = false;
  bool permutation = false;  ///< Exactly one entry per row, and it is 1.
  bool real = false;         ///< Every entry is real.
  char axis = 0;             ///< 'x', 'y' or 'z': exp(-i θ/2 · axis) up to a phase, for one-parameter rotations.
};

struct GateRow {
  GateId id;
  std::string_view name;
  std::uint8_t parameter_count;
  std::uint8_t target_count;
  GateStructure structure;
  GateId inverse;          ///< Row of the inverse ...
  bool inverse_negates;    ///< ... with every parameter negated. When neither holds (u, u2, u3, cu_target, iswap, rc3x)
  bool inverse_is_native;  ///< this is false and the inverse is taken of the matrix.
};

const GateRow& gate_row(GateId gate) noexcept;
std::span<const GateRow> gate_table() noexcept;

/// Which language's standard include file a name belongs to.
enum class GateLibrary : std::uint8_t {
  builtin2,         ///< OpenQASM 2 without an include: U, CX.
  builtin3,         ///< OpenQASM 3 without an include: U, gphase.
  qelib1,           ///< The original qelib1.inc.
  qelib1_extended,  ///< Names that later versions of qelib1.inc added; a file may define its own instead.
  stdgates,         ///< stdgates.inc.
};

/// A name that programs use: a row of the table with `control_count` controls in front of its targets.
struct GateName {
  std::string_view name;
  GateId gate;
  std::uint8_t control_count;
  std::uint8_t parameter_count;  ///< May differ from the row's for u0(γ), an idle gate with one ignored parameter.
  GateLibrary library;
};

/// All names; a name stands once per library that has it.
std::span<const GateName> gate_names() noexcept;

/// The entry of `name` in `library`, or null. Case matters.
const GateName* find_gate(std::string_view name, GateLibrary library) noexcept;

/// The matrix, row-major, 2^targets × 2^targets; `parameters` in radians, as many as the row says. 1×1 for gphase.
std::vector<Complex> gate_matrix(GateId id, std::span<const double> parameters);

/// `matrix` raised to the real `exponent`, principal branch (eigenvalue phases in (−π, π]); `matrix` must be unitary.
std::vector<Complex> matrix_power(std::span<const Complex> matrix, double exponent);

/// Conjugate transpose.
std::vector<Complex> matrix_adjoint(std::span<const Complex> matrix);

}  // namespace basalt::quantum
