// The facts of this machine, as plans see them.
#include <algorithm>
#include <memory>

#include "basalt/tune.h"
#include "engine/device_figures.h"
#include "engine/explain.h"

namespace basalt {
namespace {

std::uint64_t free_bytes_of(const vulkan::PhysicalDevice& physical) {
  std::uint64_t bytes = 0;
  const std::vector<vulkan::HeapBudget> budgets = vulkan::Instance::budgets(physical);
  for (std::size_t i = 0; i < budgets.size(); ++i) {
    bytes = std::max(bytes, physical.properties.heaps[i].device_local ? budgets[i].budget_bytes : 0);
  }
  return bytes;
}

}  // namespace

MachineFacts facts_of_this_machine() {
  auto ledger = std::make_shared<Ledger>([] { return capacity_of(take_inventory()); });
  MachineFacts facts{
      .inventory = take_inventory(),
      .wisdom = {},
      .sources =
          this_machine(std::make_shared<KnownDevices>(),
                       [ledger](const Demand& demand) { return ledger->predict_wait(demand, {.name = "plan"}); }),
      .device = [](const std::string& name) {
        const vulkan::PhysicalDevice& physical = vulkan::Instance::get().find(name);
        return PlannedDevice{
            .physical = physical, .free_bytes = free_bytes_of(physical), .wisdom = look_up_device(physical.properties)};
      }};
  WisdomStatus wisdom = look_up_wisdom(facts.inventory);
  facts.wisdom = {.figures = std::move(wisdom.figures), .note = std::move(wisdom.note)};
  return facts;
}

}  // namespace basalt
