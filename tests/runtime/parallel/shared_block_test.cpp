// Memory shared between processes: filled, sealed, handed on, and refused where it is not what it says.
#include "basalt/shared_block.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <limits>
#include <string>

#include "basalt/error.h"
#include "pool_harness.h"

namespace basalt {
namespace {

using SharedBlockTest = PoolTest;

TEST_F(SharedBlockTest, KeepsWhatWasWrittenAndTakesNoMore) {
  SharedBlock block(10000);
  ASSERT_EQ(block.writable_bytes().size(), 10000U);
  EXPECT_EQ(block.text(), std::string(10000, '\0'));
  std::memset(block.writable_bytes().data(), 'x', 10000);
  EXPECT_FALSE(block.sealed());
  block.seal();
  EXPECT_TRUE(block.sealed());
  EXPECT_TRUE(block.writable_bytes().empty());
  EXPECT_EQ(block.text(), std::string(10000, 'x'));
  EXPECT_LT(pwrite(block.fd(), "y", 1, 0), 0);
  EXPECT_NE(ftruncate(block.fd(), 1), 0);
  EXPECT_NE(ftruncate(block.fd(), 20000), 0);
  EXPECT_EQ(mmap(nullptr, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, block.fd(), 0), MAP_FAILED);
}

TEST_F(SharedBlockTest, IsHandedOnByItsFile) {
  const SharedBlock first = SharedBlock::copy_of("some text");
  const SharedBlock second = SharedBlock::adopt(fcntl(first.fd(), F_DUPFD_CLOEXEC, 0), 9);
  EXPECT_EQ(second.text(), "some text");
  EXPECT_TRUE(second.sealed());
}

TEST_F(SharedBlockTest, MovesAndMayBeEmpty) {
  SharedBlock block = SharedBlock::copy_of("abc");
  SharedBlock other = std::move(block);
  EXPECT_TRUE(block.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(block.fd(), -1);
  EXPECT_EQ(other.text(), "abc");
  other = SharedBlock::copy_of("");
  EXPECT_TRUE(other.empty());
  EXPECT_EQ(other.text(), "");
  other.seal();
}

TEST_F(SharedBlockTest, RefusesWhatIsNotSealedOrOfAnotherSize) {
  const SharedBlock sealed = SharedBlock::copy_of("some text");
  const SharedBlock open_block(9);
  const int file = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  for (const auto& [fd, bytes] :
       {std::pair{sealed.fd(), 8}, {sealed.fd(), 10}, {sealed.fd(), 0}, {open_block.fd(), 9}, {file, 9}}) {
    EXPECT_THROW(SharedBlock::adopt(fcntl(fd, F_DUPFD_CLOEXEC, 0), static_cast<std::uint64_t>(bytes)), Error);
  }
  EXPECT_THROW(SharedBlock::adopt(-1, 9), Error);
  close(file);
}

TEST_F(SharedBlockTest, NamesWhatTheSystemRefused) {
  for (const std::uint64_t bytes : {std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 62}) {
    try {
      const SharedBlock block(bytes);
      ADD_FAILURE() << bytes;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::out_of_resources);
      EXPECT_NE(error.message().find(std::to_string(bytes)), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace basalt
