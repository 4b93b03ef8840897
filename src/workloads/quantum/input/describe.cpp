// Types and values as programs write them.
#include <fmt/format.h>

#include <cmath>

#include "workloads/quantum/input/convert.h"

namespace basalt::quantum {
namespace {

std::string counted(std::string_view name, std::uint32_t count) {
  return count == kUnknownCount ? fmt::format("{}[…]", name) : fmt::format("{}[{}]", name, count);
}

std::string number(std::string_view name, std::uint32_t width) {
  return width == kDefaultWidth ? std::string(name) : counted(name, width);
}

void append_element(std::string& out, const std::uint64_t* words, const Type& type) {
  Value value = value_of(words[0]);
  if (type.kind == Kind::complex) {
    value.imaginary = std::bit_cast<double>(words[1]);
  }
  out += text_of(value, type);
}

std::string text_of_array(const ArrayValue& array, const Type& element) {
  const std::uint32_t words = words_per_element(element.kind);
  const std::size_t elements = array.words.size() / words;
  std::string out;
  // Braces open and close where an index of an outer dimension is at its start or end.
  for (std::size_t i = 0; i < elements; ++i) {
    std::size_t block = 1;
    std::size_t opened = 0;
    std::size_t closed = 0;
    for (std::size_t d = array.dimensions.size(); d-- > 0;) {
      block *= array.dimensions[d].count;
      opened += i % block == 0 ? 1 : 0;
      closed += (i + 1) % block == 0 ? 1 : 0;
    }
    out += i == 0 ? "" : ", ";
    out.append(opened, '{');
    append_element(out, &array.words[i * words], element);
    out.append(closed, '}');
  }
  return elements == 0 ? "{}" : out;
}

}  // namespace

std::string describe(const Type& type) {
  switch (type.kind) {
    case Kind::none:
      return "nothing";
    case Kind::boolean:
      return "bool";
    case Kind::bit:
      return "bit";
    case Kind::bits:
      return counted("bit", type.width);
    case Kind::integer:
      return number("int", type.width);
    case Kind::unsigned_integer:
      return number("uint", type.width);
    case Kind::floating:
      return number("float", type.width);
    case Kind::angle:
      return number("angle", type.width);
    case Kind::complex:
      return fmt::format("complex[{}]", number("float", type.width));
    case Kind::qubit:
      return "qubit";
    case Kind::qubits:
      return counted("qubit", type.width);
    case Kind::array: {
      std::string text = "array[" + describe(type_of(type.element, type.element_width));
      for (const std::uint32_t count : type.dimensions) {
        text += count == kUnknownCount ? ", …" : fmt::format(", {}", count);
      }
      return text + "]";
    }
  }
  return "nothing";
}

std::string text_of(const Value& value, const Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return value.word != 0 ? "true" : "false";
    case Kind::bit:
    case Kind::unsigned_integer:
      return fmt::format("{}", value.word);
    case Kind::integer:
      return fmt::format("{}", value.integer());
    case Kind::floating:
      return fmt::format("{}", value.real());
    case Kind::angle:
      return fmt::format("{}", radians_of(value.word, type.width));
    case Kind::complex:
      return fmt::format("{} {} {}im", value.real(), value.imaginary < 0 ? '-' : '+', std::abs(value.imaginary));
    case Kind::bits: {
      std::string text(value.list->size(), '0');
      for (std::size_t i = 0; i < text.size(); ++i) {
        text[text.size() - 1 - i] = (*value.list)[i] != 0 ? '1' : '0';
      }
      return text;
    }
    case Kind::array:
      return text_of_array(*value.array, type_of(type.element, type.element_width));
    default:
      return {};
  }
}

}  // namespace basalt::quantum
