// Memory of a job that goes to disk while another job needs it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "basalt/memory/spill.h"

namespace basalt {

/// Nothing where there is no disk for it (`spill` is null) or the disk does not take it, of which `notes` are then
/// told. Throws Error(cancelled).
std::optional<SpillFile::Item> put_away(SpillFile* spill, std::span<const std::byte> bytes, const CancelToken& cancel,
                                        const ForEach& for_each, std::vector<std::string>& notes);

}  // namespace basalt
