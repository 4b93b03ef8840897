// Readings of the process and their differences.
#include "basalt/usage.h"

#include <sys/resource.h>

#include <mutex>
#include <string>
#include <string_view>

#include "basalt/metrics.h"
#include "base/stopwatch.h"
#include "base/system_files.h"
#include "runtime/metrics/pressure.h"
#include "runtime/metrics/recent_usage.h"

namespace basalt {
namespace {

double seconds_of(const ::timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// An entry such as "VmHWM:    1234 kB".
std::optional<std::uint64_t> bytes_entry(const std::optional<std::string>& text, std::string_view key) {
  const std::optional<std::string_view> entry = text ? find_entry(*text, key) : std::nullopt;
  if (!entry || !entry->ends_with(" kB")) {
    return std::nullopt;
  }
  const std::optional<std::uint64_t> kibibytes = whole_number(entry->substr(0, entry->size() - 3));
  return kibibytes ? std::optional(*kibibytes * 1024) : std::nullopt;
}

/// What a field that grows has grown by; nothing where one reading lacks it.
template <typename Number>
Number growth(Number before, Number after) {
  return after < before ? Number{} : after - before;
}
template <typename Number>
std::optional<Number> growth(const std::optional<Number>& before, const std::optional<Number>& after) {
  return before && after ? std::optional(growth(*before, *after)) : std::nullopt;
}

template <MetricKind kind, typename Field>
Field change(const Field& before, const Field& after) {
  return kind == MetricKind::counter ? growth(before, after) : after;
}

void read_counters(Usage& usage) {
  ::rusage process{};
  ::getrusage(RUSAGE_SELF, &process);
  usage.user_seconds = seconds_of(process.ru_utime);
  usage.system_seconds = seconds_of(process.ru_stime);
  usage.minor_faults = static_cast<std::uint64_t>(process.ru_minflt);
  usage.major_faults = static_cast<std::uint64_t>(process.ru_majflt);
  usage.voluntary_switches = static_cast<std::uint64_t>(process.ru_nvcsw);
  usage.involuntary_switches = static_cast<std::uint64_t>(process.ru_nivcsw);
}

void read_files(const std::filesystem::path& root, Usage& usage) {
  const std::optional<std::string> status = read_system_file(root / "proc/self/status");
  usage.resident_bytes = bytes_entry(status, "VmRSS:");
  usage.peak_resident_bytes = bytes_entry(status, "VmHWM:");
  metrics::read_pressure(root, usage);
}

/// The files of the living /proc as they were last read.
struct LastReading {
  std::mutex mutex;
  Usage usage;
  std::optional<Stopwatch> age;
};

}  // namespace

Usage take_usage(bool with_huge_pages, const std::filesystem::path& root) {
  Usage usage;
  read_counters(usage);
  read_files(root, usage);
  if (with_huge_pages) {
    usage.huge_page_bytes = bytes_entry(read_system_file(root / "proc/self/smaps_rollup"), "AnonHugePages:");
  }
  return usage;
}

// Never destroyed: jobs may run while a process exits.
Usage metrics::recent_usage(const std::filesystem::path& root, double most_seconds_ago) {
  if (root != "/") {
    return take_usage(false, root);
  }
  static auto* const last = new LastReading;
  const std::scoped_lock lock(last->mutex);
  if (!last->age || last->age->seconds() > most_seconds_ago) {
    read_files(root, last->usage);
    last->age.emplace();
  }
  read_counters(last->usage);
  return last->usage;
}

Usage difference(const Usage& before, const Usage& after) {
  Usage result = after;
#define BASALT_USAGE(field, kind, name, help) result.field = change<MetricKind::kind>(before.field, after.field);
#include "runtime/metrics/names.def"
  return result;
}

}  // namespace basalt
