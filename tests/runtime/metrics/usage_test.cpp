// Readings of the process, from invented /proc and /sys trees and from the living ones.

#include "basalt/usage.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include "runtime/metrics/system_tree.h"

namespace basalt {
namespace {

using testing_support::SystemTree;
using Quantity = DeviceReading::Quantity;

const std::map<std::string, std::string> kProcess = {
    {"proc/self/status",
     "Name:\tbasalt\nVmPeak:\t  999999 kB\nVmHWM:\t    4096 kB\nVmRSS:\t    1024 kB\nThreads:\t2\n"},
    {"proc/self/smaps_rollup",
     "00400000-7fff0000 ---p 00000000 00:00 0 [rollup]\nRss: 1024 kB\nAnonHugePages:  6144 kB\n"},
    {"proc/self/cgroup", "0::/jobs/one\n"},
    {"proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5000000\n"},
    {"proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=6000000\nfull avg10=0.00 total=1\n"},
    {"proc/pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=7000000\n"}};

TEST(TakeUsage, ReadsMemoryFromProc) {
  const SystemTree tree(kProcess);
  const Usage usage = take_usage(true, tree.root());
  EXPECT_EQ(usage.resident_bytes, 1024U << 10);
  EXPECT_EQ(usage.peak_resident_bytes, 4096U << 10);
  EXPECT_EQ(usage.huge_page_bytes, 6144U << 10);
  EXPECT_EQ(take_usage(false, tree.root()).huge_page_bytes, std::nullopt) << "only if asked for";
}

TEST(TakeUsage, ReadsStallsOfTheMachineWhereGroupsDoNotTell) {
  const SystemTree tree(kProcess);
  const Usage usage = take_usage(false, tree.root());
  EXPECT_EQ(usage.cpu_stall_seconds, 5);
  EXPECT_EQ(usage.memory_stall_seconds, 6);
  EXPECT_EQ(usage.io_stall_seconds, 7);
  EXPECT_EQ(usage.stall_source, "machine");
}

TEST(TakeUsage, PrefersStallsOfTheControlGroup) {
  for (const std::string tree_of_groups : {"sys/fs/cgroup/", "sys/fs/cgroup/unified/"}) {
    auto files = kProcess;
    files[tree_of_groups + "jobs/one/cpu.pressure"] = "some avg10=1.00 avg60=0.00 avg300=0.00 total=1500000\n";
    files[tree_of_groups + "jobs/one/io.pressure"] = "full avg10=1.00 avg60=0.00 avg300=0.00 total=2500000\n";
    const SystemTree tree(files);
    const Usage usage = take_usage(false, tree.root());
    EXPECT_EQ(usage.cpu_stall_seconds, 1.5);
    EXPECT_EQ(usage.memory_stall_seconds, std::nullopt) << "never mixed with those of the machine";
    EXPECT_EQ(usage.io_stall_seconds, std::nullopt);
    EXPECT_EQ(usage.stall_source, "control group");
  }
}

TEST(TakeUsage, LeavesOutWhatIsAbsentOrGarbled) {
  for (const auto& files : {std::map<std::string, std::string>{},
                            {{"proc/self/status", "VmRSS:\t-5 kB\nVmHWM:\t12 MB\n"},
                             {"proc/self/smaps_rollup", "AnonHugePages: many kB\n"},
                             {"proc/self/cgroup", "4:memory:/x\n"},
                             {"proc/pressure/cpu", "some avg10=0.00\n"},
                             {"proc/pressure/memory", "some total=\n"},
                             {"proc/pressure/io", ""}}}) {
    const SystemTree tree(files);
    const Usage usage = take_usage(true, tree.root());
    EXPECT_EQ(usage.resident_bytes, std::nullopt);
    EXPECT_EQ(usage.peak_resident_bytes, std::nullopt);
    EXPECT_EQ(usage.huge_page_bytes, std::nullopt);
    EXPECT_EQ(usage.cpu_stall_seconds, std::nullopt);
    EXPECT_EQ(usage.memory_stall_seconds, std::nullopt);
    EXPECT_EQ(usage.io_stall_seconds, std::nullopt);
    EXPECT_EQ(usage.stall_source, "");
  }
}

TEST(TakeUsage, SeesThisProcess) {
  constexpr std::size_t kBytes = std::size_t{16} << 20;
  constexpr std::size_t kPage = 4096;
  const Usage before = take_usage();
  void* const block = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  ::madvise(block, kBytes, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < kBytes; i += kPage) {
    static_cast<volatile char*>(block)[i] = 1;
  }
  const Usage after = take_usage();
  ::munmap(block, kBytes);
  const Usage change = difference(before, after);
  EXPECT_GE(change.minor_faults, kBytes / static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
  EXPECT_GE(after.user_seconds + after.system_seconds, before.user_seconds + before.system_seconds);
  ASSERT_TRUE(after.resident_bytes && after.peak_resident_bytes);
  EXPECT_GE(*after.peak_resident_bytes, kBytes);
  EXPECT_EQ(change.resident_bytes, after.resident_bytes) << "a level has no growth";
}

TEST(Difference, IsOfWhatGrowsAndOfWhatBothReadingsHave) {
  Usage before;
  Usage after;
  before.user_seconds = 1;
  after.user_seconds = 3.5;
  before.major_faults = 7;
  after.major_faults = 9;
  before.io_stall_seconds = 2;
  before.cpu_stall_seconds = 4;
  after.cpu_stall_seconds = 3;  // the process moved to another group
  after.memory_stall_seconds = 5;
  before.resident_bytes = 100;
  const Usage change = difference(before, after);
  EXPECT_EQ(change.user_seconds, 2.5);
  EXPECT_EQ(change.major_faults, 2U);
  EXPECT_EQ(change.io_stall_seconds, std::nullopt);
  EXPECT_EQ(change.cpu_stall_seconds, 0);
  EXPECT_EQ(change.memory_stall_seconds, std::nullopt);
  EXPECT_EQ(change.resident_bytes, std::nullopt);
}

/// A device as others may add one.
struct InventedDevice final : DeviceMonitor {
  [[nodiscard]] std::vector<DeviceReading> read() const override {
    return {{"gpu 0", "", Quantity::temperature_celsius, 42}};
  }
};

TEST(UsageMeter, ReportsTheJob) {
  auto files = kProcess;
  files["sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"] = "1500000\n";
  const SystemTree tree(files);
  const InventedDevice device;
  UsageMeter meter(tree.root());
  meter.watch(device);
  EXPECT_EQ(meter.finish(1).usage.huge_page_bytes, std::nullopt) << "never sampled";
  EXPECT_TRUE(meter.finish(1).devices.empty());
  meter.sample();
  tree.write("proc/self/smaps_rollup", "AnonHugePages:  0 kB\n");
  meter.sample();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  while (std::chrono::steady_clock::now() < until) {
  }
  tree.write("proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5250000\n");
  const UsageReport report = meter.finish(2);
  EXPECT_EQ(report.job, meter.job());
  EXPECT_GE(report.wall_seconds, 0.02);
  EXPECT_GT(report.usage.user_seconds + report.usage.system_seconds, 0);
  EXPECT_DOUBLE_EQ(report.utilisation,
                   (report.usage.user_seconds + report.usage.system_seconds) / (2 * report.wall_seconds));
  EXPECT_EQ(report.usage.cpu_stall_seconds, 0.25);
  EXPECT_EQ(report.usage.huge_page_bytes, 6144U << 10) << "the most of the samples";
  ASSERT_EQ(report.devices.size(), 2U);
  EXPECT_EQ(report.devices[0].part, "core 0");
  EXPECT_EQ(report.devices[1].device, "gpu 0");
}

}  // namespace
}  // namespace basalt
