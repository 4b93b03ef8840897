// Names and what they stand for, while compiling.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workloads/quantum/input/source.h"
#include "workloads/quantum/input/value.h"

namespace basalt::quantum {

struct Symbol {
  enum class Role : std::uint8_t {
    constant,  ///< `value`: a const, or the addresses of qubits or of global bits (`reference`).
    slot,      ///< A variable in a slot; with `reference`, the slot holds addresses or a view.
    bits,      ///< Bits of the frame, from `index`.
    array,     ///< Storage `index`.
    def,       ///< Def `index`.
    operand,   ///< Operand `index` of the gate being defined.
  };
  Role role = Role::constant;
  Type type;
  Value value;
  std::uint32_t index = 0;
  bool reference = false;
  bool readonly = false;  ///< A readonly array parameter.
  Position position;
};

/// The scopes that are open, innermost last.
class Scopes {
 public:
  Scopes() { open(false); }

  /// `function`: of a gate or def, where only constants, gates and defs of the outside are visible.
  void open(bool function) { scopes_.push_back({function, {}}); }
  void close() { scopes_.pop_back(); }
  [[nodiscard]] bool global() const { return scopes_.size() == 1; }

  /// False if the innermost scope has that name already.
  bool declare(const std::string& name, Symbol symbol) {
    return scopes_.back().names.emplace(name, std::move(symbol)).second;
  }

  struct Found {
    const Symbol* symbol = nullptr;
    bool hidden = false;  ///< It exists outside, where the gate or def cannot see it.
  };
  [[nodiscard]] Found find(const std::string& name) const {
    bool outside = false;
    for (std::size_t i = scopes_.size(); i-- > 0;) {
      const Scope& scope = scopes_[i];
      if (const auto entry = scope.names.find(name); entry != scope.names.end()) {
        const Symbol& symbol = entry->second;
        const bool visible =
            symbol.role == Symbol::Role::def || (symbol.role == Symbol::Role::constant && !symbol.reference);
        return {&symbol, outside && !visible};
      }
      outside = outside || scope.function;
    }
    return {};
  }
  [[nodiscard]] const Symbol* innermost(const std::string& name) const {
    const auto entry = scopes_.back().names.find(name);
    return entry == scopes_.back().names.end() ? nullptr : &entry->second;
  }
  [[nodiscard]] std::vector<std::string_view> names() const {
    std::vector<std::string_view> all;
    for (const Scope& scope : scopes_) {
      for (const auto& entry : scope.names) {
        all.emplace_back(entry.first);
      }
    }
    return all;
  }

 private:
  struct Scope {
    bool function;
    std::unordered_map<std::string, Symbol> names;
  };
  std::vector<Scope> scopes_;
};

}  // namespace basalt::quantum
