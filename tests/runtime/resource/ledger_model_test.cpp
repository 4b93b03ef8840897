// A million random operations on the books, against a model that knows only sums; and random operations on tables that
// are written and read back.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "basalt/error.h"
#include "runtime/resource/settle.h"
#include "runtime/resource/table_image.h"

namespace basalt {
namespace {

using ledger::Books;
using ledger::Job;
using ledger::JobState;

constexpr std::int64_t kBytes = 100;

/// What a simple bookkeeper would write down: who was told that it has how much.
struct Model {
  std::map<std::uint64_t, std::pair<std::int64_t, int>> held;  ///< Of each job that runs or is paused: bytes, cores.

  /// Compares with what the books say, and takes it over.
  void follow(const Books& books, std::int64_t capacity_cores) {
    std::map<std::uint64_t, std::pair<std::int64_t, int>> now;
    std::int64_t bytes = 0;
    std::int64_t cores = 0;
    for (const Job& job : books.jobs) {
      if (job.state == JobState::running || job.state == JobState::paused) {
        now[job.id] = {static_cast<std::int64_t>(job.host_bytes), job.cores};
        bytes += static_cast<std::int64_t>(job.host_bytes);
        cores += job.cores;
      }
    }
    ASSERT_LE(bytes, kBytes);
    ASSERT_LE(cores, capacity_cores);
    for (const auto& [id, what] : held) {
      ASSERT_TRUE(now.contains(id)) << "memory was taken from job " << id << ", which did not give it";
    }
    held = std::move(now);
  }
};

class RandomBooks {
 public:
  RandomBooks() {
    books_.pools = {{.key = 1, .capacity = kBytes, .resource = Resource::host_bytes},
                    {.key = 2, .capacity = 8, .resource = Resource::cores}};
  }

  void step(std::mt19937_64& random, Model& model) {
    now_ += 0.01 * static_cast<double>(random() % 100);
    const std::uint64_t choice = random() % 10;
    if (books_.jobs.size() < 4 || (choice < 4 && books_.jobs.size() < 24)) {
      ask(random);
    } else {
      const std::size_t place = random() % books_.jobs.size();
      Job& job = books_.jobs[place];
      const bool has_memory = job.state == JobState::running || job.state == JobState::paused;
      if (choice < 8) {  // ends, is cancelled or killed
        model.held.erase(job.id);
        books_.jobs.erase(books_.jobs.begin() + static_cast<std::ptrdiff_t>(place));
      } else if (choice == 8 && has_memory && (job.asked_to_release || random() % 8 == 0)) {
        model.held.erase(job.id);
        job.waited = ledger::waited_until(job, now_);
        job.since = now_;
        job.state = JobState::suspended;
      } else if (choice == 8 && has_memory) {
        job.host_bytes /= 2;
      } else {
        books_.pools[1].capacity = 1 + random() % 8;
      }
    }
    ledger::settle(books_, now_);
    model.follow(books_, static_cast<std::int64_t>(books_.pools[1].capacity));
    expect_no_idle_machine();
  }

  [[nodiscard]] const Books& books() const { return books_; }

 private:
  void ask(std::mt19937_64& random) {
    Job job;
    job.id = ++books_.last_id;
    job.pools.add(0);
    job.pools.add(1);
    job.priority = static_cast<std::int8_t>(static_cast<int>(random() % 21) - 10);
    job.host_bytes = random() % (kBytes + 1);
    job.min_cores = static_cast<int>(random() % 4);
    job.max_cores = job.min_cores + static_cast<int>(random() % 8);
    job.expected_seconds = random() % 3 == 0 ? 0 : static_cast<double>(random() % 50);
    job.can_release_host = random() % 2 == 0;
    job.asked_at = job.since = now_;
    books_.jobs.push_back(job);
  }

  /// Where nothing runs, nothing that could start may wait.
  void expect_no_idle_machine() const {
    for (const Job& job : books_.jobs) {
      ASSERT_TRUE(!ledger::can_ever_fit(books_, job) || somebody_holds()) << "everybody waits";
    }
  }
  bool somebody_holds() const {
    return std::ranges::any_of(books_.jobs, [](const Job& job) { return job.state == JobState::running; });
  }

  Books books_;
  double now_ = 0;
};

#if defined(__SANITIZE_THREAD__)
constexpr int kOperations = 20'000;  // one thread: there is nothing to find, and it takes twenty times as long
#elif defined(__SANITIZE_ADDRESS__)
constexpr int kOperations = 100'000;  // every kind of operation comes up thousands of times; all of them took 168 s
#else
constexpr int kOperations = 1'000'000;
#endif

TEST(LedgerModel, AMillionOperationsKeepTheSums) {
  std::mt19937_64 random(20);
  RandomBooks books;
  Model model;
  for (int i = 0; i < kOperations; ++i) {
    ASSERT_NO_FATAL_FAILURE(books.step(random, model)) << "operation " << i;
  }
}

TEST(LedgerModel, BooksAreReadBackAsTheyWereWritten) {
  std::mt19937_64 random(21);
  RandomBooks books;
  Model model;
  for (int i = 0; i < 2000; ++i) {
    ASSERT_NO_FATAL_FAILURE(books.step(random, model));
    ledger::TableHeader header;
    const std::vector<std::byte> rows = ledger::encode(books.books(), header);
    const std::optional<Books> again = ledger::decode(header, rows);
    ASSERT_TRUE(again);
    ASSERT_EQ(*again, books.books());
  }
}

TEST(LedgerModel, ADamagedTableIsNeverTakenForBooks) {
  std::mt19937_64 random(22);
  RandomBooks books;
  Model model;
  for (int i = 0; i < 50; ++i) {
    books.step(random, model);
  }
  ledger::TableHeader header;
  const std::vector<std::byte> rows = ledger::encode(books.books(), header);
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> damaged = rows;
    damaged[random() % damaged.size()] ^= static_cast<std::byte>(1U << (random() % 8));
    ASSERT_FALSE(ledger::decode(header, damaged));
  }
  EXPECT_FALSE(ledger::decode(header, {}));
  header.jobs = ledger::kMostJobs + 1;
  EXPECT_FALSE(ledger::row_bytes_of(header));
}

TEST(LedgerModel, MoreThanATableHoldsIsRefused) {
  Books books;
  books.jobs.resize(ledger::kMostJobs + 1);
  ledger::TableHeader header;
  EXPECT_THROW(ledger::encode(books, header), Error);
}

}  // namespace
}  // namespace basalt
