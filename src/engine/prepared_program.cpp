#include "engine/prepared_program.h"

#include <algorithm>
#include <memory>
#include <new>

#include "basalt/engine.h"
#include "workloads/quantum/input/parse.h"

namespace basalt {
namespace {

/// A small --memory is about the state: any ordinary program may still be read.
constexpr std::uint64_t kLeastTreeBytes = std::uint64_t{64} << 20;

}  // namespace

PreparedProgram prepare_program(const Source& source, std::uint64_t memory_limit_bytes, const CancelToken& cancel) {
  quantum::IncludePolicy policy{.folder = source.folder};
  policy.cancel = &cancel;
  policy.max_tree_bytes = std::min(policy.max_tree_bytes, std::max(memory_limit_bytes, kLeastTreeBytes));
  policy.included = source.included;
  const quantum::syntax::Tree tree = quantum::parse(source.name, source.text, policy);
  PreparedProgram program{.script = quantum::compile(tree, {}, false, &cancel)};
  for (std::uint32_t text = 1; text < tree.sources.count(); ++text) {
    program.included.emplace(tree.sources.name(text), tree.sources.text(text));
  }
  return program;
}

std::shared_ptr<const PreparedProgram> prepare(const Source& source, const CancelToken* cancel) {
  const CancelToken never;
  try {
    return std::make_shared<const PreparedProgram>(
        prepare_program(source, take_inventory().memory_bytes.value, cancel != nullptr ? *cancel : never));
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::out_of_resources, "memory ran out", "close other programs and try again");
  }
}

}  // namespace basalt
