// What a choice says would change it must be so: the choice is made again with the change.
#include "engine/what_would_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace basalt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Candidate candidate(const char* name, double start, double memory, double stages) {
  Candidate result;
  result.name = name;
  result.start_seconds = start;
  result.memory_seconds = memory;
  result.stage_seconds = stages;
  return result;
}

/// The winner is the first that is done.
BackendChoice choice_of(std::vector<Candidate> candidates) {
  BackendChoice choice{.candidates = std::move(candidates), .winner = 0, .reason = {}, .device_start_seconds = 0.4};
  for (std::size_t i = 1; i < choice.candidates.size(); ++i) {
    if (choice.candidates[i].seconds() < choice.candidates[choice.winner].seconds()) {
      choice.winner = i;
    }
  }
  return choice;
}

TEST(WhatWouldChange, FromSomeWidthOnADeviceIsFirst) {
  const BackendChoice choice = choice_of({candidate("cpu", 0, 0, 0.1), candidate("card", 0.4, 0.01, 0.01)});
  const std::vector<std::string> changes = what_would_change(choice, 20);
  // 0.1·x against 0.4 + 0.02·x: x = 5 is between two and three qubits more
  EXPECT_EQ(changes[0], "card would be first from 23 qubits on, for circuits like this one");
  EXPECT_EQ(changes[1], "card would be first if it took less than 80 ms to start (400 ms now)");
  EXPECT_EQ(changes.size(), 2U) << "no speed of its stages would make up for its start";
}

TEST(WhatWouldChange, UpToSomeWidthTheProcessorIsFirst) {
  const BackendChoice choice = choice_of({candidate("cpu", 0, 0, 10), candidate("card", 0.4, 0.5, 0.5)});
  ASSERT_EQ(choice.winner, 1U);
  EXPECT_THAT(what_would_change(choice, 28),
              ElementsAre("cpu would be first up to 23 qubits, for circuits like this one",
                          "cpu would be first if its stages were done 7.14 times as fast"));
}

TEST(WhatWouldChange, WidthsAreThoseAtWhichTheWinnerChanges) {
  for (const double stages : {0.003, 0.017, 0.05, 0.11, 0.33}) {
    const auto at = [&](int more) {
      const double x = std::ldexp(1.0, more);
      return choice_of({candidate("cpu", 0, 0, stages * x), candidate("card", 0.4, 0.001 * x, 0.001 * x)});
    };
    int more = 0;
    while (at(more).winner == 0) {
      ++more;
    }
    EXPECT_THAT(what_would_change(at(0), 20)[0], HasSubstr("from " + std::to_string(20 + more) + " qubits"));
    EXPECT_THAT(what_would_change(at(more), 20 + more)[0],
                HasSubstr("up to " + std::to_string(20 + more - 1) + " qubits"));
  }
}

TEST(WhatWouldChange, FromSomeWidthOnDevicesAreLookedAt) {
  EXPECT_THAT(what_would_change(choice_of({candidate("cpu", 0, 0, 0.1)}), 20),
              ElementsAre(HasSubstr("from 23 qubits on")));
  EXPECT_THAT(what_would_change(choice_of({candidate("cpu", 0, 0, 0.3)}), 20),
              ElementsAre(HasSubstr("from 21 qubits on")));
  EXPECT_THAT(what_would_change(choice_of({candidate("cpu", 0, 0, 1e-9)}), 2), IsEmpty());
}

TEST(WhatWouldChange, SaysWhatWouldLetAPlaceTakePart) {
  Candidate small = candidate("card", 0.4, 0, 0);
  small.rejection = "too little memory";
  small.obstacle = Obstacle::memory;
  small.needed_bytes = std::uint64_t{8} << 30;
  Candidate lavapipe = candidate("llvmpipe", 0.4, 0, 0);
  lavapipe.rejection = "only when named";
  lavapipe.obstacle = Obstacle::naming;
  lavapipe.device = "1";
  Candidate narrow = candidate("other", 0.4, 0, 0);
  narrow.rejection = "no double precision";
  narrow.obstacle = Obstacle::precision;
  BackendChoice choice = choice_of({candidate("cpu", 0, 0, 3)});
  choice.candidates.insert(choice.candidates.end(), {small, lavapipe, narrow});
  EXPECT_THAT(what_would_change(choice, 30),
              ElementsAre("card could take it with 8.0 GiB of memory free", "--device 1 would run it on llvmpipe",
                          "other could take it with --precision single"));
}

TEST(WhatWouldChange, NothingWhereNothingWasChosen) {
  EXPECT_THAT(what_would_change({}, 10), IsEmpty());
}

}  // namespace
}  // namespace basalt
