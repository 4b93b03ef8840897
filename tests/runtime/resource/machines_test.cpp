// Whole machines of many kinds, as their files show them: what this process may use of each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "basalt/inventory.h"
#include "basalt/ledger.h"
#include "runtime/resource/environment.h"
#include "runtime/resource/machine_files.h"

namespace basalt {
namespace {

using test::MachineFiles;
using test::Variable;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Machines : public testing::Test {
 protected:
  /// One processor: its core within its socket, and, where given, its capacity.
  void processor(int number, int socket, int core, int capacity = 0) {
    const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(number);
    machine_.write(folder + "/topology/core_id", std::to_string(core) + "\n")
        .write(folder + "/topology/physical_package_id", std::to_string(socket) + "\n");
    if (capacity > 0) {
      machine_.write(folder + "/cpu_capacity", std::to_string(capacity) + "\n");
    }
  }
  void online(const std::string& list) { machine_.write("/sys/devices/system/cpu/online", list + "\n"); }
  void node(int id, const std::string& processors, std::uint64_t kibibytes) {
    const std::string folder = "/sys/devices/system/node/node" + std::to_string(id);
    machine_.write(folder + "/cpulist", processors + "\n")
        .write(folder + "/meminfo", "Node " + std::to_string(id) + " MemTotal:       " + std::to_string(kibibytes) +
                                        " kB\nNode " + std::to_string(id) + " MemFree: 1 kB\n");
  }
  /// Mounts version 2 where systems mount it, with the process in `group`.
  void cgroup_v2(const std::string& group) {
    machine_
        .write("/proc/self/mountinfo",
               "22 1 259:2 / / rw - ext4 /dev/root rw\n"
               "30 22 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
               "31 22 0:27 / /dev/shm rw - tmpfs tmpfs rw\n"
               "32 22 0:28 / /tmp rw - tmpfs tmpfs rw\n")
        .write("/proc/self/cgroup", "0::" + group + "\n");
  }

  Variable threads_{"BASALT_THREADS", nullptr};
  Variable memory_{"BASALT_MEMORY", nullptr};
  Variable spill_{"BASALT_SPILL_DIR", nullptr};
  Variable temporary_{"TMPDIR", nullptr};
  MachineFiles machine_;
};

TEST_F(Machines, TwoSocketsWithThreadsAndMemoryNodes) {
  online("0-7");
  for (int number = 0; number < 8; ++number) {
    processor(number, number % 4 / 2, number % 2);  // threads of a core are four apart
  }
  machine_.write("/sys/devices/system/node/online", "0-1\n");
  node(0, "0-1,4-5", 33554432);
  node(1, "2-3,6-7", 16777216);
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.sockets, 2);
  EXPECT_EQ(inventory.physical_cores, 4);
  EXPECT_EQ(inventory.threads_per_core, 2);
  EXPECT_EQ(inventory.cores.value, 8U);
  ASSERT_THAT(inventory.core_kinds, SizeIs(1));
  EXPECT_EQ(inventory.core_kinds[0].name, "core");
  EXPECT_EQ(inventory.core_kinds[0].processors, 8);
  EXPECT_EQ(inventory.numa_nodes, 2);
  ASSERT_THAT(inventory.nodes, SizeIs(2));
  EXPECT_THAT(inventory.nodes[0].processors, ElementsAre(0, 1, 4, 5));
  EXPECT_EQ(inventory.nodes[0].memory_bytes, std::uint64_t{32} << 30);
  EXPECT_THAT(inventory.nodes[1].processors, ElementsAre(2, 3, 6, 7));
  EXPECT_EQ(inventory.nodes[1].memory_bytes, std::uint64_t{16} << 30);
}

TEST_F(Machines, MemoryNodesWithoutProcessorsAndWithGaps) {
  online("0-1");
  machine_.write("/sys/devices/system/node/online", "0,8\n");
  node(0, "0-1", 1024);
  node(8, "", 2048);
  const Inventory inventory = take_inventory(machine_.root());
  ASSERT_THAT(inventory.nodes, SizeIs(2));
  EXPECT_EQ(inventory.nodes[1].id, 8);
  EXPECT_THAT(inventory.nodes[1].processors, IsEmpty());
  EXPECT_EQ(inventory.nodes[1].memory_bytes, 2U << 20);
}

TEST_F(Machines, HybridOfX86) {
  online("0-5");
  for (int number = 0; number < 6; ++number) {
    processor(number, 0, number < 4 ? number / 2 : number);  // two fast cores of two threads, two frugal ones of one
  }
  machine_.write("/sys/devices/cpu_core/cpus", "0-3\n")
      .write("/sys/devices/cpu_atom/cpus", "4-5\n")
      .write("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "5100000\n")
      .write("/sys/devices/system/cpu/cpu4/cpufreq/cpuinfo_max_freq", "3900000\n");
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.physical_cores, 4);
  EXPECT_EQ(inventory.threads_per_core, 2);
  ASSERT_THAT(inventory.core_kinds, SizeIs(2));
  EXPECT_EQ(inventory.core_kinds[0].name, "performance");
  EXPECT_EQ(inventory.core_kinds[0].processors, 4);
  EXPECT_EQ(inventory.core_kinds[0].most_frequency_hz, 5100000000U);
  EXPECT_EQ(inventory.core_kinds[1].name, "efficient");
  EXPECT_EQ(inventory.core_kinds[1].processors, 2);
  EXPECT_EQ(inventory.core_kinds[1].most_frequency_hz, 3900000000U);
}

TEST_F(Machines, BigMiddleAndLittleOfArm) {
  online("0-7");
  for (int number = 0; number < 8; ++number) {
    processor(number, 0, number, number < 4 ? 250 : number < 7 ? 700 : 1024);
  }
  const Inventory inventory = take_inventory(machine_.root());
  ASSERT_THAT(inventory.core_kinds, SizeIs(3));
  EXPECT_EQ(inventory.core_kinds[0].name, "performance");
  EXPECT_EQ(inventory.core_kinds[0].processors, 1);
  EXPECT_EQ(inventory.core_kinds[1].name, "middle");
  EXPECT_EQ(inventory.core_kinds[1].processors, 3);
  EXPECT_EQ(inventory.core_kinds[2].name, "efficient");
  EXPECT_EQ(inventory.core_kinds[2].processors, 4);
}

TEST_F(Machines, AContainerThatHidesTheTopology) {
  online("0-3");
  machine_.write(
      "/proc/cpuinfo",
      "processor\t: 0\nphysical id\t: 0\ncore id\t\t: 0\n\nprocessor\t: 1\nphysical id\t: 0\ncore id\t\t: 0\n\n"
      "processor\t: 2\nphysical id\t: 1\ncore id\t\t: 0\n\nprocessor\t: 3\nphysical id\t: 1\ncore id\t\t: 0\n\n");
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.sockets, 2);
  EXPECT_EQ(inventory.physical_cores, 2);
  EXPECT_EQ(inventory.threads_per_core, 2);
}

TEST_F(Machines, NothingIsToldOfTheTopology) {
  online("0-3");
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.sockets, 1);
  EXPECT_EQ(inventory.physical_cores, 4);
  EXPECT_EQ(inventory.threads_per_core, 1);
  EXPECT_THAT(inventory.core_kinds, SizeIs(1));
  EXPECT_THAT(inventory.nodes, IsEmpty());
  EXPECT_EQ(inventory.numa_nodes, 1);
}

TEST_F(Machines, AContainerWithAFractionOfAQuota) {
  online("0-15");
  cgroup_v2("/");
  machine_
      .write("/sys/fs/cgroup/cpu.max", "250000 100000\n")  // two and a half cores: three threads are of use
      .write("/sys/fs/cgroup/memory.max", "536870912\n")
      .write("/sys/fs/cgroup/memory.current", "36870912\n")
      .write("/proc/meminfo", "MemTotal: 64000000 kB\nMemAvailable: 60000000 kB\n");
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.cores.value, 3U);
  EXPECT_EQ(inventory.cores.source, "cgroup v2 cpu.max of /");
  EXPECT_EQ(inventory.memory_bytes.value, 500000000U);
}

TEST_F(Machines, NestedGroupsWithTheTightestInTheMiddle) {
  online("0-63");
  cgroup_v2("/a/b/c");
  machine_.write("/sys/fs/cgroup/a/cpu.max", "3200000 100000\n")
      .write("/sys/fs/cgroup/a/b/cpu.max", "50000 100000\n")
      .write("/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.cores.value, 1U);
  EXPECT_EQ(inventory.cores.source, "cgroup v2 cpu.max of /a/b");
  EXPECT_THAT(inventory.core_limits, SizeIs(4));
}

TEST_F(Machines, NoControlGroupsAtAll) {
  online("0-7");
  machine_.write("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 800 kB\n")
      .write("/proc/self/status", "Cpus_allowed_list:\t2-3\n");
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.cores.value, 2U);
  EXPECT_EQ(inventory.allowed_processors, "2-3");
  EXPECT_EQ(inventory.memory_bytes.value, 819200U);
}

TEST_F(Machines, HugePagesOfAllSizes) {
  const std::string pools = "/sys/kernel/mm/hugepages/";
  machine_.write(pools + "hugepages-1048576kB/nr_hugepages", "4\n")
      .write(pools + "hugepages-1048576kB/free_hugepages", "3\n")
      .write(pools + "hugepages-2048kB/nr_hugepages", "0\n")
      .write(pools + "hugepages-2048kB/free_hugepages", "0\n")
      .write(pools + "nonsense/nr_hugepages", "7\n")
      .write("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n")
      .write("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152\n");
  const Inventory inventory = take_inventory(machine_.root());
  EXPECT_EQ(inventory.huge_page_mode, "always");
  EXPECT_EQ(inventory.huge_page_bytes, 2U << 20);
  ASSERT_THAT(inventory.huge_page_pools, SizeIs(2));
  EXPECT_EQ(inventory.huge_page_pools[0].page_bytes, 2U << 20);
  EXPECT_EQ(inventory.huge_page_pools[0].total, 0U);
  EXPECT_EQ(inventory.huge_page_pools[1].page_bytes, 1U << 30);
  EXPECT_EQ(inventory.huge_page_pools[1].free, 3U);
}

TEST_F(Machines, RoomToSpillIsOnDiskAndLeavesSome) {
  cgroup_v2("/");
  std::filesystem::create_directories(machine_.root() / "var/tmp");
  std::filesystem::create_directories(machine_.root() / "tmp");
  SpillSpace spill = take_inventory(machine_.root()).spill;
  EXPECT_EQ(spill.folder, "/var/tmp");
  EXPECT_EQ(spill.folder_source, "default");
  EXPECT_EQ(spill.filesystem, "ext4");
  const std::uint64_t free = std::filesystem::space(machine_.root()).available;
  EXPECT_LE(spill.bytes.value + spill.reserved_bytes, free + free / 10);
  EXPECT_GT(spill.reserved_bytes, 0U);

  const Variable temporary("TMPDIR", "/tmp");
  spill = take_inventory(machine_.root()).spill;
  EXPECT_EQ(spill.folder_source, "TMPDIR");
  EXPECT_EQ(spill.filesystem, "tmpfs");
  EXPECT_EQ(spill.bytes.value, 0U) << "writing to memory frees no memory";
  EXPECT_THAT(spill.bytes.source, HasSubstr("in memory (tmpfs)"));

  const Variable wish("BASALT_SPILL_DIR", "/missing");
  spill = take_inventory(machine_.root()).spill;
  EXPECT_EQ(spill.folder, "/missing");
  EXPECT_EQ(spill.bytes.value, 0U);
  EXPECT_THAT(spill.bytes.source, HasSubstr("cannot be written"));
}

TEST_F(Machines, AFileSizeLimitBoundsTheRoomToSpill) {
  std::filesystem::create_directories(machine_.root() / "var/tmp");
  machine_.write("/proc/self/limits", "Max file size             4096                 unlimited            bytes\n");
  const SpillSpace spill = take_inventory(machine_.root()).spill;
  EXPECT_EQ(spill.bytes.value, 4096U);
  EXPECT_EQ(spill.bytes.source, "RLIMIT_FSIZE");
}

TEST_F(Machines, AWatchTellsOfWhatMoved) {
  online("0-7");
  cgroup_v2("/job");
  machine_.write("/sys/fs/cgroup/job/cpu.max", "400000 100000\n").write("/proc/meminfo", "MemAvailable: 1600 kB\n");
  InventoryWatch watch(machine_.root());
  EXPECT_EQ(watch.now().cores.value, 4U);
  EXPECT_FALSE(watch.changed());

  machine_.write("/sys/fs/cgroup/job/cpu.max", "200000 100000\n");
  EXPECT_TRUE(watch.changed());
  EXPECT_EQ(watch.now().cores.value, 2U);
  EXPECT_FALSE(watch.changed());

  machine_.write("/proc/meminfo", "MemAvailable: 1550 kB\n");
  EXPECT_FALSE(watch.changed()) << "less than a sixteenth";
  EXPECT_EQ(watch.now().memory_bytes.value, 1550U * 1024);
  machine_.write("/proc/meminfo", "MemAvailable: 1450 kB\n");
  EXPECT_TRUE(watch.changed()) << "small moves add up";

  machine_.write("/sys/fs/cgroup/job/memory.max", "1000\n");
  EXPECT_TRUE(watch.changed()) << "a limit appeared";
  EXPECT_EQ(watch.now().memory_bytes.value, 1000U);
}

TEST_F(Machines, CapacitySaysWhatIsSharedAndWhatCountsUse) {
  online("0-7");
  cgroup_v2("/job");
  const Variable threads("BASALT_THREADS", "3");
  const Variable memory("BASALT_MEMORY", "1K");
  machine_.write("/proc/self/status", "Cpus_allowed_list:\t0-5\n")
      .write("/sys/fs/cgroup/job/memory.max", "4096\n")
      .write("/proc/meminfo", "MemAvailable: 8 kB\n");
  std::vector<std::string> lines;
  for (const CapacityLimit& limit : capacity_of(take_inventory(machine_.root())).limits) {
    lines.push_back(limit.name.substr(0, limit.name.find(" in cgroup:")) + " " + std::to_string(limit.value) +
                    (limit.shared ? " shared" : "") + (limit.is_what_is_left ? " left" : ""));
  }
  EXPECT_THAT(lines, ElementsAre("processors online 8 shared", "processor affinity 0-5 6 shared", "BASALT_THREADS 3",
                                 "available memory 8192 shared left", "cgroup v2 memory.max of /job 4096 shared left",
                                 "BASALT_MEMORY 1024"));
}

}  // namespace
}  // namespace basalt
