// The scheduler in simulated time: what it must never do, on thousands of random mixes, and how well it does.
#include "runtime/resource/settle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/resource/job_mixes.h"
#include "runtime/resource/simulated_machine.h"

namespace basalt {
namespace {

using ledger::kAgingSeconds;
using test::Outcome;
using test::SimulatedJob;
using test::SimulatedMachine;
using test::uniform;

constexpr std::uint64_t kCores = 8;
constexpr std::uint64_t kBytes = 1000;
constexpr std::uint64_t kSlots = 2;
constexpr double kBoundary = 0.1;

/// Anything that fits an empty machine.
std::vector<SimulatedJob> draw_anything(std::mt19937_64& random) {
  std::vector<SimulatedJob> jobs(static_cast<std::size_t>(uniform(random, 1, 40)));
  const double spread = uniform(random, 0, 1) < 0.3 ? 0 : 100;
  for (SimulatedJob& job : jobs) {
    job.arrives = uniform(random, 0, spread);
    job.min_cores = static_cast<int>(uniform(random, 0, kCores + 1));
    job.max_cores = job.min_cores + static_cast<int>(uniform(random, 0, 5));
    job.core_seconds = std::exp(uniform(random, -2, 3)) * std::max(1, job.min_cores);
    job.host_bytes = static_cast<std::uint64_t>(std::pow(uniform(random, 0, 1), 3) * kBytes);
    job.queue_slots = uniform(random, 0, 1) < 0.2 ? 1 : 0;
    job.priority = static_cast<int>(uniform(random, kLowestPriority, kHighestPriority + 1));
    job.estimate = uniform(random, 0, 1) < 0.3 ? 0 : uniform(random, 0.3, 3);
    job.can_release_host = uniform(random, 0, 1) < 0.5;
  }
  return jobs;
}

/// Seconds that the jobs take one after the other, each at its slowest.
double one_by_one(const std::vector<SimulatedJob>& jobs) {
  double seconds = 0;
  for (const SimulatedJob& job : jobs) {
    seconds += job.seconds();
  }
  return seconds;
}

TEST(Settle, NeverOverCommitsAndLetsEveryJobRun) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    std::mt19937_64 random(seed);
    const std::vector<SimulatedJob> jobs = draw_anything(random);
    SimulatedMachine machine(kBytes, kCores, kSlots, kBoundary);
    std::vector<Outcome> outcomes;
    ASSERT_NO_THROW(outcomes = machine.run(jobs)) << "seed " << seed;
    for (const Outcome& outcome : outcomes) {
      ASSERT_GE(outcome.ended, outcome.started) << "seed " << seed;
    }
    // somebody runs at any time, or gives memory back for one step
    ASSERT_LE(machine.now(), 100 + one_by_one(jobs) + kBoundary * static_cast<double>(jobs.size() * jobs.size()))
        << "seed " << seed;
  }
}

TEST(Settle, NothingStarvesBehindAStreamOfHigherPriority) {
  // jobs of the highest priority keep the machine full for ever; one of the lowest wants all of it
  for (const double estimate : {0.0, 1.0}) {
    std::vector<SimulatedJob> jobs;
    for (int i = 0; i < 4000; ++i) {
      jobs.push_back({.arrives = i * 0.62, .core_seconds = 5, .host_bytes = 100, .priority = 10, .estimate = estimate});
    }
    jobs.push_back({.arrives = 10,
                    .core_seconds = 8,
                    .host_bytes = kBytes,
                    .min_cores = 8,
                    .max_cores = 8,
                    .priority = -10,
                    .estimate = estimate});
    const std::vector<Outcome> outcomes = SimulatedMachine(kBytes, kCores).run(jobs);
    // by then it comes before whatever is new; what runs then ends within 5 s
    EXPECT_LE(outcomes.back().started, 10 + 20 * kAgingSeconds + 10);
    EXPECT_GT(outcomes.back().started, 100) << "the stream does not fill the machine: nothing is tested";
  }
}

TEST(Settle, WaitsAreBoundedByWhatCameBeforeTheAgeOfTwentySteps) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<SimulatedJob> jobs = draw_anything(random);
    for (SimulatedJob& job : jobs) {
      job.arrives *= 50;
      job.core_seconds *= 10;
    }
    const std::vector<Outcome> outcomes = SimulatedMachine(kBytes, kCores, kSlots, kBoundary).run(jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const double overtaken_until = jobs[i].arrives + 20 * kAgingSeconds;
      double before = 0;
      for (const SimulatedJob& other : jobs) {
        before += other.arrives <= overtaken_until ? other.seconds() : 0;
      }
      ASSERT_LE(outcomes[i].started, overtaken_until + before + 100) << "seed " << seed << " job " << i;
    }
  }
}

TEST(Settle, BackfillDelaysNobodyWhoCameFirst) {
  int overtaken = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<SimulatedJob> jobs = draw_anything(random);
    for (SimulatedJob& job : jobs) {
      job.priority = 0;
      job.estimate = 1;
      job.max_cores = job.min_cores;  // runs exactly as long as it says
    }
    const std::vector<Outcome> outcomes = SimulatedMachine(kBytes, kCores, kSlots).run(jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      ASSERT_LE(outcomes[i].started, outcomes[i].promised + 1e-6) << "seed " << seed << " job " << i;
      for (std::size_t j = 0; j < i; ++j) {
        overtaken += jobs[i].arrives > jobs[j].arrives && outcomes[i].started < outcomes[j].started ? 1 : 0;
      }
    }
  }
  EXPECT_GT(overtaken, 1000) << "hardly anybody was ever passed: nothing is tested";
}

TEST(Settle, WithoutPredictionsNobodyTakesWhatTheFirstLacks) {
  // 600 are held; the first in line lacks memory, so memory is closed to those behind it, but cores are not
  SimulatedMachine machine(kBytes, kCores);
  const std::vector<Outcome> outcomes =
      machine.run({{.core_seconds = 10, .host_bytes = 600, .estimate = 0},
                   {.arrives = 1, .core_seconds = 10, .host_bytes = 600, .estimate = 0},
                   {.arrives = 2, .core_seconds = 10, .host_bytes = 100, .estimate = 0},
                   {.arrives = 3, .core_seconds = 10, .host_bytes = 0, .min_cores = 5, .max_cores = 5, .estimate = 0}});
  EXPECT_DOUBLE_EQ(outcomes[1].started, 10);
  EXPECT_DOUBLE_EQ(outcomes[2].started, 10);
  EXPECT_DOUBLE_EQ(outcomes[3].started, 3);
}

TEST(Settle, PriorityInversionLastsOneStepWhereJobsCanReleaseMemory) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<SimulatedJob> jobs = draw_anything(random);
    for (SimulatedJob& job : jobs) {
      job.arrives *= 0.2;  // nobody is old enough to be spared
      job.priority = static_cast<int>(uniform(random, -10, 1));
      job.can_release_host = true;
      job.queue_slots = 0;
    }
    jobs.push_back({.arrives = 10,
                    .core_seconds = 5,
                    .host_bytes = kBytes,
                    .min_cores = static_cast<int>(kCores),
                    .max_cores = static_cast<int>(kCores),
                    .priority = 10});
    const std::vector<Outcome> outcomes = SimulatedMachine(kBytes, kCores, kSlots, kBoundary).run(jobs);
    ASSERT_LE(outcomes.back().started, 10 + kBoundary + 1e-9) << "seed " << seed;
  }
}

TEST(Settle, CoresAloneAreTakenAtOnceAndGivenBack) {
  SimulatedMachine machine(kBytes, kCores);
  const std::vector<Outcome> outcomes = machine.run(
      {{.core_seconds = 80, .host_bytes = 500, .min_cores = 8, .max_cores = 8},
       {.arrives = 2, .core_seconds = 8, .host_bytes = 500, .min_cores = 4, .max_cores = 8, .priority = 1}});
  EXPECT_DOUBLE_EQ(outcomes[1].started, 2);
  EXPECT_DOUBLE_EQ(outcomes[1].ended, 3);
  EXPECT_NEAR(outcomes[0].ended, 11, 1e-6);
}

/// The part of what the best schedule could do that ours does, with predictions that are wrong by `wrongest` at most.
double utilisation(const test::JobMix& mix, double wrongest) {
  std::mt19937_64 random(1);
  std::vector<SimulatedJob> jobs = mix.draw(random, mix.count);
  for (SimulatedJob& job : jobs) {
    job.estimate = 1 + uniform(random, -wrongest, wrongest);
  }
  SimulatedMachine machine(test::kMixBytes, test::kMixCores, test::kMixSlots);
  machine.run(jobs);
  return test::offline_bound(jobs) / machine.now();
}

TEST(Settle, UsesNineTenthsOfTheOfflineBound) {
  for (const test::JobMix& mix : test::job_mixes()) {
    EXPECT_GE(utilisation(mix, 0), 0.9) << mix.name;
  }
}

TEST(Settle, UsesFourFifthsWherePredictionsAreRough) {
  for (const test::JobMix& mix : test::job_mixes()) {
    EXPECT_GE(utilisation(mix, test::kWrongest), 0.8) << mix.name;
  }
}

class Books : public testing::Test {
 protected:
  ledger::Job& add(int priority, int min_cores, int max_cores) {
    ledger::Job job;
    job.id = ++books_.last_id;
    job.pools.add(0);
    job.priority = static_cast<std::int8_t>(priority);
    job.min_cores = min_cores;
    job.max_cores = max_cores;
    return books_.jobs.emplace_back(job);
  }
  std::vector<int> cores() const {
    std::vector<int> all;
    for (const ledger::Job& job : books_.jobs) {
      all.push_back(job.cores);
    }
    return all;
  }

  ledger::Books books_{
      .last_id = 0, .pools = {{.key = 1, .capacity = 8, .resource = Resource::cores}}, .members = {}, .jobs = {}};
};

TEST_F(Books, CoresGoEvenlyToEqualsAndFirstToThoseAbove) {
  add(0, 1, 64);
  add(0, 1, 64);
  add(0, 1, 2);
  ledger::settle(books_, 0);
  EXPECT_THAT(cores(), testing::ElementsAre(3, 3, 2));
  add(5, 1, 4);
  ledger::settle(books_, 1);
  EXPECT_THAT(cores(), testing::ElementsAre(2, 1, 1, 4));
  books_.pools[0].capacity = 3;
  ledger::settle(books_, 2);
  EXPECT_THAT(cores(), testing::ElementsAre(1, 1, 0, 1));
  EXPECT_EQ(books_.jobs[2].state, ledger::JobState::paused);
}

TEST_F(Books, AMachineThatShrinksBelowAMinimumStillRunsTheJob) {
  add(0, 6, 8);
  ledger::settle(books_, 0);
  EXPECT_THAT(cores(), testing::ElementsAre(8));
  books_.pools[0].capacity = 2;
  ledger::settle(books_, 1);
  EXPECT_THAT(cores(), testing::ElementsAre(2));
}

TEST_F(Books, WhatCannotStartKeepsNothingFromOthers) {
  add(10, 9, 9);
  add(0, 8, 8);
  ledger::settle(books_, 0);
  EXPECT_THAT(cores(), testing::ElementsAre(0, 8));
}

TEST_F(Books, SettlingTwiceChangesNothing) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20; ++i) {
    const int least = static_cast<int>(uniform(random, 0, 5));
    add(static_cast<int>(uniform(random, -3, 3)), least, least + 2);
  }
  ledger::settle(books_, 0);
  const ledger::Books once = books_;
  ledger::settle(books_, 0);
  EXPECT_EQ(once, books_);
}

}  // namespace
}  // namespace basalt
