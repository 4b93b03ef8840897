// Values of a TOML table into members, each checked for its type and range, with the place of what is refused.
#pragma once

// What the library asserts, or assumes where NDEBUG is set, broken files do not keep; it finds the error right after.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(condition) static_assert(true)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/patterns/output/toml_fields.h"

namespace basalt::patterns {

/// The text of a file, for messages.
struct TomlText {
  const std::string& text;
  const std::string& name;

  /// Throws Error(bad_input) at a place of the text.
  [[noreturn]] void fail(const toml::source_region& where, const std::string& message, const std::string& advice) const;
};

/// A visitor of toml_fields.h: what the table does not hold stays as it is.
class TomlReader {
 public:
  /// `prefix` goes before keys in messages: "initial.".
  TomlReader(const TomlText& text, const toml::table& table, std::string prefix)
      : text_(text), table_(table), prefix_(std::move(prefix)) {}

  template <typename Value>
  void operator()(std::string_view key, Value& value) {
    keys_.push_back(key);
    if (const toml::node* node = table_.get(key)) {
      read(*node, prefix_ + std::string(key), value);
    }
  }

  /// Once all members were visited: refuses keys that none has, with the nearest that one has.
  void refuse_others() const;

 private:
  void read(const toml::node& node, const std::string& key, std::string& value) const;
  void read(const toml::node& node, const std::string& key, double& value) const;
  void read(const toml::node& node, const std::string& key, bool& value) const;
  void read(const toml::node& node, const std::string& key, std::map<std::string, double>& values) const;
  void read(const toml::node& node, const std::string& key, std::map<std::string, ParameterMap>& maps) const;
  void read(const toml::node& node, const std::string& key, InitialState& initial) const;
  void read(const toml::node& node, const std::string& key, Side& side) const;
  void read(const toml::node& node, const std::string& key, SweepRange& range) const;
  void read(const toml::node& node, const std::string& key, std::array<Side, 2>& ends) const;
  void read(const toml::node& node, const std::string& key, std::array<std::array<Side, 2>, 3>& sides) const;

  template <typename Value>
  void read(const toml::node& node, const std::string& key, std::optional<Value>& value) const {
    read(node, key, value.emplace());
  }
  template <typename Value>
  void read(const toml::node& node, const std::string& key, std::vector<Value>& values) const {
    values.clear();
    for (const toml::node& element : array(node, key)) {
      read(element, key, values.emplace_back());
    }
  }
  template <std::integral Number>
  void read(const toml::node& node, const std::string& key, Number& value) const {
    if constexpr (sizeof(Number) == sizeof(std::uint64_t)) {
      value = whole_number(node, key);
    } else {
      value = static_cast<Number>(
          whole_number(node, key, std::numeric_limits<Number>::min(), std::numeric_limits<Number>::max()));
    }
  }
  template <typename Choice>
  requires std::is_enum_v<Choice>
  void read(const toml::node& node, const std::string& key, Choice& value) const {
    std::vector<std::string_view> names;
    names.reserve(kChoices<Choice>.size());
    for (const Choice choice : kChoices<Choice>) {
      names.push_back(text_of(choice));
    }
    value = kChoices<Choice>[choose(node, key, names)];
  }

  [[nodiscard]] const toml::table& table(const toml::node& node, const std::string& key) const;
  [[nodiscard]] const toml::array& array(const toml::node& node, const std::string& key) const;
  [[nodiscard]] std::uint64_t whole_number(const toml::node& node, const std::string& key) const;
  [[nodiscard]] std::int64_t whole_number(const toml::node& node, const std::string& key, std::int64_t least,
                                          std::int64_t most) const;
  [[nodiscard]] std::size_t choose(const toml::node& node, const std::string& key,
                                   const std::vector<std::string_view>& names) const;
  [[noreturn]] void refuse_type(const toml::node& node, const std::string& key, const std::string& wanted) const;

  const TomlText& text_;
  const toml::table& table_;
  std::string prefix_;
  std::vector<std::string_view> keys_;
};

}  // namespace basalt::patterns
