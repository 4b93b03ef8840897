// Moved to the public headers.
#pragma once

#include "basalt/cancel.h"
