// Ctrl-C and termination: the first asks the run to stop, a second one ends the process at once.
#pragma once

#include "basalt/cancel.h"

namespace basalt::cli {

void catch_interrupts();
const CancelToken& interrupt_token();

}  // namespace basalt::cli
