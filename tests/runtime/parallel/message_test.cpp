// What goes over the socket arrives whole; what is no message is refused, and nothing of it leaks.
#include "runtime/parallel/message.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <limits>
#include <string>

#include "basalt/error.h"
#include "pool_harness.h"
#include "runtime/parallel/file_descriptor.h"

namespace basalt {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

struct Line {
  FileDescriptor here;
  FileDescriptor there;
  Line() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw std::runtime_error("socketpair");
    }
    here = FileDescriptor(ends[0]);
    there = FileDescriptor(ends[1]);
  }
};

using MessageTest = PoolTest;

TEST_F(MessageTest, ArrivesWhole) {
  const Line line;
  for (const std::size_t length : {0U, 1U, 32768U, 32769U, 5000000U}) {
    for (const std::size_t shared : {0U, 1U, 5000000U}) {
      Message sent;
      sent.kind = MessageKind::reply;
      sent.id = 0x123456789abcdefU;
      sent.end = TaskEnd::failed;
      sent.text = std::string(length, 't');
      if (shared > 0) {
        sent.large = SharedBlock(shared);
        std::memset(sent.large.writable_bytes().data(), 's', shared);
      }
      ASSERT_TRUE(send_message(line.here.get(), sent, false));
      const Received received = receive_message(line.there.get(), kNoLimit, false);
      ASSERT_TRUE(received.message.has_value());
      EXPECT_EQ(received.message->kind, sent.kind);
      EXPECT_EQ(received.message->id, sent.id);
      EXPECT_EQ(received.message->end, sent.end);
      EXPECT_TRUE(received.message->view() == std::string(length, 't'));
      EXPECT_TRUE(received.message->large.text() == std::string(shared, 's'));
    }
  }
}

TEST_F(MessageTest, TellsSilenceFromTheEnd) {
  Line line;
  Received received = receive_message(line.there.get(), kNoLimit, false);
  EXPECT_FALSE(received.message.has_value());
  EXPECT_FALSE(received.closed);
  Message last;
  ASSERT_TRUE(send_message(line.here.get(), last, true));
  line.here.reset();
  EXPECT_TRUE(receive_message(line.there.get(), kNoLimit, false).message.has_value()) << "what was said before comes";
  received = receive_message(line.there.get(), kNoLimit, true);
  EXPECT_FALSE(received.message.has_value());
  EXPECT_TRUE(received.closed);
  EXPECT_FALSE(send_message(line.there.get(), last, true)) << "and no signal kills this process";
}

TEST_F(MessageTest, KeepsTheLimitOnTextAndBlockTogether) {
  const Line line;
  for (const bool fits : {true, false}) {
    Message message;
    message.text = std::string(100000, 't');
    message.large = SharedBlock(100000);
    ASSERT_TRUE(send_message(line.here.get(), message, false));
    const std::uint64_t limit = fits ? 200000 : 199999;
    if (fits) {
      EXPECT_TRUE(receive_message(line.there.get(), limit, false).message.has_value());
    } else {
      EXPECT_THROW(receive_message(line.there.get(), limit, false), Error);
    }
  }
}

/// A packet as a hostile worker would make it: these bytes, and a file for each descriptor.
void send_raw(int socket, std::string bytes, const std::vector<int>& files) {
  iovec part{bytes.data(), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * 8)> control{};
  msghdr packet{};
  packet.msg_iov = &part;
  packet.msg_iovlen = 1;
  if (!files.empty()) {
    packet.msg_control = control.data();
    packet.msg_controllen = CMSG_SPACE(sizeof(int) * files.size());
    cmsghdr* rights = CMSG_FIRSTHDR(&packet);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int) * files.size());
    std::memcpy(CMSG_DATA(rights), files.data(), sizeof(int) * files.size());
  }
  ASSERT_GE(sendmsg(socket, &packet, MSG_NOSIGNAL), 0);
}

/// The bytes of a well-formed message.
std::string packet_of(const std::string& text) {
  const Line line;
  Message message;
  message.kind = MessageKind::reply;
  message.text = text;
  send_message(line.here.get(), message, false);
  std::string bytes(100000, '\0');
  const ssize_t size = recv(line.there.get(), bytes.data(), bytes.size(), 0);
  bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return bytes;
}

TEST_F(MessageTest, TakesNoFilesThatItWasNotPromised) {
  const SharedBlock block = SharedBlock::copy_of("block");
  const Line line;
  for (const std::size_t count : {1U, 2U, 3U, 8U}) {
    send_raw(line.here.get(), packet_of("text"), std::vector<int>(count, block.fd()));
    EXPECT_THROW(receive_message(line.there.get(), kNoLimit, false), Error) << count;
  }
  send_raw(line.here.get(), packet_of("text"), {});
  EXPECT_EQ(receive_message(line.there.get(), kNoLimit, false).message->text, "text");
}

RC_GTEST_FIXTURE_PROP(MessageTest, RefusesOrUnderstandsAnyBytes, ()) {
  const SharedBlock block = SharedBlock::copy_of("block");
  const Line line;
  std::string bytes = packet_of(*rc::gen::arbitrary<std::string>());
  const auto changes = *rc::gen::inRange(0, 8);
  for (int i = 0; i < changes; ++i) {
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  }
  bytes.resize(*rc::gen::element(bytes.size(), bytes.size() - 1, bytes.size() + 1, std::size_t{1}, std::size_t{70000}));
  send_raw(line.here.get(), bytes, std::vector<int>(*rc::gen::inRange<std::size_t>(0, 4), block.fd()));
  try {
    const Received received = receive_message(line.there.get(), 100000, false);
    RC_ASSERT(!received.closed);
    RC_ASSERT(received.message.has_value());
    RC_ASSERT(received.message->view().size() <= 100000U);
  } catch (const Error& error) {
    RC_ASSERT(error.code() == ErrorCode::failed);
  }
}

}  // namespace
}  // namespace basalt
