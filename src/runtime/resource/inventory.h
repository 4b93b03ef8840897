// The inventory is public: front ends print it.
#pragma once

#include "basalt/inventory.h"
