#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "basalt/error.h"
#include "basalt/pattern_file.h"
#include "base/printable.h"
#include "workloads/patterns/output/toml_reader.h"
#include "workloads/patterns/sides.h"
#include "workloads/patterns/stability.h"

namespace basalt {
namespace patterns {
namespace {

SourceLocation in_file(const std::string& name) {
  SourceLocation where;
  where.file = name;
  return where;
}

/// Refuses what no run would take, at its place: the checks are those of the run.
class Checks {
 public:
  Checks(const TomlText& text, const toml::table& root) : text_(text), root_(root) {}

  void run(const PatternRequest& request) const {
    if (request.model.empty()) {
      throw Error(ErrorCode::bad_input, "the file names no model", "add a line such as model = \"gray-scott\"",
                  in_file(text_.name));
    }
    const Model model = at("model", [&] { return make_model(request.model, {}); });
    for (const auto& [name, value] : request.parameters) {
      at("parameters", name, [&, &parameter = name, &number = value] {
        make_model(request.model, {{parameter, number}});
      });
    }
    for (const auto& [name, map] : request.maps) {
      at("maps", name, [&, &parameter = name] { make_model(request.model, {{parameter, 0}}); });
      if (map.axis.empty() == map.file.empty()) {
        fail("maps", fmt::format("{} varies {}", in_quotes(name), map.axis.empty() ? "nowhere" : "in two ways"),
             "give an axis, or a file");
      }
    }
    const double spacing = request.spacing.value_or(model.description().spacing);
    at("spacing", [&] { make_grid({kLeastCells}, spacing); });
    const Grid grid = at("size", [&] { return make_grid(request.size, spacing); });
    at("sides", [&] { make_ghosts(request, model, grid); });
    at(request.tolerance ? "tolerance" : "integrator", [&] { check_integrator(request, grid); });
    if (request.step && *request.step <= 0) {
      fail("step", fmt::format("a step of {} goes nowhere", *request.step), "give one above 0");
    }
    if (request.threads && *request.threads < 1) {
      fail("threads", fmt::format("nothing runs on {} threads", *request.threads), "give 1 or more");
    }
    check_initial(request.initial, model);
  }

 private:
  void check_initial(const InitialState& initial, const Model& model) const {
    if (!initial.values.empty() && initial.values.size() != model.species()) {
      fail("initial", fmt::format("{} values for {} species", initial.values.size(), model.species()),
           "give a value for each species, or none");
    }
    if (initial.noise && *initial.noise < 0) {
      fail("initial", fmt::format("noise of ±{} is none", *initial.noise), "give 0 or more");
    }
  }

  /// The place of a key; of the whole file where it is not there.
  [[nodiscard]] const toml::node& place(std::string_view key) const {
    const toml::node* node = root_.get(key);
    return node != nullptr ? *node : root_;
  }
  [[noreturn]] void fail(std::string_view key, const std::string& message, const std::string& advice) const {
    text_.fail(place(key).source(), message, advice);
  }
  template <typename Check>
  std::invoke_result_t<Check> located(const toml::node& node, Check check) const {
    try {
      return check();
    } catch (const Error& error) {
      text_.fail(node.source(), error.message(), error.advice());
    }
  }
  template <typename Check>
  std::invoke_result_t<Check> at(std::string_view key, Check check) const {
    return located(place(key), check);
  }
  template <typename Check>
  void at(std::string_view key, std::string_view name, Check check) const {
    located(*root_[key].as_table()->get(name), check);
  }

  const TomlText& text_;
  const toml::table& root_;
};

/// Reads a request by action(reader), which visits what the file may hold, and checks it.
template <typename Action>
void read_file(const std::string& text, const std::string& name, const PatternRequest& request, Action action) {
  if (text.size() > kMaxPatternFileBytes) {
    throw Error(ErrorCode::bad_input, fmt::format("a file of {} bytes describes no run", text.size()),
                fmt::format("give at most {}", kMaxPatternFileBytes), in_file(name));
  }
  const TomlText file{text, name};
  toml::table root;
  try {
    root = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    file.fail(error.source(), std::string(error.description()), "this is no TOML (https://toml.io)");
  }
  TomlReader reader(file, root, "");
  action(reader);
  reader.refuse_others();
  Checks(file, root).run(request);
}

}  // namespace
}  // namespace patterns

PatternRequest read_pattern_toml(const std::string& text, const std::string& name) {
  PatternRequest request;
  patterns::read_file(text, name, request,
                      [&](patterns::TomlReader& reader) { patterns::visit_request(request, reader); });
  return request;
}

PatternSweepRequest read_pattern_sweep_toml(const std::string& text, const std::string& name) {
  PatternSweepRequest sweep;
  patterns::read_file(text, name, sweep.pattern, [&](patterns::TomlReader& reader) {
    patterns::visit_request(sweep.pattern, reader);
    reader("sweep", sweep.ranges);
  });
  sweep.batch.output = std::exchange(sweep.pattern.output, {});
  return sweep;
}

}  // namespace basalt
