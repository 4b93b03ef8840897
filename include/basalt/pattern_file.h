// Runs of patterns as TOML files.
//
//   model = "gray-scott"
//   size = [1024, 1024]
//   steps = 20000
//
//   [parameters]
//   F = 0.062
//   k = 0.0609
//
//   [initial]
//   kind = "spots"
//
//   [sides.x.first]
//   kind = "robin"
//   alpha = 1.0
//   beta = 0.5
//
// Keys are the names of PatternRequest's members, values what they hold; a whole number beyond 2^63 − 1, which TOML
// does not know, is a string of its digits. Precisions are "single" (f32) and "double" (f64).
#pragma once

#include <string>

#include "basalt/pattern.h"
#include "basalt/pattern_sweep.h"

namespace basalt {

/// The largest file that is read.
inline constexpr std::size_t kMaxPatternFileBytes = std::size_t{1} << 20;

/// What the file does not say is as in PatternRequest; `name` is what messages call it. Throws Error(bad_input) with
/// line and column for a text that is no TOML, a key that there is not (with the nearest that there is), a value of
/// another type or out of its range, and a model, parameters, sizes or sides that no run would take. Whether the step
/// is stable is left to the run.
PatternRequest read_pattern_toml(const std::string& text, const std::string& name);

/// The same of a sweep, which has a table more for each range:
///
///   [[sweep]]
///   parameter = "F"
///   from = 0.01
///   to = 0.08
///   points = 15
///
/// `output` is the folder of the sweep.
PatternSweepRequest read_pattern_sweep_toml(const std::string& text, const std::string& name);

/// A text of which read_pattern_sweep_toml() makes the same pattern, ranges and output.
std::string write_pattern_sweep_toml(const PatternSweepRequest& request);

/// A text of which read_pattern_toml() makes the same request, where it is one that a run would take. Throws
/// Error(bad_usage) for names that are not UTF-8.
std::string write_pattern_toml(const PatternRequest& request);

}  // namespace basalt
