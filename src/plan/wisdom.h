// Wisdom: measured facts about processors and devices, kept in one SQLite file by fingerprint. Whoever reads it gets
// nothing where the file is absent, damaged or of another format: a plan then uses defaults. Writers are told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "basalt/device_tune.h"
#include "basalt/inventory.h"
#include "basalt/tune.h"
#include "plan/history.h"

namespace basalt {

/// The file that BASALT_WISDOM names; else basalt/wisdom.sqlite in $XDG_CACHE_HOME or ~/.cache. Empty where the
/// environment has none of the three.
std::filesystem::path default_wisdom_path();

/// `path`; the default where it is empty.
std::filesystem::path wisdom_path(const std::filesystem::path& path);

/// Names a processor as far as a process may use it: model, instruction sets, cores, caches, NUMA nodes. Figures
/// measured under one fingerprint say nothing about another. Sixteen hexadecimal digits.
std::string cpu_fingerprint(const Inventory& inventory);

/// The same for a Vulkan device: by its UUID, by its driver's version, which changes what shaders become, and by the
/// shaders, of which `kernels` is a checksum.
std::string device_fingerprint(std::string_view uuid, std::uint32_t driver_version, std::uint64_t kernels);

/// Figures, or why there are none although the file is there.
template <typename Figures>
struct Lookup {
  std::optional<Figures> figures;
  std::string note;
};
using WisdomLookup = Lookup<CpuFigures>;
using DeviceWisdomLookup = Lookup<DeviceFigures>;
using HistoryLookup = Lookup<History>;

/// One file of wisdom. Each call opens the file, does one transaction and closes it: safe against other processes.
class Wisdom {
 public:
  explicit Wisdom(std::filesystem::path path) : path_(std::move(path)) {}

  /// Never throws for what the file is like.
  [[nodiscard]] WisdomLookup find(const std::string& fingerprint) const;

  /// Creates the file and its folder where they are missing. The history under the fingerprint goes: it is about
  /// predictions from other figures. Throws Error(io) naming the path.
  void record(const std::string& fingerprint, const std::string& processor, const CpuFigures& figures) const;

  /// Figures and history. False where nothing was known. Throws Error(io).
  [[nodiscard]] bool forget(const std::string& fingerprint) const;

  // The same for devices, which are in a table of their own.
  [[nodiscard]] DeviceWisdomLookup find_device(const std::string& fingerprint) const;
  void record_device(const std::string& fingerprint, const std::string& device, const DeviceFigures& figures) const;
  [[nodiscard]] bool forget_device(const std::string& fingerprint) const;

  /// Of one kind of run, as history_kind() names it. Never throws for what the file is like.
  [[nodiscard]] HistoryLookup find_history(const std::string& fingerprint, const std::string& kind) const;
  /// One more run: actual over predicted seconds. Of a fingerprint 500 kinds are kept. Throws Error(io).
  void add_to_history(const std::string& fingerprint, const std::string& kind, double ratio) const;

  /// All machines and devices, and their history, as one JSON document. Throws Error(io).
  [[nodiscard]] std::string export_json() const;

  /// Adds what export_json gave. Returns the number of machines and devices. Throws Error(bad_input) or Error(io).
  [[nodiscard]] std::size_t import_json(const std::string& document) const;

 private:
  std::filesystem::path path_;
};

}  // namespace basalt
