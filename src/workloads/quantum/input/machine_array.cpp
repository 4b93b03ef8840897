// Steps of the machine on arrays.
#include <fmt/format.h>

#include <algorithm>

#include "workloads/quantum/input/compiler.h"
#include "workloads/quantum/input/machine_state.h"

namespace basalt::quantum {
namespace {

std::uint64_t element_count(const ArrayValue& array) {
  std::uint64_t count = 1;
  for (const auto& dimension : array.dimensions) {
    count *= dimension.count;
  }
  return count;
}

/// Calls `visit` with the offset of every element, the last index changing first.
template <typename Visit>
void for_each_element(const ArrayValue& array, const Visit& visit) {
  std::vector<std::uint32_t> index(array.dimensions.size(), 0);
  auto offset = static_cast<std::int64_t>(array.offset);
  for (std::uint64_t left = element_count(array); left > 0; --left) {
    visit(static_cast<std::size_t>(offset));
    for (std::size_t d = index.size(); d-- > 0;) {
      offset += array.dimensions[d].stride;
      if (++index[d] < array.dimensions[d].count) {
        break;
      }
      offset -= array.dimensions[d].stride * array.dimensions[d].count;
      index[d] = 0;
    }
  }
}

std::shared_ptr<const ArrayValue> shared(ArrayValue array) {
  return std::make_shared<const ArrayValue>(std::move(array));
}

Value array_value(ArrayValue array) {
  Value value;
  value.array = shared(std::move(array));
  return value;
}

}  // namespace

const std::uint64_t* Run::words_of(const ArrayValue& array) const {
  return array.owned ? array.words.data() : s_.arrays[array.storage].data();
}

ArrayValue Run::contiguous(const ArrayValue& array, std::uint32_t words) {
  ArrayValue result;
  result.owned = true;
  result.words.reserve(element_count(array) * words);
  const std::uint64_t* const source = words_of(array);
  for_each_element(array, [&](std::size_t offset) {
    result.words.insert(result.words.end(), source + offset * words, source + (offset + 1) * words);
  });
  std::int64_t stride = 1;
  result.dimensions = array.dimensions;
  for (std::size_t d = result.dimensions.size(); d-- > 0;) {
    result.dimensions[d].stride = stride;
    stride *= result.dimensions[d].count;
  }
  return result;
}

void Run::store_array(const ArrayValue& view, const ArrayValue& source, std::uint32_t words) {
  for (std::size_t d = 0; d < view.dimensions.size(); ++d) {
    if (view.dimensions[d].count != source.dimensions[d].count) {
      throw Fault{fmt::format("an array of size {} is assigned to one of size {} (dimension {})",
                              source.dimensions[d].count, view.dimensions[d].count, d),
                  "shapes must be equal"};
    }
  }
  std::uint64_t* const target = s_.arrays[view.storage].data();
  const std::uint64_t* from = source.words.data();
  for_each_element(view, [&](std::size_t offset) {
    std::copy_n(from, words, target + offset * words);
    from += words;
  });
}

void Run::join_arrays(const Instruction& in) {
  const std::uint32_t words = words_per_element(in.kind);
  const Value right = pop();
  const Value left = pop();
  const std::uint64_t elements = element_count(*left.array) + element_count(*right.array);
  if (elements * words * sizeof(std::uint64_t) > kMaxArrayBytes) {
    throw Fault{"the joined array is too large", fmt::format("arrays may have {} MiB", kMaxArrayBytes >> 20)};
  }
  ArrayValue joined = contiguous(*left.array, words);
  const ArrayValue tail = contiguous(*right.array, words);
  for (std::size_t d = 1; d < joined.dimensions.size(); ++d) {
    if (joined.dimensions[d].count != tail.dimensions[d].count) {
      throw Fault{fmt::format("joined arrays differ in dimension {}: {} and {}", d, joined.dimensions[d].count,
                              tail.dimensions[d].count),
                  "only the first dimension may differ"};
    }
  }
  joined.words.insert(joined.words.end(), tail.words.begin(), tail.words.end());
  joined.dimensions[0].count += tail.dimensions[0].count;
  push(array_value(std::move(joined)));
}

Run::Next Run::step_array(const Instruction& in) {
  const std::uint32_t words = words_per_element(in.kind);
  switch (in.op) {
    case Opcode::view_array:
      push(array_value(code_.arrays[in.a]));
      break;
    case Opcode::view_one: {
      const std::int64_t index = pop().integer();
      ArrayValue view = *top().array;
      const auto dimension = view.dimensions.begin() + in.a;
      const auto position = static_cast<std::int64_t>(checked_index(index, dimension->count));
      view.offset += static_cast<std::uint64_t>(position * dimension->stride);
      view.dimensions.erase(dimension);
      top() = array_value(std::move(view));
      break;
    }
    case Opcode::view_range: {
      const Range range = pop_range(in.sub);
      ArrayValue view = *top().array;
      ArrayValue::Dimension& dimension = view.dimensions[in.a];
      const Steps steps = checked_range(range, dimension.count);
      view.offset += static_cast<std::uint64_t>(steps.first * dimension.stride);
      // One element needs no step, and a step past the end would overflow.
      dimension = {static_cast<std::uint32_t>(steps.count), steps.count == 1 ? 0 : dimension.stride * steps.step};
      top() = array_value(std::move(view));
      break;
    }
    case Opcode::load_element: {
      const Value view = pop();
      const std::uint64_t* const element = words_of(*view.array) + view.array->offset * words;
      Value value = value_of(element[0]);
      if (words == 2) {
        value.imaginary = std::bit_cast<double>(element[1]);
      }
      push(std::move(value));
      break;
    }
    case Opcode::store_element: {
      const Value value = pop();
      const Value view = pop();
      std::uint64_t* const element = &s_.arrays[view.array->storage][view.array->offset * words];
      element[0] = value.word;
      if (words == 2) {
        element[1] = std::bit_cast<std::uint64_t>(value.imaginary);
      }
      break;
    }
    case Opcode::load_array:
      top() = array_value(contiguous(*top().array, words));
      break;
    case Opcode::store_array: {
      const Value source = pop();
      const Value view = pop();
      store_array(*view.array, *source.array, words);
      break;
    }
    case Opcode::join_arrays:
      join_arrays(in);
      break;
    case Opcode::array_size: {
      const std::int64_t dimension = pop().integer();
      const auto& dimensions = top().array->dimensions;
      top() = value_of(dimensions[checked_index(dimension, dimensions.size())].count);
      break;
    }
    default: {  // make_array
      ArrayValue array;
      array.owned = true;
      array.dimensions.push_back({in.a, 1});
      for (std::size_t i = s_.stack.size() - in.a; i < s_.stack.size(); ++i) {
        array.words.push_back(s_.stack[i].word);
        if (words == 2) {
          array.words.push_back(std::bit_cast<std::uint64_t>(s_.stack[i].imaginary));
        }
      }
      s_.stack.resize(s_.stack.size() - in.a);
      push(array_value(std::move(array)));
      break;
    }
  }
  return Next::step;
}

}  // namespace basalt::quantum
