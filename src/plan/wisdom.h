// Wisdom: measured facts about machines, kept in one SQLite file by fingerprint. Whoever reads it gets nothing where
// the file is absent, damaged or of another format: a plan then uses defaults. Writers are told.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "basalt/inventory.h"
#include "basalt/tune.h"

namespace basalt {

/// The file that BASALT_WISDOM names; else basalt/wisdom.sqlite in $XDG_CACHE_HOME or ~/.cache. Empty where the
/// environment has none of the three.
std::filesystem::path default_wisdom_path();

/// Names a processor as far as a process may use it: model, instruction sets, cores, caches, NUMA nodes. Figures
/// measured under one fingerprint say nothing about another. Sixteen hexadecimal digits.
std::string cpu_fingerprint(const Inventory& inventory);

/// Figures, or why there are none although the file is there.
struct WisdomLookup {
  std::optional<CpuFigures> figures;
  std::string note;
};

/// One file of wisdom. Each call opens the file, does one transaction and closes it: safe against other processes.
class Wisdom {
 public:
  explicit Wisdom(std::filesystem::path path) : path_(std::move(path)) {}

  /// Never throws for what the file is like.
  [[nodiscard]] WisdomLookup find(const std::string& fingerprint) const;

  /// Creates the file and its folder where they are missing. Throws Error(io) naming the path.
  void record(const std::string& fingerprint, const std::string& processor, const CpuFigures& figures) const;

  /// False where nothing was known. Throws Error(io).
  [[nodiscard]] bool forget(const std::string& fingerprint) const;

  /// All machines as one JSON document. Throws Error(io).
  [[nodiscard]] std::string export_json() const;

  /// Adds what export_json gave. Returns the number of machines. Throws Error(bad_input) or Error(io).
  [[nodiscard]] std::size_t import_json(const std::string& document) const;

 private:
  std::filesystem::path path_;
};

}  // namespace basalt
