#include "workloads/quantum/results/tally.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <numeric>
#include <utility>

#include "basalt/error.h"
#include "workloads/quantum/results/bit_scatter.h"
#include "workloads/quantum/results/sort_records.h"

namespace basalt::quantum {
namespace {

constexpr std::size_t kWordBits = 64;

/// Records that wait to be merged with the others, at least.
constexpr std::size_t kWaitingRecords = 4096;

std::size_t words_for(std::size_t bits) {
  return (bits + kWordBits - 1) / kWordBits;
}

/// How the bits of a record come from what a branch knows and from the qubits of a basis state. Bit 0 of the first
/// register is the least significant.
struct RecordShape {
  std::vector<std::uint64_t> known;                ///< Most significant word first, as in a record.
  std::vector<std::vector<std::uint64_t>> places;  ///< For each such word, where it has each qubit.

  RecordShape(const std::vector<std::vector<BitSource>>& registers, std::size_t words) : known(words), places(words) {
    std::size_t position = 0;
    for (const std::vector<BitSource>& bits : registers) {
      for (const BitSource& bit : bits) {
        const std::size_t word = words - 1 - position / kWordBits;
        const std::uint64_t place = std::uint64_t{1} << (position % kWordBits);
        if (bit.is_qubit) {
          places[word].resize(std::max<std::size_t>(places[word].size(), bit.qubit + 1), 0);
          places[word][bit.qubit] |= place;
        } else if (bit.value) {
          known[word] |= place;
        }
        ++position;
      }
    }
  }
};

/// Eight bits as eight characters, the most significant first.
std::uint64_t characters_of(std::uint64_t byte) {
  static_assert(std::endian::native == std::endian::little, "the first character lies in the lowest byte");
  const std::uint64_t one_each = byte * 0x0101010101010101 & 0x0102040810204080;
  return ((one_each + 0x7F7F7F7F7F7F7F7F) >> 7 & 0x0101010101010101) | 0x3030303030303030;
}

/// Writes records as text.
class Writer {
 public:
  explicit Writer(std::span<const std::size_t> widths)
      : widths_(widths),
        bits_(std::accumulate(widths.begin(), widths.end(), std::size_t{0})),
        digits_(words_for(bits_) * kWordBits, '0'),
        text_(bits_ + widths.size() - 1, ' ') {}

  const std::string& text_of(const std::uint64_t* record) {
    const std::size_t bytes = digits_.size() / 8;
    for (std::size_t byte = bytes - (bits_ + 7) / 8; byte < bytes; ++byte) {
      const std::uint64_t eight = characters_of(record[byte / 8] >> (56 - byte % 8 * 8) & 0xFF);
      std::memcpy(digits_.data() + byte * 8, &eight, 8);
    }
    std::size_t from = digits_.size();
    std::size_t to = text_.size();
    for (const std::size_t width : widths_) {
      from -= width;
      to -= width;
      std::memcpy(text_.data() + to, digits_.data() + from, width);
      to -= to > 0 ? 1 : 0;
    }
    return text_;
  }

 private:
  std::span<const std::size_t> widths_;
  std::size_t bits_;
  std::string digits_;
  std::string text_;
};

}  // namespace

void Tally::start(const std::vector<std::vector<BitSource>>& registers) {
  if (!widths_.empty()) {
    return;
  }
  for (const std::vector<BitSource>& bits : registers) {
    widths_.push_back(bits.size());
  }
  words_ = words_for(std::accumulate(widths_.begin(), widths_.end(), std::size_t{0})) + 1;
}

void Tally::add(const std::vector<std::vector<BitSource>>& registers, std::span<const BasisCount> samples) {
  start(registers);
  const RecordShape shape(registers, words_ - 1);
  const std::size_t first = records_.size();
  records_.resize(first + samples.size() * words_);
  for (std::size_t word = 0; word + 1 < words_; ++word) {
    std::uint64_t qubits = 0;
    for (std::size_t qubit = 0; qubit < shape.places[word].size(); ++qubit) {
      qubits |= shape.places[word][qubit] != 0 ? std::uint64_t{1} << qubit : 0;
    }
    const BitScatter bits_of(shape.places[word], shape.known[word]);
    std::uint64_t* record = &records_[first] + word;
    for (const BasisCount& drawn : samples) {
      *record = bits_of(drawn.index & qubits);
      record += words_;
    }
  }
  std::uint64_t* count = records_.data() + first + words_ - 1;
  for (const BasisCount& drawn : samples) {
    *count = drawn.count;
    count += words_;
  }
  settle_where_many();
}

void Tally::add_shots(const std::vector<std::vector<BitSource>>& registers, std::span<const std::uint64_t> shots) {
  start(registers);
  const std::size_t bit_words = words_ - 1;
  assert(shots.size() % std::max<std::size_t>(bit_words, 1) == 0);
  records_.reserve(records_.size() + shots.size() / std::max<std::size_t>(bit_words, 1) * words_);
  for (std::size_t i = 0; i < shots.size(); i += bit_words) {
    records_.insert(records_.end(), shots.begin() + static_cast<std::ptrdiff_t>(i),
                    shots.begin() + static_cast<std::ptrdiff_t>(i + bit_words));
    records_.push_back(1);
  }
  settle_where_many();
}

void Tally::settle_where_many() {
  if (records_.size() - settled_ > std::max(settled_, kWaitingRecords * words_)) {
    settle();
  }
}

void Tally::add(const std::vector<std::vector<BitSource>>& registers, std::uint64_t shots) {
  add(registers, std::array{BasisCount{.index = 0, .count = shots}});
}

void Tally::settle() {
  sort_records(records_, words_);
  merge_equal_records(records_, words_);
  settled_ = records_.size();
}

std::vector<std::pair<std::string, std::uint64_t>> Tally::sorted() && {
  settle();
  std::vector<std::pair<std::string, std::uint64_t>> result;
  if (records_.empty()) {
    return result;
  }
  Writer writer(widths_);
  result.reserve(records_.size() / words_);
  for (std::size_t i = 0; i < records_.size(); i += words_) {
    result.emplace_back(writer.text_of(&records_[i]), records_[i + words_ - 1]);
  }
  return result;
}

Tally::Image Tally::image() {
  settle();
  return {.widths = widths_, .records = records_};
}

void Tally::restore(Image image) {
  const std::size_t words = words_for(std::accumulate(image.widths.begin(), image.widths.end(), std::size_t{0})) + 1;
  if (image.records.size() % words != 0) {
    throw Error(ErrorCode::io, "the counts that were kept are not whole");
  }
  *this = {};
  if (!image.widths.empty()) {
    widths_ = std::move(image.widths);
    words_ = words;
    records_ = std::move(image.records);
    settle();
  }
}

std::uint64_t Tally::size_bytes() {
  settle();
  const std::size_t bits = std::accumulate(widths_.begin(), widths_.end(), std::size_t{0});
  return records_.empty() ? 0 : bytes_for(records_.size() / words_, bits + widths_.size() - 1);
}

std::uint64_t Tally::bytes_for(std::uint64_t outcomes, std::uint64_t width) {
  constexpr std::uint64_t kInlineCharacters = 15;
  constexpr std::uint64_t kBlockHeader = 16;
  const std::uint64_t text = width > kInlineCharacters ? (width + 1 + kBlockHeader) / 16 * 16 + 16 : 0;
  const std::uint64_t record = 8 * (words_for(width) + 1);
  // Once as they came, once as they are sorted, and once in those that wait to be merged.
  return outcomes * (text + sizeof(std::pair<std::string, std::uint64_t>) + 3 * record);
}

std::uint64_t bit_string_width(std::span<const Register> registers) {
  std::uint64_t width = registers.empty() ? 0 : registers.size() - 1;
  for (const Register& bits : registers) {
    width += bits.width;
  }
  return width;
}

}  // namespace basalt::quantum
