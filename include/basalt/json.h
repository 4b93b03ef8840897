// Reports and errors as JSON: the same from every front end. The keys are a contract.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "basalt/bench.h"
#include "basalt/device_tune.h"
#include "basalt/engine.h"
#include "basalt/pattern_analysis.h"
#include "basalt/pattern_bench.h"
#include "basalt/pattern_sweep.h"
#include "basalt/plan.h"
#include "basalt/tune.h"

namespace basalt {

enum class JsonStyle : std::uint8_t {
  indented,  ///< Two blanks a level: for people.
  line,      ///< No line break: for JSON Lines.
};

// None of these ends with a line break. Text that is no UTF-8 has U+FFFD in place of its wrong bytes.

/// Writes entry by entry: a report may have millions of counts, which take many times their own memory as JSON values.
void write_json(std::ostream& out, const Report& report, JsonStyle style = JsonStyle::indented);

std::string json_of(const Report& report, JsonStyle style = JsonStyle::indented);

/// {"error": {"code", "message", "advice"}}, with "file", "line" and "column" where they are known.
std::string json_of(const Error& error, JsonStyle style = JsonStyle::indented);

/// What `basalt check` found in `file`.
std::string json_of(const std::string& file, const CheckResult& result, JsonStyle style = JsonStyle::indented);

/// What `basalt plan` printed would be: {"file", "qubits", "stages": [...], "predicted_seconds", "choices", ...}.
std::string json_of(const std::string& file, const PlanReport& report, JsonStyle style = JsonStyle::indented);

/// What a pattern run did: {"model", "parameters", "size", "step", "species": [...], "memory", "timing_seconds", ...}.
std::string json_of(const PatternReport& report, JsonStyle style = JsonStyle::indented);

/// What a sweep did: {"model", "ranges": [...], "points": [{"parameters": {...}, "done", "summary": [...],
/// "statistics"},
/// ...], "files", "workers", "seconds", ...}.
std::string json_of(const PatternSweepReport& report, JsonStyle style = JsonStyle::indented);

/// {"models": [{"name", "species", "equations", "parameters": [...], ...}]}.
std::string json_of(const std::vector<PatternModel>& models, JsonStyle style = JsonStyle::indented);

std::string json_of(const Devices& devices, JsonStyle style = JsonStyle::indented);

/// What `basalt tune` measured: {"processor", "fingerprint", "figures", "noise", "recorded", ...}, with "refusal" (as
/// an error) where the figures were not recorded though that was asked for.
std::string json_of(const TuneReport& report, JsonStyle style = JsonStyle::indented);

/// What `basalt tune --device` measured: {"device", "driver", "fingerprint", "figures", "recorded", ...}.
std::string json_of(const DeviceTuneReport& report, JsonStyle style = JsonStyle::indented);

/// What `basalt bench` measured: {"backend", "machine", "rows": [...], "notes"}; null for what is not known.
std::string json_of(const BenchReport& report, JsonStyle style = JsonStyle::indented);

/// What `basalt bench --workload patterns` measured: {"workload", "backend", "machine", "rows": [...], "notes"}.
std::string json_of(const PatternBenchReport& report, JsonStyle style = JsonStyle::indented);

/// What `basalt pattern analyse` found: {"model", "parameters", "states": [{"values", "kind", "instabilities",
/// "fastest", "dispersion": [{"wavenumber", "rates": [[re, im], ...]}, ...]}, ...], "critical": [...]}, and where they
/// were asked for "turing_hopf": [{"parameters", "state", "wavenumber", ...}, ...] and "leading": {"size", "states":
/// [{"eigenvalues": [{"value": [re, im], "residual"}, ...], ...}, ...], ...}; null for what is infinite.
std::string json_of(const PatternAnalysis& analysis, JsonStyle style = JsonStyle::indented);

}  // namespace basalt
