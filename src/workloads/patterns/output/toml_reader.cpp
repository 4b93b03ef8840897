#include "workloads/patterns/output/toml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "basalt/error.h"
#include "base/locate.h"
#include "base/nearest.h"
#include "base/printable.h"

namespace basalt::patterns {
namespace {

/// What messages call a value of a type.
std::string_view title_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

}  // namespace

void TomlText::fail(const toml::source_region& where, const std::string& message, const std::string& advice) const {
  throw Error(ErrorCode::bad_input, message, advice,
              locate(name, text, offset_of(text, where.begin.line, where.begin.column)));
}

void TomlReader::refuse_type(const toml::node& node, const std::string& key, const std::string& wanted) const {
  text_.fail(node.source(), fmt::format("{} is {}", key, title_of(node.type())), fmt::format("give {}", wanted));
}

void TomlReader::refuse_others() const {
  for (const auto& [key, node] : table_) {
    if (std::find(keys_.begin(), keys_.end(), key.str()) == keys_.end()) {
      const std::string near = nearest_name(key.str(), keys_);
      text_.fail(key.source(), fmt::format("there is no key {}", in_quotes(prefix_ + std::string(key.str()))),
                 near.empty() ? fmt::format("the keys here are {}", fmt::join(keys_, ", "))
                              : fmt::format("did you mean {}?", near));
    }
  }
}

const toml::table& TomlReader::table(const toml::node& node, const std::string& key) const {
  if (!node.is_table()) {
    refuse_type(node, key, fmt::format("a table: [{}] and its keys below", key));
  }
  return *node.as_table();
}

const toml::array& TomlReader::array(const toml::node& node, const std::string& key) const {
  if (!node.is_array()) {
    refuse_type(node, key, "a list, e.g. [1, 2]");
  }
  return *node.as_array();
}

void TomlReader::read(const toml::node& node, const std::string& key, std::string& value) const {
  if (!node.is_string()) {
    refuse_type(node, key, "a string in quotation marks");
  }
  value = node.as_string()->get();
}

void TomlReader::read(const toml::node& node, const std::string& key, double& value) const {
  if (node.is_integer()) {
    value = static_cast<double>(node.as_integer()->get());
  } else if (node.is_floating_point()) {
    value = node.as_floating_point()->get();
  } else {
    refuse_type(node, key, "a number");
  }
  if (!std::isfinite(value)) {
    text_.fail(node.source(), fmt::format("{} is {}", key, value), "give a finite number");
  }
}

void TomlReader::read(const toml::node& node, const std::string& key, bool& value) const {
  if (!node.is_boolean()) {
    refuse_type(node, key, "true or false");
  }
  value = node.as_boolean()->get();
}

std::int64_t TomlReader::whole_number(const toml::node& node, const std::string& key, std::int64_t least,
                                      std::int64_t most) const {
  if (!node.is_integer()) {
    refuse_type(node, key, "a whole number");
  }
  const std::int64_t number = node.as_integer()->get();
  if (number < least || number > most) {
    text_.fail(node.source(), fmt::format("{} is {}", key, number), fmt::format("give {} to {}", least, most));
  }
  return number;
}

std::uint64_t TomlReader::whole_number(const toml::node& node, const std::string& key) const {
  if (node.is_string()) {
    const std::string& digits = node.as_string()->get();
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc() && end == digits.data() + digits.size()) {
      return number;
    }
    text_.fail(node.source(), fmt::format("{} is {}", key, in_quotes(digits)),
               "give a whole number; one beyond 2^63 - 1 as a string of its digits");
  }
  return static_cast<std::uint64_t>(whole_number(node, key, 0, std::numeric_limits<std::int64_t>::max()));
}

std::size_t TomlReader::choose(const toml::node& node, const std::string& key,
                               const std::vector<std::string_view>& names) const {
  std::string chosen;
  read(node, key, chosen);
  const auto found = std::find(names.begin(), names.end(), chosen);
  if (found == names.end()) {
    const std::string near = nearest_name(chosen, names);
    text_.fail(
        node.source(), fmt::format("there is no {} {}", key, in_quotes(chosen)),
        near.empty() ? fmt::format("give one of {}", fmt::join(names, ", ")) : fmt::format("did you mean {}?", near));
  }
  return static_cast<std::size_t>(found - names.begin());
}

void TomlReader::read(const toml::node& node, const std::string& key, std::map<std::string, double>& values) const {
  for (const auto& [name, element] : table(node, key)) {
    const std::string text(name.str());
    read(element, fmt::format("{}.{}", key, printable(text, 60)), values[text]);
  }
}

void TomlReader::read(const toml::node& node, const std::string& key, std::map<std::string, ParameterMap>& maps) const {
  for (const auto& [name, element] : table(node, key)) {
    const std::string text(name.str());
    const std::string element_key = fmt::format("{}.{}", key, printable(text, 60));
    TomlReader reader(text_, table(element, element_key), element_key + '.');
    visit_map(maps[text], reader);
    reader.refuse_others();
  }
}

void TomlReader::read(const toml::node& node, const std::string& key, InitialState& initial) const {
  TomlReader reader(text_, table(node, key), key + '.');
  visit_initial(initial, reader);
  reader.refuse_others();
}

void TomlReader::read(const toml::node& node, const std::string& key, Side& side) const {
  TomlReader reader(text_, table(node, key), key + '.');
  visit_side(side, reader);
  reader.refuse_others();
}

void TomlReader::read(const toml::node& node, const std::string& key, SweepRange& range) const {
  TomlReader reader(text_, table(node, key), key + '.');
  visit_range(range, reader);
  reader.refuse_others();
}

void TomlReader::read(const toml::node& node, const std::string& key, std::array<Side, 2>& ends) const {
  TomlReader reader(text_, table(node, key), key + '.');
  for (std::size_t end = 0; end < ends.size(); ++end) {
    reader(kEndNames[end], ends[end]);
  }
  reader.refuse_others();
}

void TomlReader::read(const toml::node& node, const std::string& key, std::array<std::array<Side, 2>, 3>& sides) const {
  TomlReader reader(text_, table(node, key), key + '.');
  for (std::size_t axis = 0; axis < sides.size(); ++axis) {
    reader(kAxisNames[axis], sides[axis]);
  }
  reader.refuse_others();
}

}  // namespace basalt::patterns
