// A process that shares a ledger with others, for ledger_processes_test.cpp, which starts and kills it.
//   ledger_child hold TABLE BYTES               takes a lease, prints "held", and sleeps
//   ledger_child churn TABLE WITNESS ROW SEED   takes and gives back leases at random, for ever
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <thread>

#include "runtime/resource/fixed_machine.h"

namespace {

using basalt::test::Witness;

const basalt::CancelToken never;

void hold(basalt::Ledger& ledger, std::uint64_t bytes) {
  const basalt::Lease lease = ledger.acquire({.host_bytes = bytes, .max_cores = 64}, {.name = "child"}, never);
  std::puts("held");
  std::fflush(stdout);
  ::pause();
}

void churn(basalt::Ledger& ledger, Witness& witness, std::size_t row, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  while (true) {
    const std::uint64_t bytes = 1 + random() % basalt::test::kFixedBytes;
    const int priority = static_cast<int>(random() % 3);
    basalt::Lease lease = ledger.acquire({.host_bytes = bytes, .max_cores = 4, .expected_seconds = 0.002},
                                         {.name = "churn", .priority = priority}, never);
    witness.held[row] = bytes;
    ++witness.grants;
    if (witness.total() > basalt::test::kFixedBytes) {
      ++witness.over_commitments;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
    if (lease.at_boundary() == basalt::Signal::pause) {
      lease.wait_for_cores(never);
    }
    witness.held[row] = 0;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 3 ? argv[1] : "";
  if (command.empty()) {
    return 2;
  }
  basalt::Ledger ledger(basalt::test::fixed_machine, {.table = argv[2]});
  if (command == "hold") {
    hold(ledger, std::stoull(argv[3]));
  } else if (argc > 5) {
    churn(ledger, *Witness::open(argv[3]), std::stoul(argv[4]), std::stoull(argv[5]));
  }
  return 2;
}
