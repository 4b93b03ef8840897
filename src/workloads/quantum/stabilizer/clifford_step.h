// What a stabilizer simulation does, one small operation after the other. Every Clifford gate is a few of these.
#pragma once

#include <cstdint>

#include "workloads/quantum/circuit.h"

namespace basalt::quantum {

enum class CliffordOp : std::uint8_t {
  x,
  y,
  z,
  h,
  s,
  sdg,
  sx,
  sxdg,
  cx,       ///< Control a, target b.
  cz,       ///< Of a and b.
  swap,     ///< Of a and b.
  measure,  ///< Of a; b is the number of the outcome.
  reset,    ///< Of a, to 0.
  x_if,     ///< On a, where outcome number b is 1.
  z_if,
};

struct CliffordStep {
  CliffordOp op;
  std::uint32_t a;
  std::uint32_t b = 0;
  friend bool operator==(const CliffordStep&, const CliffordStep&) = default;
};

}  // namespace basalt::quantum
