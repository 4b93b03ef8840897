// Who takes part in a table, and under which limits.
#pragma once

#include <map>
#include <string_view>

#include "runtime/resource/table.h"

namespace basalt::ledger {

/// What each job had touched before a measurement, by its number.
using Residents = std::map<std::uint64_t, std::uint64_t>;

/// For the names of heaps and limits.
std::uint64_t hash_text(std::string_view text) noexcept;

Residents residents_of(const Books& books);

/// A ledger in a table.
class Membership {
 public:
  Membership();

  /// Takes a row where this ledger has none (or no longer, because the table was started afresh). Throws
  /// Error(out_of_resources) where all are taken.
  void join(Books& books, Table& table);

  /// Whether `books` know this ledger.
  [[nodiscard]] bool is_in(const Books& books) const noexcept;
  [[nodiscard]] std::uint32_t row() const noexcept { return row_; }

  /// Enters what there is. To a limit that says what is left, the resident part of what is held under it is added: the
  /// smaller of before and now, so that whatever was touched or freed during the measurement counts as not there.
  void apply(const Capacity& capacity, const Residents& before, Books& books) const;

 private:
  std::uint64_t token_;
  std::uint32_t row_ = 0;
};

/// Strikes out members that ended without a word, with all they held.
void strike_dead_members(Books& books, const Table& table, const Membership& own);

/// Frees the rows of limits that nobody is subject to any more.
void drop_unused_pools(Books& books);

/// Adds to (or, negative, takes from) what is there under all limits of a job that were measured as what is left.
void adjust_what_is_left(Books& books, const Job& job, std::int64_t bytes);

}  // namespace basalt::ledger
