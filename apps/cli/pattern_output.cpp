#include "pattern_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "basalt/inventory.h"
#include "checkpoint_options.h"
#include "print.h"

namespace basalt::cli {
namespace {

std::string place_of(const PatternReport& report) {
  if (report.device) {
    return fmt::format("{} ({}, {}, {} step{} a visit)", report.device->name, report.backend, report.device->driver,
                       report.steps_per_visit, report.steps_per_visit == 1 ? "" : "s");
  }
  return fmt::format("{} ({}, {} thread{})", report.backend, report.instruction_set, report.threads,
                     report.threads == 1 ? "" : "s");
}

std::string wavelength_text(const std::optional<double>& wavelength) {
  return wavelength ? fmt::format("{:.6g}", *wavelength) : "-";
}

void print_statistics(const PatternStatistics& statistics) {
  print("");
  print(fmt::format("  {:<8}{:>13}{:>13}{:>22}{:>18}", "species", "mass", "at first", "dominant wavelength",
                    "mean wavelength"));
  for (const SpeciesStatistics& species : statistics.species) {
    print(fmt::format("  {:<8}{:>13.6g}{:>13.6g}{:>22}{:>18}", species.name, species.mass, species.mass_at_first,
                      wavelength_text(species.dominant_wavelength), wavelength_text(species.mean_wavelength)));
  }
  print(fmt::format("  {}: {}{}; change {:.3g}, area {:.3g}, Euler characteristic {:g}, roundness {:.3g}",
                    statistics.classified, name_of(statistics.kind), statistics.changing ? ", changing" : ", at rest",
                    statistics.temporal_change, statistics.area_fraction, statistics.euler_characteristic,
                    statistics.roundness));
  if (statistics.energy) {
    print(fmt::format("  energy {:.8g}, at first {:.8g}", *statistics.energy, statistics.energy_at_first.value_or(0)));
  }
}

}  // namespace

void print_pattern(const PatternReport& report, bool quiet) {
  print(heading(fmt::format("{}  {} cells, {} steps", report.model, fmt::join(report.size, " x "), report.steps)));
  print(fmt::format("  {:<8}{:>13}{:>13}{:>13}{:>13}", "species", "mean", "least", "most", "deviation"));
  for (const SpeciesSummary& species : report.species) {
    print(fmt::format("  {:<8}{:>13.6g}{:>13.6g}{:>13.6g}{:>13.6g}", species.name, species.mean, species.least,
                      species.most, species.deviation));
  }
  if (report.statistics) {
    print_statistics(*report.statistics);
  }
  if (quiet) {
    return;
  }
  double cells = static_cast<double>(report.steps - report.first_step);
  for (const std::uint64_t size : report.size) {
    cells *= static_cast<double>(size);
  }
  const double seconds = report.timing.execute;
  print("");
  const std::string largest = std::isfinite(report.largest_stable_step)
                                  ? fmt::format(" (largest stable {:.4g})", report.largest_stable_step)
                                  : std::string();
  print(fmt::format("  time {:g} in steps of {:g}{}, {}, stencil {}, {} precision", report.time, report.step, largest,
                    name_of(report.integrator), name_of(report.stencil),
                    report.precision == Precision::single_precision ? "single" : "double"));
  if (report.adaptive) {
    const AdaptiveSteps& steps = *report.adaptive;
    print(fmt::format("  {} steps of {:.3g} to {:.3g} within a tolerance of {:g}, {} more rejected", steps.accepted,
                      steps.shortest, steps.longest, steps.tolerance, steps.rejected));
  }
  print(fmt::format("  {} on {}: {:.3g} million cells updated a second", format_seconds(seconds), place_of(report),
                    seconds > 0 ? cells / seconds / 1e6 : 0));
  if (report.device && !report.choice.empty()) {
    print("  chosen: " + report.choice);  // that the CPU runs what is small surprises nobody
  }
  print(
      fmt::format("  memory {} of {} ({}){}", format_bytes(report.memory.peak_bytes),
                  format_bytes(report.memory.limit_bytes), report.memory.limit_source,
                  report.device ? fmt::format(", and {} of the device", format_bytes(report.device->peak_bytes)) : ""));
  if (report.checkpoints) {
    print("  " + describe_checkpoints(*report.checkpoints, report.timing.total));
  }
  if (!report.files.empty()) {
    print(fmt::format("  {} files, the last {}", report.files.size(), report.files.back()));
  }
}

}  // namespace basalt::cli
