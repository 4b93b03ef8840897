// What the machine offers, and who has it.

#include "basalt/engine.h"
#include "runtime/cpu/sweep.h"

namespace basalt {

Devices devices() {
  const Gpus gpus = list_gpus();  // first: while this process has few threads
  const Inventory inventory = take_inventory();
  const Ledger ledger([&] { return capacity_of(inventory); });
  return {.inventory = inventory,
          .instruction_set = simd_target(),
          .wisdom = look_up_wisdom(inventory),
          .ledger = ledger.table_path(),
          .holdings = ledger.holdings(),
          .gpus = gpus,
          .notes = ledger.notes()};
}

}  // namespace basalt
