// Where memory may be written out to when it runs short.
#pragma once

#include <filesystem>

#include "basalt/inventory.h"

namespace basalt {

/// BASALT_SPILL_DIR, else TMPDIR, else /var/tmp (which is on disk where /tmp is not), else /tmp.
SpillSpace read_spill_space(const std::filesystem::path& root);

}  // namespace basalt
