#include "base/npy.h"

#include <charconv>
#include <optional>

#include "basalt/error.h"
#include "base/printable.h"

namespace basalt {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxAxes = 32;  // as in NumPy

/// Reads the header's literal: a dictionary of strings, True, False and tuples of whole numbers, nothing nested.
class Literal {
 public:
  Literal(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  NpyHeader read() {
    NpyHeader header;
    std::optional<std::string_view> type;
    std::optional<bool> fortran_order;
    bool has_shape = false;
    expect('{');
    while (!take('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && !type) {
        type = string();
      } else if (key == "fortran_order" && !fortran_order) {
        fortran_order = boolean();
      } else if (key == "shape" && !has_shape) {
        header.shape = tuple();
        has_shape = true;
      } else {
        fail("has the key " + in_quotes(key) + ", unknown or twice");
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    if (!type || !fortran_order || !has_shape) {
      fail("lacks 'descr', 'fortran_order' or 'shape'");
    }
    header.type = *type;
    header.fortran_order = *fortran_order;
    return header;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_input, "the header of '" + name_ + "' " + what, "give a file that numpy.save wrote");
  }

 private:
  void skip_blanks() {
    while (next_ < text_.size() && (text_[next_] == ' ' || text_[next_] == '\t' || text_[next_] == '\n')) {
      ++next_;
    }
  }
  bool take(char wanted) {
    skip_blanks();
    if (next_ < text_.size() && text_[next_] == wanted) {
      ++next_;
      return true;
    }
    return false;
  }
  void expect(char wanted) {
    if (!take(wanted)) {
      fail(std::string("has no ") + wanted + " where one belongs");
    }
  }
  std::string_view string() {
    skip_blanks();
    const char quote = next_ < text_.size() ? text_[next_] : ' ';
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, next_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      // An element type of several fields is a list.
      fail("has no string where one belongs; arrays of records are not read");
    }
    const std::string_view found = text_.substr(next_ + 1, end - next_ - 1);
    next_ = end + 1;
    return found;
  }
  bool boolean() {
    skip_blanks();
    for (const std::string_view word : {std::string_view("True"), std::string_view("False")}) {
      if (text_.substr(next_).starts_with(word)) {
        next_ += word.size();
        return word == "True";
      }
    }
    fail("says of 'fortran_order' neither True nor False");
  }
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> numbers;
    expect('(');
    while (!take(')')) {
      skip_blanks();
      std::uint64_t number = 0;
      const char* begin = text_.data() + next_;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
      if (error != std::errc() || numbers.size() == kMaxAxes) {
        fail("has no shape");
      }
      next_ += static_cast<std::size_t>(end - begin);
      take('L');  // as Python 2 wrote long numbers
      numbers.push_back(number);
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return numbers;
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t next_ = 0;
};

std::uint64_t count_elements(const Literal& literal, const std::vector<std::uint64_t>& shape) {
  constexpr std::uint64_t kMostElements = std::uint64_t{1} << 56;
  std::uint64_t elements = 1;
  for (const std::uint64_t size : shape) {
    if (size != 0 && elements > kMostElements / size) {
      literal.fail("promises more than 2^56 elements");
    }
    elements *= size;
  }
  return elements;
}

}  // namespace

std::string write_npy_header(std::string_view type, const std::vector<std::uint64_t>& shape) {
  std::string literal = "{'descr': '";
  literal.append(type).append("', 'fortran_order': False, 'shape': (");
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    literal.append(axis == 0 ? "" : ", ").append(std::to_string(shape[axis]));
  }
  literal += shape.size() == 1 ? ",), }" : "), }";
  constexpr std::size_t kPrefix = 10;
  literal.append(63 - (kPrefix + literal.size()) % 64, ' ');
  literal += '\n';
  std::string header(kMagic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(literal.size() & 0xFF);
  header += static_cast<char>(literal.size() >> 8);
  return header + literal;
}

NpyHeader parse_npy_header(std::string_view bytes, const std::string& name) {
  const auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(bytes[i])}; };
  const auto fail = [&](const std::string& what) { Literal({}, name).fail(what); };
  if (!bytes.starts_with(kMagic)) {
    throw Error(ErrorCode::bad_input, "'" + name + "' is no array file of NumPy", "give a file that numpy.save wrote");
  }
  if (bytes.size() < 12) {
    fail("is cut off");
  }
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) {
    fail("is of version " + std::to_string(version) + ", which is not known");
  }
  const std::size_t prefix = version == 1 ? 10 : 12;
  std::size_t length = byte(8) + (byte(9) << 8);
  if (version > 1) {
    length += (byte(10) << 16) + (byte(11) << 24);
  }
  if (prefix + length > kMaxNpyHeaderBytes) {
    fail("takes " + std::to_string(length) + " bytes, more than any grid needs");
  }
  if (prefix + length > bytes.size()) {
    fail("is cut off");
  }
  Literal literal(bytes.substr(prefix, length), name);
  NpyHeader header = literal.read();
  header.elements = count_elements(literal, header.shape);
  header.bytes = prefix + length;
  return header;
}

}  // namespace basalt
