// What a lease holds on to.
#pragma once

#include <memory>
#include <utility>

#include "runtime/resource/ledger_core.h"

namespace basalt {

/// Gives the job back with its object.
struct Lease::Grant {
  Grant(std::shared_ptr<Ledger::Core> its_core, std::shared_ptr<LiveJob> its_live)
      : core(std::move(its_core)), live(std::move(its_live)) {}
  ~Grant();
  Grant(const Grant&) = delete;
  Grant& operator=(const Grant&) = delete;

  std::shared_ptr<Ledger::Core> core;
  std::shared_ptr<LiveJob> live;
  double looked_at = 0;
};

}  // namespace basalt
