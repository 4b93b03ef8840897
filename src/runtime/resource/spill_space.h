// Where memory may be written out to when it runs short.
#pragma once

#include <filesystem>

#include "basalt/inventory.h"

namespace basalt {

/// In `asked_for`; where that is empty, in BASALT_SPILL_DIR, else TMPDIR, else /var/tmp (which is on disk where /tmp is
/// not), else /tmp.
SpillSpace read_spill_space(const std::filesystem::path& root, const std::filesystem::path& asked_for = {});

}  // namespace basalt
