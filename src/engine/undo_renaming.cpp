#include "engine/undo_renaming.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace basalt {

void undo_renaming(quantum::GateList& list) {
  quantum::QubitMap& map = list.map;
  for (std::uint64_t left = map.flipped; left != 0; left &= left - 1) {
    list.gates.push_back(quantum::make_exchange({}, static_cast<quantum::Qubit>(std::countr_zero(left))));
  }
  for (std::size_t axis = 0; axis < map.axis.size(); ++axis) {
    const std::uint8_t from = map.axis[axis];
    if (from != axis) {
      const auto holder = std::ranges::find(map.axis, static_cast<std::uint8_t>(axis));
      list.gates.push_back(quantum::make_swap({}, static_cast<quantum::Qubit>(axis), from));
      std::swap(map.axis[axis], *holder);
    }
  }
  map = {};
}

}  // namespace basalt
