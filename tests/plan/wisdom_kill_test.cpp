// Processes that are killed while they write wisdom: whoever reads it next finds what was written last, and nothing
// else.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <thread>

#include "plan/invented_machine.h"
#include "plan/wisdom.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMachine = "a machine";
constexpr const char* kKind = "c64 quantum/dense 2^24";

/// 10 times; the environment may ask for more.
int kills() {
  const char* const asked = std::getenv("BASALT_TEST_KILLS");  // NOLINT(concurrency-mt-unsafe): one thread
  return asked == nullptr ? 10 : std::atoi(asked);
}

/// How many writes a process has come back from; it outlives the process.
class Counter {
 public:
  Counter()
      : count_(static_cast<std::atomic<std::uint64_t>*>(
            mmap(nullptr, sizeof(*count_), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~Counter() { munmap(count_, sizeof(*count_)); }
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;
  std::atomic<std::uint64_t>& operator*() const { return *count_; }

 private:
  std::atomic<std::uint64_t>* count_;
};

class WisdomKillTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "basalt-wisdom-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] Wisdom wisdom() const { return Wisdom(folder_ / "wisdom.sqlite"); }

  /// A process that writes as often as it can, from write `first` on, and is killed at a moment within `last_moment`.
  void write_and_die(const std::function<void(std::uint64_t number)>& write, std::uint64_t first,
                     std::chrono::microseconds last_moment) {
    const pid_t child = fork();
    if (child == 0) {
      for (std::uint64_t number = first;; ++number) {
        try {
          write(number);
        } catch (...) {
          _exit(1);
        }
        *done_ = number;
      }
    }
    std::this_thread::sleep_for(last_moment * (random_() % 1000) / 1000);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it could not write what another had left";
  }

  fs::path folder_;
  Counter done_;  ///< The last write that is known to be there; 0: none.
  std::mt19937 random_{3};
};

TEST_F(WisdomKillTest, FiguresAreThoseThatWereWrittenLast) {
  const auto write = [&](std::uint64_t number) {
    CpuFigures figures = invented_figures();
    figures.prefetch_bytes = number;
    wisdom().record(kMachine, "a processor", figures);
  };
  for (int i = 0; i < kills(); ++i) {
    write_and_die(write, *done_ + 1, std::chrono::milliseconds(150));
    const WisdomLookup found = wisdom().find(kMachine);
    EXPECT_EQ(found.note, "");
    const std::uint64_t last = found.figures ? found.figures->prefetch_bytes : 0;
    EXPECT_TRUE(last == *done_ || last == *done_ + 1) << last << " after " << *done_;
    *done_ = last;
  }
  EXPECT_GT(*done_, 0U);
}

TEST_F(WisdomKillTest, HistoryHasEveryRunInItsOrder) {
  const auto write = [&](std::uint64_t number) {
    wisdom().add_to_history(kMachine, kKind, static_cast<double>(number));
  };
  for (int i = 0; i < kills(); ++i) {
    write_and_die(write, *done_ + 1, std::chrono::milliseconds(20));
    const HistoryLookup found = wisdom().find_history(kMachine, kKind);
    EXPECT_EQ(found.note, "");
    const std::vector<double> ratios = found.figures ? found.figures->ratios : std::vector<double>();
    const std::uint64_t last = ratios.empty() ? 0 : static_cast<std::uint64_t>(ratios.back());
    EXPECT_TRUE(last == *done_ || last == *done_ + 1) << last << " after " << *done_;
    EXPECT_EQ(ratios.size(), std::min<std::uint64_t>(last, History::kMostSamples));
    for (std::size_t k = 0; k < ratios.size(); ++k) {
      EXPECT_EQ(ratios[k], static_cast<double>(last - (ratios.size() - 1 - k)));
    }
    *done_ = last;
  }
  EXPECT_GT(*done_, 0U);
}

/// What a killed process leaves is put in order by whoever comes next, also where that one only reads.
TEST_F(WisdomKillTest, AReaderFindsWhatAWriterLeftHalfDone) {
  const auto write = [&](std::uint64_t number) {
    wisdom().add_to_history(kMachine, kKind, static_cast<double>(number));
  };
  int half_done = 0;
  for (int i = 0; i < 100 * kills() && half_done < 3; ++i) {
    write_and_die(write, 1, std::chrono::milliseconds(5));
    half_done += fs::exists(folder_ / "wisdom.sqlite-journal") ? 1 : 0;
    EXPECT_EQ(wisdom().find_history(kMachine, kKind).note, "");
    EXPECT_EQ(wisdom().find(kMachine).note, "");
  }
  EXPECT_GT(half_done, 0) << "no process was killed in the middle of a write";
}

}  // namespace
}  // namespace basalt
