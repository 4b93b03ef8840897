#include "engine/put_away.h"

#include <fmt/format.h>

#include "basalt/error.h"

namespace basalt {

std::optional<SpillFile::Item> put_away(SpillFile* spill, std::span<const std::byte> bytes, const CancelToken& cancel,
                                        const ForEach& for_each, std::vector<std::string>& notes) {
  if (spill == nullptr) {
    return std::nullopt;
  }
  try {
    return spill->store(bytes, cancel, for_each);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) {
      throw;
    }
    notes.push_back(fmt::format("memory was not given up for another job: {}", error.message()));
    return std::nullopt;
  }
}

}  // namespace basalt
