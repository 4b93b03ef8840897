// What this process may really use: see the declarations.
#pragma once

#include "runtime/resource/inventory.h"
