// The bodies of the standard include files, transcribed by hand: a test compares the gate table with them.
#include <numbers>

#include "reference/gate_definitions.h"

namespace basalt::definitions {
namespace {

// Named as the files name them.
// NOLINTBEGIN(readability-identifier-naming)
constexpr double pi = std::numbers::pi;

const Angle p0 = Angle::parameter(0);
const Angle p1 = Angle::parameter(1);
const Angle p2 = Angle::parameter(2);
const Angle p3 = Angle::parameter(3);

constexpr int a = 0;
constexpr int b = 1;
constexpr int c = 2;
constexpr int d = 3;
constexpr int e = 4;
// NOLINTEND(readability-identifier-naming)

}  // namespace

// clang-format off
std::span<const Definition> qelib1() {
  static const std::vector<Definition> definitions{
      {"u3", 3, 1, {{"U", {p0, p1, p2}, {a}}}},
      {"u2", 2, 1, {{"U", {pi / 2, p0, p1}, {a}}}},
      {"u1", 1, 1, {{"U", {0, 0, p0}, {a}}}},
      {"cx", 0, 2, {{"CX", {}, {a, b}}}},
      {"id", 0, 1, {{"U", {0, 0, 0}, {a}}}},
      {"x", 0, 1, {{"u3", {pi, 0, pi}, {a}}}},
      {"y", 0, 1, {{"u3", {pi, pi / 2, pi / 2}, {a}}}},
      {"z", 0, 1, {{"u1", {pi}, {a}}}},
      {"h", 0, 1, {{"u2", {0, pi}, {a}}}},
      {"s", 0, 1, {{"u1", {pi / 2}, {a}}}},
      {"sdg", 0, 1, {{"u1", {-pi / 2}, {a}}}},
      {"t", 0, 1, {{"u1", {pi / 4}, {a}}}},
      {"tdg", 0, 1, {{"u1", {-pi / 4}, {a}}}},
      {"rx", 1, 1, {{"u3", {p0, -pi / 2, pi / 2}, {a}}}},
      {"ry", 1, 1, {{"u3", {p0, 0, 0}, {a}}}},
      {"rz", 1, 1, {{"u1", {p0}, {a}}}},
      {"cz", 0, 2, {{"h", {}, {b}}, {"cx", {}, {a, b}}, {"h", {}, {b}}}},
      {"cy", 0, 2, {{"sdg", {}, {b}}, {"cx", {}, {a, b}}, {"s", {}, {b}}}},
      {"ch", 0, 2, {{"h", {}, {b}}, {"sdg", {}, {b}}, {"cx", {}, {a, b}}, {"h", {}, {b}}, {"t", {}, {b}},
                    {"cx", {}, {a, b}}, {"t", {}, {b}}, {"h", {}, {b}}, {"s", {}, {b}}, {"x", {}, {b}}, {"s", {}, {a}}}},
      {"ccx", 0, 3, {{"h", {}, {c}}, {"cx", {}, {b, c}}, {"tdg", {}, {c}}, {"cx", {}, {a, c}}, {"t", {}, {c}},
                     {"cx", {}, {b, c}}, {"tdg", {}, {c}}, {"cx", {}, {a, c}}, {"t", {}, {b}}, {"t", {}, {c}},
                     {"h", {}, {c}}, {"cx", {}, {a, b}}, {"t", {}, {a}}, {"tdg", {}, {b}}, {"cx", {}, {a, b}}}},
      {"crz", 1, 2, {{"u1", {p0 / 2}, {b}}, {"cx", {}, {a, b}}, {"u1", {-p0 / 2}, {b}}, {"cx", {}, {a, b}}}},
      {"cu1", 1, 2, {{"u1", {p0 / 2}, {a}}, {"cx", {}, {a, b}}, {"u1", {-p0 / 2}, {b}}, {"cx", {}, {a, b}},
                     {"u1", {p0 / 2}, {b}}}},
      {"cu3", 3, 2, {{"u1", {(p2 - p1) / 2}, {b}}, {"cx", {}, {a, b}}, {"u3", {-p0 / 2, 0, -(p1 + p2) / 2}, {b}},
                     {"cx", {}, {a, b}}, {"u3", {p0 / 2, p1, 0}, {b}}}},
  };
  return definitions;
}

std::span<const Definition> qelib1_extended() {
  static const std::vector<Definition> definitions{
      {"u0", 1, 1, {{"U", {0, 0, 0}, {a}}}},
      {"u", 3, 1, {{"U", {p0, p1, p2}, {a}}}},
      {"p", 1, 1, {{"U", {0, 0, p0}, {a}}}},
      {"sx", 0, 1, {{"sdg", {}, {a}}, {"h", {}, {a}}, {"sdg", {}, {a}}}},
      {"sxdg", 0, 1, {{"s", {}, {a}}, {"h", {}, {a}}, {"s", {}, {a}}}},
      {"swap", 0, 2, {{"cx", {}, {a, b}}, {"cx", {}, {b, a}}, {"cx", {}, {a, b}}}},
      {"cswap", 0, 3, {{"cx", {}, {c, b}}, {"ccx", {}, {a, b, c}}, {"cx", {}, {c, b}}}},
      {"crx", 1, 2, {{"u1", {pi / 2}, {b}}, {"cx", {}, {a, b}}, {"u3", {-p0 / 2, 0, 0}, {b}}, {"cx", {}, {a, b}},
                     {"u3", {p0 / 2, -pi / 2, 0}, {b}}}},
      {"cry", 1, 2, {{"ry", {p0 / 2}, {b}}, {"cx", {}, {a, b}}, {"ry", {-p0 / 2}, {b}}, {"cx", {}, {a, b}}}},
      {"cp", 1, 2, {{"p", {p0 / 2}, {a}}, {"cx", {}, {a, b}}, {"p", {-p0 / 2}, {b}}, {"cx", {}, {a, b}},
                    {"p", {p0 / 2}, {b}}}},
      {"csx", 0, 2, {{"h", {}, {b}}, {"cu1", {pi / 2}, {a, b}}, {"h", {}, {b}}}},
      {"cu", 4, 2, {{"p", {p3}, {a}}, {"p", {(p2 + p1) / 2}, {a}}, {"p", {(p2 - p1) / 2}, {b}}, {"cx", {}, {a, b}},
                    {"u", {-p0 / 2, 0, -(p1 + p2) / 2}, {b}}, {"cx", {}, {a, b}}, {"u", {p0 / 2, p1, 0}, {b}}}},
      {"iswap", 0, 2, {{"s", {}, {a}}, {"s", {}, {b}}, {"h", {}, {a}}, {"cx", {}, {a, b}}, {"cx", {}, {b, a}},
                       {"h", {}, {b}}}},
      {"rxx", 1, 2, {{"u3", {pi / 2, p0, 0}, {a}}, {"h", {}, {b}}, {"cx", {}, {a, b}}, {"u1", {-p0}, {b}},
                     {"cx", {}, {a, b}}, {"h", {}, {b}}, {"u2", {-pi, pi - p0}, {a}}}},
      {"ryy", 1, 2, {{"rx", {pi / 2}, {a}}, {"rx", {pi / 2}, {b}}, {"cx", {}, {a, b}}, {"rz", {p0}, {b}},
                     {"cx", {}, {a, b}}, {"rx", {-pi / 2}, {a}}, {"rx", {-pi / 2}, {b}}}},
      {"rzz", 1, 2, {{"cx", {}, {a, b}}, {"u1", {p0}, {b}}, {"cx", {}, {a, b}}}},
      {"rccx", 0, 3, {{"u2", {0, pi}, {c}}, {"u1", {pi / 4}, {c}}, {"cx", {}, {b, c}}, {"u1", {-pi / 4}, {c}},
                      {"cx", {}, {a, c}}, {"u1", {pi / 4}, {c}}, {"cx", {}, {b, c}}, {"u1", {-pi / 4}, {c}},
                      {"u2", {0, pi}, {c}}}},
      {"rc3x", 0, 4, {{"u2", {0, pi}, {d}}, {"u1", {pi / 4}, {d}}, {"cx", {}, {c, d}}, {"u1", {-pi / 4}, {d}},
                      {"u2", {0, pi}, {d}}, {"cx", {}, {a, d}}, {"u1", {pi / 4}, {d}}, {"cx", {}, {b, d}},
                      {"u1", {-pi / 4}, {d}}, {"cx", {}, {a, d}}, {"u1", {pi / 4}, {d}}, {"cx", {}, {b, d}},
                      {"u1", {-pi / 4}, {d}}, {"u2", {0, pi}, {d}}, {"u1", {pi / 4}, {d}}, {"cx", {}, {c, d}},
                      {"u1", {-pi / 4}, {d}}, {"u2", {0, pi}, {d}}}},
      // A sign where all four are 1, as ±π/8 on every parity of them (Gray code), between two Hadamards.
      {"c3x", 0, 4, {{"h", {}, {d}}, {"p", {pi / 8}, {a}}, {"p", {pi / 8}, {b}}, {"p", {pi / 8}, {c}},
                     {"p", {pi / 8}, {d}}, {"cx", {}, {a, b}}, {"p", {-pi / 8}, {b}}, {"cx", {}, {a, b}},
                     {"cx", {}, {b, c}}, {"p", {-pi / 8}, {c}}, {"cx", {}, {a, c}}, {"p", {pi / 8}, {c}},
                     {"cx", {}, {b, c}}, {"p", {-pi / 8}, {c}}, {"cx", {}, {a, c}}, {"cx", {}, {c, d}},
                     {"p", {-pi / 8}, {d}}, {"cx", {}, {b, d}}, {"p", {pi / 8}, {d}}, {"cx", {}, {c, d}},
                     {"p", {-pi / 8}, {d}}, {"cx", {}, {a, d}}, {"p", {pi / 8}, {d}}, {"cx", {}, {c, d}},
                     {"p", {-pi / 8}, {d}}, {"cx", {}, {b, d}}, {"p", {pi / 8}, {d}}, {"cx", {}, {c, d}},
                     {"p", {-pi / 8}, {d}}, {"cx", {}, {a, d}}, {"h", {}, {d}}}},
      {"c3sqrtx", 0, 4, {{"h", {}, {d}}, {"cu1", {pi / 8}, {a, d}}, {"cx", {}, {a, b}}, {"cu1", {-pi / 8}, {b, d}},
                         {"cx", {}, {a, b}}, {"cu1", {pi / 8}, {b, d}}, {"cx", {}, {b, c}},
                         {"cu1", {-pi / 8}, {c, d}}, {"cx", {}, {a, c}}, {"cu1", {pi / 8}, {c, d}},
                         {"cx", {}, {b, c}}, {"cu1", {-pi / 8}, {c, d}}, {"cx", {}, {a, c}},
                         {"cu1", {pi / 8}, {c, d}}, {"h", {}, {d}}}},
      {"c4x", 0, 5, {{"h", {}, {e}}, {"cu1", {pi / 2}, {d, e}}, {"h", {}, {e}}, {"c3x", {}, {a, b, c, d}},
                     {"h", {}, {e}}, {"cu1", {-pi / 2}, {d, e}}, {"h", {}, {e}}, {"c3x", {}, {a, b, c, d}},
                     {"c3sqrtx", {}, {a, b, c, e}}}},
  };
  return definitions;
}

std::span<const Definition> stdgates() {
  static const std::vector<Definition> definitions{
      {"p", 1, 1, {{"gphase", {p0}, {a}, 1}}},
      {"x", 0, 1, {{"U", {pi, 0, pi}, {a}}, {"gphase", {-pi / 2}, {}}}},
      {"y", 0, 1, {{"U", {pi, pi / 2, pi / 2}, {a}}, {"gphase", {-pi / 2}, {}}}},
      {"z", 0, 1, {{"p", {pi}, {a}}}},
      {"h", 0, 1, {{"U", {pi / 2, 0, pi}, {a}}, {"gphase", {-pi / 4}, {}}}},
      {"s", 0, 1, {{"z", {}, {a}, 0, 0.5}}},
      {"sdg", 0, 1, {{"z", {}, {a}, 0, -0.5}}},
      {"t", 0, 1, {{"s", {}, {a}, 0, 0.5}}},
      {"tdg", 0, 1, {{"s", {}, {a}, 0, -0.5}}},
      {"sx", 0, 1, {{"x", {}, {a}, 0, 0.5}}},
      {"rx", 1, 1, {{"U", {p0, -pi / 2, pi / 2}, {a}}, {"gphase", {-p0 / 2}, {}}}},
      {"ry", 1, 1, {{"U", {p0, 0, 0}, {a}}, {"gphase", {-p0 / 2}, {}}}},
      {"rz", 1, 1, {{"gphase", {-p0 / 2}, {}}, {"U", {0, 0, p0}, {a}}}},
      {"cx", 0, 2, {{"x", {}, {a, b}, 1}}},
      {"cy", 0, 2, {{"y", {}, {a, b}, 1}}},
      {"cz", 0, 2, {{"z", {}, {a, b}, 1}}},
      {"cp", 1, 2, {{"p", {p0}, {a, b}, 1}}},
      {"crx", 1, 2, {{"rx", {p0}, {a, b}, 1}}},
      {"cry", 1, 2, {{"ry", {p0}, {a, b}, 1}}},
      {"crz", 1, 2, {{"rz", {p0}, {a, b}, 1}}},
      {"ch", 0, 2, {{"h", {}, {a, b}, 1}}},
      {"swap", 0, 2, {{"cx", {}, {a, b}}, {"cx", {}, {b, a}}, {"cx", {}, {a, b}}}},
      {"ccx", 0, 3, {{"x", {}, {a, b, c}, 2}}},
      {"cswap", 0, 3, {{"swap", {}, {a, b, c}, 1}}},
      {"cu", 4, 2, {{"p", {p3 - p0 / 2}, {a}}, {"U", {p0, p1, p2}, {a, b}, 1}}},
      {"CX", 0, 2, {{"cx", {}, {a, b}}}},
      {"phase", 1, 1, {{"U", {0, 0, p0}, {a}}}},
      {"cphase", 1, 2, {{"phase", {p0}, {a, b}, 1}}},
      {"id", 0, 1, {{"U", {0, 0, 0}, {a}}}},
      {"u1", 1, 1, {{"U", {0, 0, p0}, {a}}}},
      {"u2", 2, 1, {{"gphase", {-(p0 + p1 + pi / 2) / 2}, {}}, {"U", {pi / 2, p0, p1}, {a}}}},
      {"u3", 3, 1, {{"gphase", {-(p1 + p2 + p0) / 2}, {}}, {"U", {p0, p1, p2}, {a}}}},
  };
  return definitions;
}
// clang-format on

}  // namespace basalt::definitions
