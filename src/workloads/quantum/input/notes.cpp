// Builds the notes about what was skipped, and stops naming each after the first few.
#include "workloads/quantum/input/notes.h"

#include "base/printable.h"

namespace basalt::quantum {
namespace {

constexpr std::size_t kMaxNotes = 20;
constexpr std::size_t kShownCharacters = 80;

}  // namespace

void Notes::ignored(syntax::Tree& tree, std::string_view what, std::string_view text, Position position) {
  if (++count_ > kMaxNotes) {
    return;
  }
  tree.notes.push_back(tree.sources.describe(position) + ": " + std::string(what) +
                       " ignored: " + printable(text, kShownCharacters));
}

void Notes::finish(syntax::Tree& tree) const {
  if (count_ > kMaxNotes) {
    tree.notes.push_back(std::to_string(count_ - kMaxNotes) + " more pragmas and annotations ignored");
  }
}

}  // namespace basalt::quantum
