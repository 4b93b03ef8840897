// The readers of system files are in base; this name is left until nobody here uses it.
#pragma once

#include "base/system_files.h"
