// Measures, judges whether the machine was quiet, records.
#include "basalt/tune.h"

#include <fmt/format.h>

#include <fstream>

#include "base/atomic_file.h"
#include "base/stopwatch.h"
#include "engine/measure_plane_visits.h"
#include "plan/wisdom.h"
#include "runtime/cpu/calibrate.h"

namespace basalt {
namespace {

/// Controls that differ by more than this say that the other figures do, too.
constexpr double kMostControlSpread = 0.1;
/// Waiting for a core, or for the hypervisor, for more than this share of the time: waking threads takes some of it.
constexpr double kMostWaitedShare = 0.1;

constexpr std::size_t kMostImportBytes = std::size_t{16} << 20;

std::optional<Error> judge(const Noise& noise) {
  const bool noisy = noise.control_spread > kMostControlSpread || noise.waited_share > kMostWaitedShare ||
                     noise.stolen_share > kMostWaitedShare;
  if (!noisy) {
    return std::nullopt;
  }
  return Error(ErrorCode::too_noisy,
               fmt::format("the machine is too noisy to record these figures: one computation, repeated, took times "
                           "that spread by {:.0f}% (at most {:.0f}% is quiet); its threads waited {:.1f}% of the time, "
                           "and {:.1f}% was stolen by the hypervisor (at most {:.0f}%)",
                           100 * noise.control_spread, 100 * kMostControlSpread, 100 * noise.waited_share,
                           100 * noise.stolen_share, 100 * kMostWaitedShare),
               "stop what else is running and try again, or record them all the same with --force");
}

}  // namespace

TuneReport tune(const TuneOptions& options, const TuneHooks& hooks) {
  const Stopwatch watch;
  const CancelToken never;
  TuneReport report;
  report.inventory = take_inventory();
  report.fingerprint = cpu_fingerprint(report.inventory);
  report.wisdom = wisdom_path(options.wisdom);
  Calibration calibration = calibrate(
      report.inventory,
      {.seconds = options.seconds,
       .cancel = hooks.cancel != nullptr ? *hooks.cancel : never,
       .on_progress = hooks.on_progress,
       .measure_more = [&](CalibrationRun& run,
                           CpuFigures& figures) { figures.plane_visits = measure_plane_visits(report.inventory, run); },
       .more_figures = count_plane_figures(report.inventory)});
  report.figures = std::move(calibration.figures);
  report.noise = calibration.noise;
  if (options.record) {
    report.refusal = options.force ? std::nullopt : judge(report.noise);
    if (!report.refusal) {
      try {
        Wisdom(report.wisdom).record(report.fingerprint, report.inventory.processor, report.figures);
        report.recorded = true;
      } catch (const Error& error) {  // what was measured is still worth showing
        report.refusal = error;
      }
    }
  }
  report.seconds = watch.seconds();
  return report;
}

WisdomStatus look_up_wisdom(const Inventory& inventory, const std::filesystem::path& path) {
  WisdomStatus status{.path = wisdom_path(path), .fingerprint = cpu_fingerprint(inventory), .figures = {}, .note = {}};
  WisdomLookup lookup = Wisdom(status.path).find(status.fingerprint);
  status.figures = std::move(lookup.figures);
  status.note = std::move(lookup.note);
  return status;
}

void export_wisdom(const std::filesystem::path& file, const std::filesystem::path& path) {
  const std::string document = Wisdom(wisdom_path(path)).export_json();
  AtomicFile out(file.string());
  out.write(document.data(), document.size());
  out.commit();
}

std::size_t import_wisdom(const std::filesystem::path& file, const std::filesystem::path& path) {
  std::ifstream in(file, std::ios::binary);
  std::string document(kMostImportBytes + 1, '\0');
  in.read(document.data(), static_cast<std::streamsize>(document.size()));
  document.resize(static_cast<std::size_t>(in.gcount()));
  if (document.empty()) {
    throw Error(ErrorCode::io, file.string() + " cannot be read, or is empty",
                "give a file that basalt tune --export wrote");
  }
  if (document.size() > kMostImportBytes) {
    throw Error(ErrorCode::bad_input, file.string() + " is too large for an export of wisdom",
                "give a file that basalt tune --export wrote");
  }
  return Wisdom(wisdom_path(path)).import_json(document);
}

bool forget_wisdom(const Inventory& inventory, const std::filesystem::path& path) {
  return Wisdom(wisdom_path(path)).forget(cpu_fingerprint(inventory));
}

}  // namespace basalt
