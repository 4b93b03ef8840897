// What `basalt plan` decides on machines that nobody has: tests/engine/machines/*.json says what they are and which
// circuits they are asked about, tests/engine/decisions/ what comes of it. Where a change of the planner is meant to
// change decisions, BASALT_RENEW_GOLDEN=1 writes the files anew; look at the difference before you keep it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "basalt/bench.h"
#include "basalt/error.h"
#include "basalt/json.h"
#include "engine/explain.h"
#include "places.h"
#include "plan/invented_machine.h"
#include "runtime/cpu/instruction_set.h"
#include "runtime/vulkan/properties_json.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Plans depend on the width of vectors: the same on every processor that runs this test.
constexpr const char* kInstructionSet = "SSE4";

const fs::path kFolder = fs::path(places::kSourceFolder) / "tests/engine";

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Inventory inventory_of(const Json& machine) {
  Inventory inventory = invented_machine(machine.at("cores"));
  inventory.processor = machine.at("processor");
  inventory.threads_per_core = machine.at("threads_per_core");
  inventory.memory_bytes = {machine.at("memory_bytes"), machine.at("memory_source")};
  inventory.memory_limits = {inventory.memory_bytes};
  inventory.physical_memory_bytes = machine.at("physical_memory_bytes");
  inventory.numa_nodes = machine.at("numa_nodes");
  inventory.spill = {.folder = "/var/tmp",
                     .folder_source = "default",
                     .filesystem = "ext4",
                     .bytes = {0, "it cannot be written"},
                     .reserved_bytes = 0};
  inventory.caches.clear();
  for (const Json& cache : machine.at("caches")) {
    inventory.caches.push_back({.level = cache[0], .size_bytes = cache[1], .shared_by = cache[2]});
  }
  return inventory;
}

/// Speeds of one thread and of all; between them each thread adds as much as the first, until it is all there is.
CpuFigures figures_of(const Json& machine) {
  const Json& told = machine.at("figures");
  CpuFigures figures;
  figures.measured_at = "2026-01-02T03:04:05Z";
  figures.prefetch_bytes = 2048;
  for (int threads = 1; threads <= machine.at("cores").get<int>(); threads *= 2) {
    const auto speed = [&](const char* name) {
      return about(std::min(threads * told.at(name)[0].get<double>(), told.at(name)[1].get<double>()));
    };
    const Measured memory = speed("memory");
    figures.bandwidth.push_back({.level = 0,
                                 .threads = threads,
                                 .bytes_per_thread = 256 << 20,
                                 .read = memory,
                                 .write = memory,
                                 .scale = memory,
                                 .copy = memory,
                                 .streaming_write = {},
                                 .streaming_copy = {}});
    figures.peaks.push_back(
        {.instruction_set = kInstructionSet, .threads = threads, .f32 = speed("flops_f32"), .f64 = speed("flops_f64")});
  }
  for (const Json& cost : told.at("threads")) {
    figures.thread_costs.push_back({.threads = cost[0],
                                    .dispatch_seconds = about(10 * cost[1].get<double>()),
                                    .barrier_seconds = about(cost[1]),
                                    .crossover_bytes = cost[2]});
  }
  return figures;
}

Gpu gpu_of(const Json& device, int index) {
  const std::string text =
      read_text(kFolder.parent_path() / "runtime/vulkan/cards" / (device.at("card").get<std::string>() + ".json"));
  const vulkan::DeviceProperties properties = vulkan::properties_from_json(text);
  const vulkan::DevicePlan plan = vulkan::plan_device(properties);
  Gpu gpu;
  gpu.index = index;
  gpu.name = properties.name;
  gpu.usable = plan.usable;
  gpu.reason = plan.reason;
  gpu.named_only = plan.named_only;
  gpu.f64 = plan.f64;
  gpu.f64_reason = plan.f64_reason;
  gpu.properties = text;
  for (const vulkan::MemoryHeap& heap : properties.heaps) {
    const std::uint64_t free = device.at("free_bytes");
    gpu.heaps.push_back({.bytes = heap.bytes, .device_local = heap.device_local, .budget_bytes = free});
  }
  return gpu;
}

MachineFacts facts_of(const Json& machine) {
  Gpus gpus;
  for (const Json& device : machine.at("devices")) {
    gpus.devices.push_back(gpu_of(device, static_cast<int>(gpus.devices.size())));
  }
  gpus.reason = gpus.devices.empty() ? "no Vulkan driver is installed" : "";
  return {.inventory = inventory_of(machine),
          .wisdom = {.figures = figures_of(machine), .note = {}},
          .sources = {.list = [=] { return gpus; },
                      .figures_of = [](const vulkan::DeviceProperties&) { return std::optional<DeviceFigures>(); },
                      .history = [](const std::string&, const std::string&) { return std::optional<History>(); }},
          .device = [=](const std::string& name) {
            const Gpu& gpu = gpus.devices.at(static_cast<std::size_t>(std::stoi(name)));
            vulkan::PhysicalDevice physical{
                .handle = VK_NULL_HANDLE, .properties = vulkan::properties_from_json(gpu.properties), .plan = {}};
            physical.plan = vulkan::plan_device(physical.properties);
            return PlannedDevice{.physical = physical, .free_bytes = gpu.heaps.front().budget_bytes, .wisdom = {}};
          }};
}

/// To four digits: compilers differ in the last.
void round_numbers(Json& value) {
  if (value.is_number_float()) {
    value = std::stod(fmt::format("{:.4g}", value.get<double>()));
  }
  if (value.is_structured()) {
    for (Json& entry : value) {
      round_numbers(entry);
    }
  }
}

std::string decision_for(const MachineFacts& facts, const Json& circuit) {
  Request request;
  const BenchCircuit generated =
      generate_bench_circuits({circuit.at("family")}, {circuit.at("qubits").get<std::uint32_t>()}, 1).front();
  request.source = generated.source;
  request.precision =
      circuit.value("precision", "single") == "double" ? Precision::double_precision : Precision::single_precision;
  request.allow_precision_loss = circuit.value("allow_precision_loss", false);
  Json document = Json::parse(json_of(generated.source.name, explain_plan_on(facts, request)));
  for (const char* other : {"plan_seconds", "passes", "version", "instruction_set", "gates"}) {
    document.erase(other);  // times, and what is none of the decision
  }
  round_numbers(document);
  return document.dump(2) + "\n";
}

class GoldenDecision : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::vector<InstructionSet> sets = instruction_sets();
    if (std::ranges::find(sets, kInstructionSet, &InstructionSet::name) == sets.end()) {
      GTEST_SKIP() << "this processor has no " << kInstructionSet;
    }
  }
  void TearDown() override { use_instruction_set({}); }
};

TEST_P(GoldenDecision, IsAsItWas) {
  const Json machine = Json::parse(read_text(kFolder / "machines" / (std::string(GetParam()) + ".json")));
  const MachineFacts facts = facts_of(machine);
  const bool renew = std::getenv("BASALT_RENEW_GOLDEN") != nullptr;  // NOLINT(concurrency-mt-unsafe): one thread
  for (const Json& circuit : machine.at("circuits")) {
    const fs::path path = kFolder / "decisions" /
                          fmt::format("{}_{}_{}.json", GetParam(), circuit.at("family").get<std::string>(),
                                      circuit.at("qubits").get<int>());
    const std::string decision = decision_for(facts, circuit);
    if (renew) {
      std::ofstream(path) << decision;
    }
    EXPECT_EQ(decision, read_text(path)) << path << ": BASALT_RENEW_GOLDEN=1 writes it anew";
  }
}

INSTANTIATE_TEST_SUITE_P(Machines, GoldenDecision, testing::Values("laptop", "workstation", "server", "container"),
                         [](const auto& machine) { return std::string(machine.param); });

}  // namespace
}  // namespace basalt
