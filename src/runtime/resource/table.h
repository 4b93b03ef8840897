// Where the books are kept, and how those who share them take turns and hear of changes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/resource/books.h"

namespace basalt::ledger {

/// One thread uses a table at a time, but for generation() and wait().
class Table {
 public:
  virtual ~Table() = default;

  /// Takes the turn and reads the books. Throws Error(io) where the turn does not come: somebody was stopped in it.
  virtual Books begin() = 0;
  /// Writes the books, ends the turn, and wakes those who wait. Either all of it is seen by others or nothing.
  virtual void commit(const Books& books) = 0;
  /// Ends the turn, having changed nothing.
  virtual void end() noexcept = 0;

  /// Takes the row of a member for as long as this object lives; false where another one has it. Only in a turn, as
  /// the next one.
  virtual bool claim(std::size_t member) = 0;
  /// Whether the owner of a row that is not this object's still lives.
  [[nodiscard]] virtual bool alive(std::size_t member) const = 0;

  /// Changes with every commit of anyone.
  [[nodiscard]] virtual std::uint32_t generation() const noexcept = 0;
  /// Whether the table was removed, so that others look at another one by now: begin() moves there.
  [[nodiscard]] virtual bool is_lost() const noexcept = 0;
  /// Returns when the generation is no longer `seen`, or after `seconds`, or for no reason.
  virtual void wait(std::uint32_t seen, double seconds) = 0;

  /// The file; empty where nobody else can see the table.
  [[nodiscard]] virtual std::string path() const = 0;
  /// What people should know, each said once.
  virtual std::vector<std::string> take_notes() = 0;
};

/// A table of this object only.
std::unique_ptr<Table> make_private_table();

/// A table in a file: made where there is none, and again where it is damaged. A file that is something else is left
/// alone, and one beside it is used. Throws Error(io) where that cannot be.
std::unique_ptr<Table> open_shared_table(const std::string& path);

/// The file of this user: where all his processes look, if that is a place that nobody else can write to. Folders are
/// made. Throws Error(io) where there is no such place.
std::string default_table_path();

}  // namespace basalt::ledger
