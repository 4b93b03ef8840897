// What is said of all cells of a state on a device: by workgroups there, put together on the host in a fixed order.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/pattern.h"
#include "runtime/vulkan/commands.h"
#include "workloads/patterns/shaders/device_setup.h"

namespace basalt::patterns {

/// For one thread. References must outlive it.
class DeviceLook {
 public:
  explicit DeviceLook(const DeviceSetup& setup);

  struct Row {
    std::size_t species = 0;
    std::uint64_t row = 0;
  };
  /// The first row, by species and then in order, with a number that is not finite.
  std::optional<Row> find_bad_row(const DeviceCells& cells, const CancelToken& cancel);

  std::vector<SpeciesSummary> summarise(const DeviceCells& cells, const CancelToken& cancel);

 private:
  void look(const DeviceCells& cells, bool sums, const CancelToken& cancel);
  template <typename Real>
  std::vector<SpeciesSummary> add_up() const;

  const DeviceSetup& setup_;
  vulkan::DeviceBuffer results_;  ///< The bad rows, then the first cell of each species, then sums.
  vulkan::DeviceBuffer results_on_host_;
  vulkan::Commands commands_;  ///< Goes first: what it runs uses the buffers.
};

}  // namespace basalt::patterns
