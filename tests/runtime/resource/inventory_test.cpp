// The inventory of invented machines, and of this one.
#include "basalt/inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "basalt/error.h"
#include "runtime/resource/environment.h"
#include "runtime/resource/machine_files.h"

namespace basalt {
namespace {

using test::MachineFiles;
using test::Variable;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

class InventoryTest : public testing::Test {
 protected:
  Variable threads_{"BASALT_THREADS", nullptr};
  Variable memory_{"BASALT_MEMORY", nullptr};
  MachineFiles machine_;
};

TEST_F(InventoryTest, DescribesADesktop) {
  const std::string caches = "/sys/devices/system/cpu/cpu0/cache/";
  const auto cache = [&](const std::string& index, const char* level, const char* type, const char* size,
                         const char* shared) {
    machine_.write(caches + index + "/level", level)
        .write(caches + index + "/type", type)
        .write(caches + index + "/size", size)
        .write(caches + index + "/shared_cpu_list", shared);
  };
  cache("index0", "1\n", "Data\n", "48K\n", "0,8\n");
  cache("index1", "1\n", "Instruction\n", "32K\n", "0,8\n");
  cache("index2", "2\n", "Unified\n", "1280K\n", "0,8\n");
  cache("index3", "3\n", "Unified\n", "24M\n", "0-15\n");
  machine_
      .write("/proc/cpuinfo",
             "processor\t: 0\nmodel name\t: Invented CPU 9000\nflags\t\t: fpu sse4_1 avx avx2 fma avx512\n")
      .write("/proc/meminfo", "MemTotal:       16000000 kB\nMemFree: 1 kB\nMemAvailable:    9000000 kB\n")
      .write("/proc/self/status", "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-5,8\n")
      .write("/proc/self/statm", "100 50 25 5 0 20 0\n")
      .write("/proc/self/limits", "Limit  Soft Limit Hard Limit Units\nMax address space  unlimited unlimited bytes\n")
      .write("/sys/devices/system/cpu/online", "0-15\n")
      .write("/sys/devices/system/node/online", "0-1\n")
      .write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n")
      .write("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152\n");

  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.processor, "Invented CPU 9000");
  EXPECT_THAT(inventory.features, ElementsAre("sse4_1", "avx", "avx2", "fma"));
  EXPECT_EQ(inventory.cores.value, 7U);
  EXPECT_EQ(inventory.cores.source, "processor affinity");
  EXPECT_EQ(inventory.core_limits.size(), 2U);
  EXPECT_EQ(inventory.memory_bytes.value, 9216000000U);
  EXPECT_EQ(inventory.memory_bytes.source, "available memory");
  EXPECT_EQ(inventory.physical_memory_bytes, 16384000000U);
  ASSERT_EQ(inventory.caches.size(), 3U);
  EXPECT_EQ(inventory.caches[0].size_bytes, 48U << 10);
  EXPECT_EQ(inventory.caches[1].shared_by, 2);
  EXPECT_EQ(inventory.caches[2].level, 3);
  EXPECT_EQ(inventory.caches[2].size_bytes, 24U << 20);
  EXPECT_EQ(inventory.caches[2].shared_by, 16);
  EXPECT_EQ(inventory.numa_nodes, 2);
  EXPECT_EQ(inventory.huge_page_bytes, 2U << 20);
}

TEST_F(InventoryTest, TheTightestLimitWinsAndIsNamed) {
  machine_.write("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 900 kB\n")
      .write("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
      .write("/proc/self/cgroup", "0::/job\n")
      .write("/sys/fs/cgroup/job/memory.max", "400000\n")
      .write("/sys/fs/cgroup/job/cpu.max", "150000 100000\n")
      .write("/sys/devices/system/cpu/online", "0-7\n");
  Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.memory_bytes.value, 400000U);
  EXPECT_EQ(inventory.memory_bytes.source, "cgroup v2 memory.max of /job");
  EXPECT_EQ(inventory.cores.value, 2U);
  EXPECT_EQ(inventory.cores.source, "cgroup v2 cpu.max of /job");

  const Variable threads("BASALT_THREADS", "1");
  const Variable memory("BASALT_MEMORY", "100K");
  inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.cores.source, "BASALT_THREADS");
  EXPECT_EQ(inventory.memory_bytes.value, 102400U);
  EXPECT_EQ(inventory.memory_bytes.source, "BASALT_MEMORY");
}

TEST_F(InventoryTest, TheEnvironmentCannotRaiseALimit) {
  machine_.write("/sys/devices/system/cpu/online", "0-1\n").write("/proc/meminfo", "MemAvailable: 10 kB\n");
  const Variable threads("BASALT_THREADS", "64");
  const Variable memory("BASALT_MEMORY", "1T");
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.cores.value, 2U);
  EXPECT_EQ(inventory.memory_bytes.value, 10240U);
  EXPECT_THAT(inventory.core_limits, Contains(Field(&Limit::source, "BASALT_THREADS")));
}

TEST_F(InventoryTest, AWrongEnvironmentIsRefusedByName) {
  for (const char* wrong : {"0", "-1", "two", "1.5", "4x", "99999999999999999999"}) {
    const Variable threads("BASALT_THREADS", wrong);
    try {
      take_inventory(machine_.root());
      ADD_FAILURE() << wrong;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_usage);
      EXPECT_THAT(error.what(), HasSubstr("BASALT_THREADS"));
      EXPECT_THAT(error.what(), HasSubstr(wrong));
    }
  }
  const Variable memory("BASALT_MEMORY", "lots");
  EXPECT_THROW(take_inventory(machine_.root()), Error);
}

TEST_F(InventoryTest, ResourceLimitsCountWhatIsInUse) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  machine_.write("/proc/self/statm", "10 5 2 1 0 4 0\n")
      .write("/proc/self/limits",
             "Limit                     Soft Limit           Hard Limit           Units\n"
             "Max data size             " +
                 std::to_string(20 * page) + "               unlimited            bytes\n" +
                 "Max address space         " + std::to_string(30 * page) +
                 "               unlimited            bytes\n");
  Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.memory_limits.size(), 2U);
  EXPECT_EQ(inventory.memory_bytes.value, 16 * page);
  EXPECT_EQ(inventory.memory_bytes.source, "RLIMIT_DATA");

  machine_.write("/proc/self/statm", "40 5 2 1 0 4 0\n");
  inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.memory_bytes.value, 0U);
  EXPECT_EQ(inventory.memory_bytes.source, "RLIMIT_AS");
}

TEST_F(InventoryTest, HugePagesThatAreOff) {
  machine_.write("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n")
      .write("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152\n");
  EXPECT_EQ(take_inventory(machine_.root()).huge_page_bytes, 0U);
}

TEST_F(InventoryTest, AnEmptyMachineHasOneCoreAndNoMemory) {
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.cores.value, 1U);
  EXPECT_EQ(inventory.memory_bytes.value, 0U);
  EXPECT_EQ(inventory.numa_nodes, 1);
  EXPECT_EQ(inventory.huge_page_bytes, 0U);
  EXPECT_EQ(inventory.processor, "unknown processor");
}

TEST_F(InventoryTest, GarbageEverywhereIsLeftOut) {
  const std::string garbage("\xff\0 -1,,3-1 kB: [", 16);
  for (const char* file :
       {"/proc/cpuinfo", "/proc/meminfo", "/proc/self/status", "/proc/self/statm", "/proc/self/limits",
        "/proc/self/cgroup", "/proc/self/mountinfo", "/sys/devices/system/cpu/online",
        "/sys/devices/system/node/online", "/sys/kernel/mm/transparent_hugepage/enabled",
        "/sys/devices/system/cpu/cpu0/cache/index0/size", "/sys/devices/system/cpu/cpu0/cache/index0/level"}) {
    machine_.write(file, garbage);
  }
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.cores.value, 1U);
  EXPECT_TRUE(inventory.caches.empty());
  EXPECT_EQ(inventory.numa_nodes, 1);
}

TEST_F(InventoryTest, ThisMachineIsPlausible) {
  const Inventory inventory = take_inventory();
  EXPECT_GE(inventory.cores.value, 1U);
  EXPECT_FALSE(inventory.core_limits.empty());
  EXPECT_GT(inventory.memory_bytes.value, 1U << 20);
  EXPECT_GE(inventory.physical_memory_bytes, inventory.memory_bytes.value);
  EXPECT_FALSE(inventory.memory_bytes.source.empty());
  EXPECT_FALSE(inventory.caches.empty());
}

}  // namespace
}  // namespace basalt
