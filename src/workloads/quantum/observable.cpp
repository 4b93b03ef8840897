#include "workloads/quantum/observable.h"

#include <cassert>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <set>

#include "basalt/error.h"

namespace basalt::quantum {
namespace {

class ObservableParser {
 public:
  ObservableParser(const std::string& text, Qubit qubit_count, const std::string& file, std::uint32_t line)
      : text_(text), qubit_count_(qubit_count), file_(file), line_(line) {}

  PauliSum run() {
    PauliSum result{.name = text_, .terms = {}};
    skip_blanks();
    if (at_end()) {
      fail("the observable is empty");
    }
    do {
      result.terms.push_back(read_term(read_sign()));
      skip_blanks();
    } while (!at_end());
    return result;
  }

 private:
  double read_sign() {
    skip_blanks();
    const bool first = terms_read_++ == 0;
    if (!at_end() && (peek() == '+' || peek() == '-')) {
      return text_[position_++] == '-' ? -1.0 : 1.0;
    }
    if (!first) {
      fail(std::string("expected '+', '-' or '*' before '") + peek() + "'");
    }
    return 1.0;
  }

  PauliProduct read_term(double sign) {
    PauliProduct term{.coefficient = sign, .factors = {}};
    in_term_.clear();
    bool number_read = false;
    bool any = false;
    for (;;) {
      skip_blanks();
      if (at_end()) {
        break;
      }
      const char c = peek();
      if (!number_read && !any && (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.')) {
        term.coefficient *= read_number();
        number_read = true;
      } else if (c == 'I' || c == 'X' || c == 'Y' || c == 'Z') {
        read_factor(term);
        any = true;
      } else {
        break;
      }
      skip_blanks();
      if (!at_end() && peek() == '*') {
        ++position_;
        skip_blanks();
        if (at_end() || (peek() != 'I' && peek() != 'X' && peek() != 'Y' && peek() != 'Z')) {
          fail("expected I, X, Y or Z after '*'");
        }
      }
    }
    if (!number_read && !any) {
      fail(at_end() ? "a term is missing at the end"
                    : std::string("expected a number, I, X, Y or Z, found '") + peek() + "'");
    }
    return term;
  }

  double read_number() {
    double value = 0;
    const char* begin = text_.data() + position_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || !std::isfinite(value)) {
      fail("the number is not one that Basalt can hold");
    }
    position_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  void read_factor(PauliProduct& term) {
    const std::size_t start = position_;
    const char pauli = text_[position_++];
    if (at_end() || std::isdigit(static_cast<unsigned char>(peek())) == 0) {
      if (pauli == 'I') {
        return;
      }
      fail(std::string("'") + pauli + "' needs a qubit number, as in " + pauli + "0");
    }
    std::uint64_t qubit = 0;
    const char* begin = text_.data() + position_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), qubit);
    position_ += static_cast<std::size_t>(end - begin);
    if (error != std::errc() || qubit >= qubit_count_) {
      const std::string factor = text_.substr(start, position_ - start);
      position_ = start;
      fail(factor + " is outside the circuit, which has " + std::to_string(qubit_count_) +
           (qubit_count_ == 1 ? " qubit" : " qubits, 0 to " + std::to_string(qubit_count_ - 1)));
    }
    if (pauli == 'I') {
      return;
    }
    if (!in_term_.insert(static_cast<Qubit>(qubit)).second) {
      position_ = start;
      fail("qubit " + std::to_string(qubit) + " stands twice in one term");
    }
    term.factors.push_back({.qubit = static_cast<Qubit>(qubit), .x = pauli != 'Z', .z = pauli != 'X'});
  }

  void skip_blanks() {
    while (!at_end() && std::isspace(static_cast<unsigned char>(peek())) != 0) {
      ++position_;
    }
  }
  [[nodiscard]] bool at_end() const { return position_ >= text_.size(); }
  [[nodiscard]] char peek() const { return text_[position_]; }

  [[noreturn]] void fail(const std::string& problem) const {
    constexpr std::size_t kContext = 60;
    const std::size_t begin = position_ > kContext ? position_ - kContext : 0;
    SourceLocation where{.file = file_.empty() ? "--observable" : file_,
                         .line = line_,
                         .column = static_cast<std::uint32_t>(position_ + 1),
                         .source_line = text_.substr(begin, 2 * kContext),
                         .caret = static_cast<std::uint32_t>(position_ - begin)};
    throw Error(file_.empty() ? ErrorCode::bad_usage : ErrorCode::bad_input, problem,
                "write a sum of Pauli strings, for example \"0.5*Z0*Z1 + X3\"", where);
  }

  const std::string& text_;
  Qubit qubit_count_;
  const std::string& file_;
  std::uint32_t line_;
  std::size_t position_ = 0;
  int terms_read_ = 0;
  std::set<Qubit> in_term_;
};

std::string trimmed(const std::string& line) {
  const std::string content = line.substr(0, line.find('#'));
  const auto begin = content.find_first_not_of(" \t\r");
  return begin == std::string::npos ? std::string()
                                    : content.substr(begin, content.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

PauliSum parse_pauli_sum(const std::string& text, Qubit qubit_count) {
  return ObservableParser(text, qubit_count, {}, 1).run();
}

Observable masks_of(const PauliSum& sum) {
  Observable result{.name = sum.name, .terms = {}};
  result.terms.reserve(sum.terms.size());
  for (const PauliProduct& product : sum.terms) {
    PauliTerm& term = result.terms.emplace_back(PauliTerm{.coefficient = product.coefficient});
    for (const PauliFactor& factor : product.factors) {
      assert(factor.qubit < 64);
      const std::uint64_t mask = std::uint64_t{1} << factor.qubit;
      term.x_mask |= factor.x ? mask : 0;
      term.z_mask |= factor.z ? mask : 0;
    }
  }
  return result;
}

Observable parse_observable(const std::string& text, Qubit qubit_count) {
  return masks_of(parse_pauli_sum(text, qubit_count));
}

std::vector<PauliSum> read_pauli_sums(const std::string& path, Qubit qubit_count) {
  std::ifstream file(path);
  if (!file) {
    throw Error(ErrorCode::bad_input, "cannot read the observables in '" + path + "'", "check the name of the file");
  }
  std::vector<PauliSum> result;
  std::string line;
  for (std::uint32_t number = 1; std::getline(file, line); ++number) {
    const std::string text = trimmed(line);
    if (text.empty()) {
      continue;
    }
    PauliSum observable = ObservableParser(text, qubit_count, path, number).run();
    if (!result.empty() && (text.front() == '+' || text.front() == '-')) {
      result.back().name += ' ' + observable.name;
      result.back().terms.insert(result.back().terms.end(), observable.terms.begin(), observable.terms.end());
    } else {
      result.push_back(std::move(observable));
    }
  }
  if (result.empty()) {
    throw Error(ErrorCode::bad_input, "'" + path + "' holds no observable",
                "write one a line, for example: 0.5*Z0*Z1 + X3");
  }
  return result;
}

}  // namespace basalt::quantum
