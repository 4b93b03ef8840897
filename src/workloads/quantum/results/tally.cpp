#include "workloads/quantum/results/tally.h"

#include <algorithm>

namespace basalt::quantum {
namespace {

/// A bit string whose known bits are written, and where the others go.
struct Template {
  struct Slot {
    std::size_t position;
    Qubit qubit;
  };
  std::string text;
  std::vector<Slot> slots;
};

Template make_template(const std::vector<std::vector<BitSource>>& registers) {
  Template result;
  for (auto bits = registers.rbegin(); bits != registers.rend(); ++bits) {
    if (bits != registers.rbegin()) {
      result.text += ' ';
    }
    for (auto bit = bits->rbegin(); bit != bits->rend(); ++bit) {
      if (bit->is_qubit) {
        result.slots.push_back({result.text.size(), bit->qubit});
      }
      result.text += !bit->is_qubit && bit->value ? '1' : '0';
    }
  }
  return result;
}

}  // namespace

void Tally::add(const std::vector<std::vector<BitSource>>& registers, std::span<const BasisCount> samples) {
  const Template shape = make_template(registers);
  std::string text = shape.text;
  for (const BasisCount& drawn : samples) {
    for (const Template::Slot& slot : shape.slots) {
      text[slot.position] = static_cast<char>('0' + ((drawn.index >> slot.qubit) & 1));
    }
    counts_[text] += drawn.count;
  }
}

void Tally::add(const std::vector<std::vector<BitSource>>& registers, std::uint64_t shots) {
  counts_[make_template(registers).text] += shots;
}

std::vector<std::pair<std::string, std::uint64_t>> Tally::sorted() && {
  std::vector<std::pair<std::string, std::uint64_t>> result;
  result.reserve(counts_.size());
  while (!counts_.empty()) {
    auto node = counts_.extract(counts_.begin());
    result.emplace_back(std::move(node.key()), node.mapped());
  }
  std::ranges::sort(result);
  return result;
}

std::uint64_t Tally::size_bytes() const {
  return counts_.empty() ? 0 : bytes_for(counts_.size(), counts_.begin()->first.size());
}

std::uint64_t Tally::bytes_for(std::uint64_t outcomes, std::uint64_t width) {
  constexpr std::uint64_t kInlineCharacters = 15;
  constexpr std::uint64_t kBlockHeader = 16;
  const std::uint64_t text = width > kInlineCharacters ? (width + 1 + kBlockHeader) / 16 * 16 + 16 : 0;
  const std::uint64_t node = sizeof(void*) + sizeof(std::string) + sizeof(std::uint64_t) + sizeof(std::size_t);
  const std::uint64_t bucket = 2 * sizeof(void*);
  const std::uint64_t entry = sizeof(std::pair<std::string, std::uint64_t>);
  return outcomes * (text + node + kBlockHeader + bucket + entry);
}

std::uint64_t bit_string_width(std::span<const Register> registers) {
  std::uint64_t width = registers.empty() ? 0 : registers.size() - 1;
  for (const Register& bits : registers) {
    width += bits.width;
  }
  return width;
}

}  // namespace basalt::quantum
