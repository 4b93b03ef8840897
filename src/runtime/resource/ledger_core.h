// What a ledger and its leases share: the table, this process's own jobs, and the way every change is made.
#pragma once

#include <atomic>
#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "basalt/ledger.h"
#include "runtime/resource/membership.h"
#include "runtime/resource/settle.h"
#include "runtime/resource/table.h"

namespace basalt {

/// A job of this ledger. `job` is its row as this ledger saw it last, and what it enters again if the table is lost;
/// guarded by the core's mutex. The rest is for the job's own thread and whoever asks.
struct LiveJob {
  ledger::Job job;
  std::uint64_t leave_cached = 0;
  std::atomic<int> cores{0};
  std::atomic<std::uint64_t> host_bytes{0};
  std::atomic<Signal> signal{Signal::go_on};
};

double seconds_now();  ///< On a clock that all processes of the machine share.

class Ledger::Core {
  /// A turn at the table; ends with its object.
  struct Turn {
    explicit Turn(ledger::Table& its_table) try
        : table(its_table), books(table.begin()), generation(table.generation()) {
    } catch (...) {
      its_table.end();
      throw;
    }
    ~Turn() {
      if (open) {
        table.end();
      }
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    void commit() {
      table.commit(books);
      ++generation;
      open = false;
    }

    ledger::Table& table;
    ledger::Books books;
    std::uint32_t generation;  ///< Of `books`.
    bool open = true;
  };

 public:
  Core(std::function<Capacity()> measure, const LedgerPlace& place);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  /// Takes a turn: strikes out the dead, joins, enters own jobs again where they are missing, lets `change(books, now)`
  /// do its work, settles and writes. All of it or, where something throws, nothing.
  template <std::invocable<ledger::Books&, double> Change>
  void transact(Change change) {
    const std::scoped_lock lock(mutex_);
    Turn turn(*table_);
    const ledger::Books before = turn.books;
    const double now = seconds_now();
    enter(turn.books);
    change(turn.books, now);
    ledger::settle(turn.books, now);
    if (turn.books != before) {
      turn.commit();
    }
    adopt(turn);
  }

  /// Reads the books as they are, changing nothing.
  template <std::invocable<const ledger::Books&> Look>
  void look(Look look_at) {
    const std::scoped_lock lock(mutex_);
    const Turn turn(*table_);
    adopt(turn);
    look_at(turn.books);
  }

  /// The generation that this ledger has seen, and what the table has.
  [[nodiscard]] bool is_up_to_date() const noexcept { return table_->generation() == seen_.load(); }

  /// The table was removed: own jobs must be entered in the one that takes its place.
  [[nodiscard]] bool is_lost() {
    const std::scoped_lock lock(mutex_);
    return table_->is_lost();
  }

  /// Adds an own job in a turn, under a new number.
  std::shared_ptr<LiveJob> open(ledger::Books& books, const ledger::Job& job);
  /// Ends a job: what it holds is free.
  void close(const std::shared_ptr<LiveJob>& live) noexcept;

  /// Waits until ready(job) holds, which is asked in a turn. Throws Error(cancelled).
  void await(const LiveJob& live, const std::function<bool(const ledger::Job&)>& ready, const CancelToken& cancel,
             const OnWait& on_wait);

  /// Measures and enters what there is, unless that was done less than `older_than` seconds ago or is being done.
  void measure(double older_than);

  [[nodiscard]] std::uint32_t member() const noexcept { return membership_.row(); }
  [[nodiscard]] ledger::PoolSet own_pools(const ledger::Books& books) const { return books.members[member()].pools; }
  [[nodiscard]] std::string table_path() const;
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  void enter(ledger::Books& books);
  void enter_own_jobs(ledger::Books& books);
  void adopt(const Turn& turn);
  static void adopt(LiveJob& live, const ledger::Job& job);

  std::function<Capacity()> measure_;
  std::mutex measure_mutex_;
  std::atomic<double> measured_at_;

  mutable std::mutex mutex_;  ///< Guards everything below.
  std::vector<std::string> notes_;
  std::unique_ptr<ledger::Table> table_;
  ledger::Membership membership_;
  Capacity capacity_;
  std::map<std::uint64_t, std::shared_ptr<LiveJob>> live_;
  std::atomic<std::uint32_t> seen_{0};
};

}  // namespace basalt
