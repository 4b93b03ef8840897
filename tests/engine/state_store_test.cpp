// States that wait: where they are kept, and that they come back as they were.
#include "engine/state_store.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <map>

#include "basalt/error.h"

namespace basalt {
namespace {

Field numbered_field(MemoryResource& memory, std::uint8_t seed) {
  Field field(memory, ElementType::c64, 12);
  for (std::uint64_t i = 0; i < field.size_bytes(); ++i) {
    field.buffer.data()[i] = static_cast<std::byte>(seed + i * i);
  }
  return field;
}

bool equal(const Field& a, const Field& b) {
  return a.size_bytes() == b.size_bytes() && std::memcmp(a.buffer.data(), b.buffer.data(), a.size_bytes()) == 0;
}

class StateStoreTest : public ::testing::Test {
 protected:
  HostMemory host_;
  LimitAdaptor memory_{host_, std::uint64_t{1} << 30};
  Arena arena_{2};
  CancelToken cancel_;
  SpillFile spill_{make_spill_storage(std::filesystem::temp_directory_path())};
};

TEST_F(StateStoreTest, KeepsInMemoryWhileThereIsRoom) {
  StateStore store(memory_, 1, nullptr, arena_, cancel_);
  const Field state = numbered_field(memory_, 1);
  const auto key = store.save(state, true);
  ASSERT_TRUE(key);
  EXPECT_FALSE(store.save(state, true)) << "there is room for one, and no disk";
  Field back = numbered_field(memory_, 9);
  EXPECT_TRUE(store.load(*key, false, back));
  EXPECT_TRUE(equal(state, back));
  back = numbered_field(memory_, 9);
  EXPECT_TRUE(store.load(*key, true, back));
  EXPECT_TRUE(equal(state, back));
  EXPECT_FALSE(store.load(*key, true, back)) << "it was forgotten";
  EXPECT_TRUE(store.save(state, true)) << "there is room again";
}

TEST_F(StateStoreTest, GoesToDiskOnlyWhereThatIsWorthIt) {
  StateStore store(memory_, 0, &spill_, arena_, cancel_);
  const Field state = numbered_field(memory_, 2);
  EXPECT_FALSE(store.save(state, false));
  EXPECT_EQ(store.spilled_bytes(), 0U);
  const std::uint64_t held = memory_.current_bytes();
  const auto key = store.save(state, true);
  ASSERT_TRUE(key);
  EXPECT_EQ(memory_.current_bytes(), held) << "on disk, not in memory";
  EXPECT_EQ(store.spilled_bytes(), state.size_bytes());
  for (const bool last : {false, true}) {
    Field back = numbered_field(memory_, 9);
    EXPECT_TRUE(store.load(*key, last, back));
    EXPECT_TRUE(equal(state, back));
  }
  EXPECT_EQ(spill_.file_bytes(), 0U) << "its space is free again";
}

TEST_F(StateStoreTest, RelievesMemoryByAsMuchAsIsAsked) {
  StateStore store(memory_, 3, &spill_, arena_, cancel_);
  std::map<StateStore::Key, std::uint8_t> kept;
  for (const std::uint8_t seed : {1, 2, 3}) {
    kept[*store.save(numbered_field(memory_, seed), false)] = seed;
  }
  const std::uint64_t size = field_bytes(ElementType::c64, 12);
  EXPECT_EQ(memory_.current_bytes(), 3 * size);
  EXPECT_EQ(store.relieve(size + 1), 2 * size);
  EXPECT_EQ(memory_.current_bytes(), size);
  for (const auto& [key, seed] : kept) {
    Field back(memory_, ElementType::c64, 12);
    EXPECT_TRUE(store.load(key, true, back));
    EXPECT_TRUE(equal(numbered_field(memory_, seed), back)) << int{seed};
  }
}

TEST_F(StateStoreTest, KeepsTheMemoryOfAStateForTheNext) {
  StateStore store(memory_, 1, nullptr, arena_, cancel_);
  Field state = numbered_field(memory_, 1);
  const std::byte* const first = state.buffer.data();
  const auto key = store.save(state, true);
  const std::uint64_t held = memory_.current_bytes();
  ASSERT_TRUE(store.load(*key, true, state));
  EXPECT_NE(state.buffer.data(), first) << "the two change places";
  EXPECT_EQ(memory_.current_bytes(), held);
  const auto next = store.save(numbered_field(memory_, 2), true);
  ASSERT_TRUE(next);
  EXPECT_EQ(memory_.current_bytes(), held);
  EXPECT_FALSE(store.save(state, false)) << "what is kept counts as a state";
  ASSERT_TRUE(store.load(*next, true, state));
  EXPECT_EQ(state.buffer.data(), first);
  EXPECT_TRUE(equal(state, numbered_field(memory_, 2)));
  EXPECT_EQ(store.relieve(1), state.size_bytes()) << "it is given back first";
  EXPECT_EQ(memory_.current_bytes(), held - state.size_bytes());
}

TEST_F(StateStoreTest, WithoutDiskClearingMemoryForgets) {
  StateStore store(memory_, 2, nullptr, arena_, cancel_);
  const Field state = numbered_field(memory_, 4);
  const auto key = store.save(state, true);
  const std::uint64_t with_copy = memory_.current_bytes();
  EXPECT_EQ(store.relieve(1), 0U);
  EXPECT_EQ(memory_.current_bytes(), with_copy) << "relief loses nothing";
  store.clear_memory();
  EXPECT_EQ(memory_.current_bytes(), with_copy - state.size_bytes());
  Field back = numbered_field(memory_, 9);
  EXPECT_FALSE(store.load(*key, true, back));
}

TEST_F(StateStoreTest, AFullDiskIsNoError) {
  SpillFile small(make_spill_storage(std::filesystem::temp_directory_path()),
                  {.limit_bytes = 100, .codec = SpillCodec::none});
  StateStore store(memory_, 1, &small, arena_, cancel_);
  const Field state = numbered_field(memory_, 5);
  ASSERT_TRUE(store.save(state, true));
  EXPECT_FALSE(store.save(state, true));
  EXPECT_EQ(store.relieve(1), 0U);
}

TEST_F(StateStoreTest, CancelEndsSpilling) {
  StateStore store(memory_, 0, &spill_, arena_, cancel_);
  cancel_.request();
  try {
    store.save(numbered_field(memory_, 6), true);
    FAIL() << "not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace basalt
