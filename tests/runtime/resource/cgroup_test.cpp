// Limits of control groups, on invented machines of every kind.
#include "runtime/resource/cgroup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runtime/resource/machine_files.h"

namespace basalt {
namespace {

using test::MachineFiles;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kMountV2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

/// "VALUE SOURCE" of each limit.
std::vector<std::string> texts(const std::vector<Limit>& limits) {
  std::vector<std::string> all;
  for (const Limit& limit : limits) {
    all.push_back(std::to_string(limit.value) + " " + limit.source);
  }
  return all;
}

TEST(Cgroup, NestedGroupsOfVersion2AllCount) {
  MachineFiles machine;
  machine.write("/proc/self/mountinfo", kMountV2)
      .write("/proc/self/cgroup", "0::/user.slice/job one\n")
      .write("/sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n")
      .write("/sys/fs/cgroup/user.slice/memory.max", "8000\n")
      .write("/sys/fs/cgroup/user.slice/memory.current", "3000\n")
      .write("/sys/fs/cgroup/user.slice/memory.stat", "anon 1000\nfile 2500\ninactive_file 1500\nactive_file 1000\n")
      .write("/sys/fs/cgroup/user.slice/job one/cpu.max", "max 100000\n")
      .write("/sys/fs/cgroup/user.slice/job one/cpuset.cpus.effective", "0-2,8\n")
      .write("/sys/fs/cgroup/user.slice/job one/memory.max", "max\n")
      .write("/sys/fs/cgroup/user.slice/job one/memory.high", "7000\n")
      .write("/sys/fs/cgroup/user.slice/job one/memory.current", "500\n");
  const CgroupLimits limits = read_cgroup_limits(machine.root());
  EXPECT_THAT(texts(limits.cores), UnorderedElementsAre("4 cgroup v2 cpu.max of /user.slice",
                                                        "4 cgroup v2 cpuset.cpus.effective of /user.slice/job one"));
  EXPECT_THAT(texts(limits.memory_bytes), UnorderedElementsAre("6500 cgroup v2 memory.max of /user.slice",
                                                               "6500 cgroup v2 memory.high of /user.slice/job one"));
}

TEST(Cgroup, SplitControllersOfVersion1) {
  MachineFiles machine;
  machine
      .write("/proc/self/mountinfo",
             "33 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
             "34 25 0:30 / /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory\n"
             "35 25 0:31 / /sys/fs/cgroup/cpuset rw shared:11 - cgroup cgroup rw,cpuset\n")
      .write("/proc/self/cgroup", "5:memory:/batch/42\n4:cpu,cpuacct:/batch\n3:cpuset:/\n1:name=systemd:/init\n")
      .write("/sys/fs/cgroup/cpu,cpuacct/batch/cpu.cfs_quota_us", "250000\n")
      .write("/sys/fs/cgroup/cpu,cpuacct/batch/cpu.cfs_period_us", "100000\n")
      .write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
      .write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
      .write("/sys/fs/cgroup/cpuset/cpuset.effective_cpus", "0-15\n")
      .write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
      .write("/sys/fs/cgroup/memory/batch/42/memory.limit_in_bytes", "5000\n")
      .write("/sys/fs/cgroup/memory/batch/42/memory.usage_in_bytes", "1800\n")
      .write("/sys/fs/cgroup/memory/batch/42/memory.stat",
             "inactive_file 1\nhierarchical_memory_limit 4000\ntotal_inactive_file 800\n");
  const CgroupLimits limits = read_cgroup_limits(machine.root());
  EXPECT_THAT(texts(limits.cores), UnorderedElementsAre("3 cgroup v1 cpu.cfs_quota_us of /batch",
                                                        "16 cgroup v1 cpuset.effective_cpus of /"));
  EXPECT_THAT(texts(limits.memory_bytes),
              UnorderedElementsAre("4000 cgroup v1 memory.limit_in_bytes of /batch/42",
                                   "3000 cgroup v1 hierarchical_memory_limit of /batch/42"));
}

TEST(Cgroup, HybridReadsBothVersions) {
  MachineFiles machine;
  machine
      .write("/proc/self/mountinfo",
             "33 25 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
             "34 25 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n")
      .write("/proc/self/cgroup", "7:memory:/a\n0::/b\n")
      .write("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1000\n")
      .write("/sys/fs/cgroup/unified/b/cpu.max", "100000 100000\n");
  const CgroupLimits limits = read_cgroup_limits(machine.root());
  EXPECT_THAT(texts(limits.cores), ElementsAre("1 cgroup v2 cpu.max of /b"));
  EXPECT_THAT(texts(limits.memory_bytes), ElementsAre("1000 cgroup v1 memory.limit_in_bytes of /a"));
}

TEST(Cgroup, ContainerWithItsOwnRootSeesItsLimitsThere) {
  MachineFiles machine;
  machine.write("/proc/self/mountinfo", kMountV2)
      .write("/proc/self/cgroup", "0::/\n")
      .write("/sys/fs/cgroup/cpu.max", "150000 100000\n")
      .write("/sys/fs/cgroup/memory.max", "2000\n")
      .write("/sys/fs/cgroup/memory.current", "300\n");
  const CgroupLimits limits = read_cgroup_limits(machine.root());
  EXPECT_THAT(texts(limits.cores), ElementsAre("2 cgroup v2 cpu.max of /"));
  EXPECT_THAT(texts(limits.memory_bytes), ElementsAre("1700 cgroup v2 memory.max of /"));
}

TEST(Cgroup, HostPathsThatAreNotVisibleFallBackToTheMountPoint) {
  // version 1 in a container without a namespace: the group is the host's, the mount shows that group as its root
  MachineFiles bound;
  bound.write("/proc/self/mountinfo", "33 25 0:29 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n")
      .write("/proc/self/cgroup", "4:memory:/docker/abc/inner\n")
      .write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "900\n")
      .write("/sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "800\n");
  EXPECT_THAT(texts(read_cgroup_limits(bound.root()).memory_bytes),
              UnorderedElementsAre("900 cgroup v1 memory.limit_in_bytes of /",
                                   "800 cgroup v1 memory.limit_in_bytes of /inner"));

  for (const char* group : {"/kubepods/pod7/xyz", "/../../other", "/..", ""}) {
    MachineFiles hidden;
    hidden.write("/proc/self/mountinfo", kMountV2)
        .write("/proc/self/cgroup", std::string("0::") + group + "\n")
        .write("/sys/fs/cgroup/cpu.max", "300000 100000\n")
        .write("/sys/fs/other/cpu.max", "100000 100000\n")
        .write("/sys/cpu.max", "100000 100000\n");
    EXPECT_THAT(texts(read_cgroup_limits(hidden.root()).cores), ElementsAre("3 cgroup v2 cpu.max of /")) << group;
  }
}

TEST(Cgroup, FractionsOfAProcessorRoundUp) {
  const auto cores = [](const char* quota) {
    MachineFiles machine;
    machine.write("/proc/self/mountinfo", kMountV2)
        .write("/proc/self/cgroup", "0::/\n")
        .write("/sys/fs/cgroup/cpu.max", quota);
    const CgroupLimits limits = read_cgroup_limits(machine.root());
    return limits.cores.empty() ? std::uint64_t{0} : limits.cores.front().value;
  };
  EXPECT_EQ(cores("1000 100000\n"), 1U);
  EXPECT_EQ(cores("100000 100000\n"), 1U);
  EXPECT_EQ(cores("100001 100000\n"), 2U);
  EXPECT_EQ(cores("1250000 500000\n"), 3U);
  EXPECT_EQ(cores("max 100000\n"), 0U);
}

TEST(Cgroup, UsageAboveTheLimitLeavesNothing) {
  MachineFiles machine;
  machine.write("/proc/self/mountinfo", kMountV2)
      .write("/proc/self/cgroup", "0::/\n")
      .write("/sys/fs/cgroup/memory.high", "1000\n")
      .write("/sys/fs/cgroup/memory.current", "1500\n");
  EXPECT_THAT(texts(read_cgroup_limits(machine.root()).memory_bytes), ElementsAre("0 cgroup v2 memory.high of /"));
}

TEST(Cgroup, MountPointsMayHoldBlanks) {
  MachineFiles machine;
  machine.write("/proc/self/mountinfo", "30 23 0:26 / /mnt/my\\040groups rw - cgroup2 none rw\n")
      .write("/proc/self/cgroup", "0::/\n")
      .write("/mnt/my groups/cpu.max", "100000 100000\n");
  EXPECT_THAT(texts(read_cgroup_limits(machine.root()).cores), ElementsAre("1 cgroup v2 cpu.max of /"));
}

TEST(Cgroup, NoneAtAll) {
  const MachineFiles machine;
  const CgroupLimits limits = read_cgroup_limits(machine.root());
  EXPECT_THAT(limits.cores, IsEmpty());
  EXPECT_THAT(limits.memory_bytes, IsEmpty());
}

RC_GTEST_PROP(Cgroup, GarbageIsNoLimitAndNoCrash,
              (const std::string& group, const std::string& mounts, const std::string& quota,
               const std::string& memory)) {
  MachineFiles machine;
  machine.write("/proc/self/mountinfo", mounts + "\n" + kMountV2)
      .write("/proc/self/cgroup", group + "\n0::/" + group + "\n")
      .write("/sys/fs/cgroup/cpu.max", quota)
      .write("/sys/fs/cgroup/cpuset.cpus.effective", quota)
      .write("/sys/fs/cgroup/memory.max", memory)
      .write("/sys/fs/cgroup/memory.stat", memory);
  for (const Limit& limit : read_cgroup_limits(machine.root()).cores) {
    RC_ASSERT(limit.value >= 1);
  }
}

TEST(Cgroup, GarbageExamples) {
  for (const char* garbage : {"", "\n", "-5 100000\n", "100000\n", "100000 0\n", "0 100000\n", "1e5 1e5\n",
                              "99999999999999999999999 100000\n", "max\n", "abc def\n", "1 2 3\n"}) {
    MachineFiles machine;
    machine.write("/proc/self/mountinfo", kMountV2)
        .write("/proc/self/cgroup", "0::/\n")
        .write("/sys/fs/cgroup/cpu.max", garbage)
        .write("/sys/fs/cgroup/memory.max", garbage);
    const CgroupLimits limits = read_cgroup_limits(machine.root());
    EXPECT_THAT(texts(limits.cores), IsEmpty()) << garbage;
  }
}

}  // namespace
}  // namespace basalt
