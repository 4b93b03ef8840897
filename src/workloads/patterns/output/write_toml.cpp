#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "basalt/error.h"
#include "basalt/pattern_file.h"
#include "base/printable.h"
#include "workloads/patterns/output/toml_fields.h"

namespace basalt {
namespace patterns {
namespace {

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = decode_utf8(text, i);
    if (!point.valid) {
      throw Error(ErrorCode::bad_usage, fmt::format("{} is not UTF-8", in_quotes(text)),
                  "give a name that a TOML file can hold");
    }
    if (point.value < 0x20 || point.value == 0x7F) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(point.value));
    } else {
      quoted += point.value == '"' || point.value == '\\' ? "\\" : "";
      quoted += text.substr(i, point.length);
    }
    i += point.length;
  }
  return quoted + '"';
}

bool is_bare(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

class Writer {
 public:
  template <typename Value>
  void operator()(std::string_view key, const Value& value) {
    text_ += fmt::format("{} = {}\n", is_bare(key) ? std::string(key) : quote(key), literal(value));
  }
  template <typename Value>
  void operator()(std::string_view key, const std::optional<Value>& value) {
    if (value) {
      (*this)(key, *value);
    }
  }
  void operator()(std::string_view key, const std::map<std::string, double>& values) {
    if (!values.empty()) {
      begin(std::string(key));
    }
    for (const auto& [name, value] : values) {
      (*this)(name, value);
    }
  }
  void operator()(std::string_view key, const std::vector<SweepRange>& ranges) {
    for (const SweepRange& range : ranges) {
      begin(fmt::format("[{}]", key));
      visit_range(range, *this);
    }
  }
  void operator()(std::string_view key, const std::map<std::string, ParameterMap>& maps) {
    for (const auto& [name, map] : maps) {
      begin(fmt::format("{}.{}", key, is_bare(name) ? name : quote(name)));
      visit_map(map, *this);
    }
  }
  void operator()(std::string_view key, const InitialState& initial) {
    begin(std::string(key));
    visit_initial(initial, *this);
  }
  void operator()(std::string_view key, const std::array<std::array<Side, 2>, 3>& sides) {
    for (std::size_t axis = 0; axis < sides.size(); ++axis) {
      for (std::size_t end = 0; end < sides[axis].size(); ++end) {
        if (!(sides[axis][end] == Side{})) {
          begin(fmt::format("{}.{}.{}", key, kAxisNames[axis], kEndNames[end]));
          visit_side(sides[axis][end], *this);
        }
      }
    }
  }

  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  void begin(const std::string& table) { text_ += fmt::format("\n[{}]\n", table); }

  static std::string literal(const std::string& value) { return quote(value); }
  static std::string literal(bool value) { return value ? "true" : "false"; }
  static std::string literal(double value) {
    const std::string digits = fmt::format("{}", value);
    return digits.find_first_not_of("-0123456789") == std::string::npos ? digits + ".0" : digits;
  }
  template <typename Value>
  static std::string literal(const Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      return quote(text_of(value));
    } else {
      const bool in_toml = value <= Value{} ||
                           static_cast<std::uint64_t>(value) <= std::uint64_t{std::numeric_limits<std::int64_t>::max()};
      const std::string digits = std::to_string(value);
      return in_toml ? digits : quote(digits);
    }
  }
  template <typename Value>
  static std::string literal(const std::vector<Value>& values) {
    std::string list = "[";
    for (const Value& value : values) {
      list += (list.size() == 1 ? "" : ", ") + literal(value);
    }
    return list + ']';
  }

  std::string text_;
};

}  // namespace
}  // namespace patterns

std::string write_pattern_sweep_toml(const PatternSweepRequest& request) {
  patterns::Writer writer;
  PatternRequest pattern = request.pattern;
  pattern.output = request.batch.output;
  patterns::visit_request(std::as_const(pattern), writer);
  writer("sweep", request.ranges);
  return std::move(writer).text();
}

std::string write_pattern_toml(const PatternRequest& request) {
  patterns::Writer writer;
  patterns::visit_request(request, writer);
  return std::move(writer).text();
}

}  // namespace basalt
