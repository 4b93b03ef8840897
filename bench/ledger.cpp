// The scheduler on published mixes of jobs, in simulated time: how much of the machine it uses, against a bound that no
// schedule can beat.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "runtime/resource/job_mixes.h"

using basalt::test::kWrongest;
using basalt::test::uniform;

int main(int argc, char** argv) {
  CLI::App app("Utilisation of the ledger's scheduler on published mixes");
  int rounds = 3;
  app.add_option("--rounds", rounds, "Draws of each mix");
  CLI11_PARSE(app, argc, argv);

  fmt::print("{} cores and {} GiB; all jobs are there at the start; least of {} draws\n", basalt::test::kMixCores,
             basalt::test::kMixBytes >> 30, rounds);
  fmt::print("times known to the scheduler: exactly, to {:.0f}%, not at all\n", 100 * kWrongest);
  fmt::print("{:<15} {:>6} {:>10} {:>10} {:>10}  {}\n", "mix", "jobs", "exactly", "roughly", "not at all", "source");
  for (const basalt::test::JobMix& mix : basalt::test::job_mixes()) {
    fmt::print("{:<15} {:>6}", mix.name, mix.count);
    for (const int knowledge : {0, 1, 2}) {
      double least = 1;
      for (int round = 0; round < rounds; ++round) {
        std::mt19937_64 random(static_cast<std::uint64_t>(round));
        std::vector<basalt::test::SimulatedJob> drawn = mix.draw(random, mix.count);
        for (basalt::test::SimulatedJob& job : drawn) {
          job.estimate = knowledge == 0 ? 1 : knowledge == 1 ? 1 + uniform(random, -kWrongest, kWrongest) : 0;
        }
        basalt::test::SimulatedMachine machine(basalt::test::kMixBytes, basalt::test::kMixCores,
                                               basalt::test::kMixSlots);
        machine.run(drawn);
        least = std::min(least, basalt::test::offline_bound(drawn) / machine.now());
      }
      fmt::print(" {:>9.1f}%", 100 * least);
    }
    fmt::print("  {}\n", mix.source);
  }
}
