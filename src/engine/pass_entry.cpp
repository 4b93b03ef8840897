#include "engine/pass_entry.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace basalt {

void add_passes(std::vector<PassEntry>& entries, std::span<const quantum::PassReport> passes) {
  auto place = entries.begin();
  for (const quantum::PassReport& pass : passes) {
    auto entry = std::find_if(place, entries.end(), [&](const PassEntry& known) { return known.name == pass.name; });
    if (entry == entries.end()) {
      entry = entries.insert(place, PassEntry{.name = std::string(pass.name), .summary = std::string(pass.summary)});
    }
    entry->seconds += pass.seconds;
    entry->gates_before += pass.gates_before;
    entry->gates_after += pass.gates_after;
    place = std::next(entry);
  }
}

}  // namespace basalt
