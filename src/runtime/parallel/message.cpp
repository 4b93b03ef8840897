#include "runtime/parallel/message.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "basalt/error.h"
#include "runtime/parallel/file_descriptor.h"

namespace basalt {
namespace {

constexpr std::uint32_t kMagic = 0x746c7362;
constexpr std::size_t kMaxFiles = 2;

/// Both sides are the same binary, or at least on the same machine: native layout.
struct Header {
  std::uint32_t magic = kMagic;
  std::uint32_t kind = 0;
  std::uint64_t id = 0;
  std::uint64_t end = 0;
  std::uint64_t text_bytes = 0;   ///< In the packet if at most kInlineBytes, else in the first file.
  std::uint64_t large_bytes = 0;  ///< In the last file.
};

[[noreturn]] void reject(const std::string& why) {
  throw Error(ErrorCode::failed, "what came is no message: " + why);
}

/// Room for the descriptors that a packet carries.
union Control {
  std::array<char, CMSG_SPACE(sizeof(int) * kMaxFiles)> bytes;
  cmsghdr align;
};

std::vector<FileDescriptor> take_files(msghdr& packet) {
  std::vector<FileDescriptor> files;
  for (cmsghdr* part = CMSG_FIRSTHDR(&packet); part != nullptr; part = CMSG_NXTHDR(&packet, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
      files.emplace_back(fd);
    }
  }
  return files;
}

Message decode(const Header& header, std::string_view text, std::vector<FileDescriptor> files,
               std::uint64_t limit_bytes) {
  if (header.magic != kMagic || header.kind > static_cast<std::uint32_t>(MessageKind::reply) ||
      header.end > static_cast<std::uint64_t>(TaskEnd::cancelled)) {
    reject("its header makes no sense");
  }
  if (header.text_bytes > limit_bytes || header.large_bytes > limit_bytes - header.text_bytes) {
    reject(std::to_string(header.text_bytes) + " and " + std::to_string(header.large_bytes) +
           " bytes exceed the limit of " + std::to_string(limit_bytes));
  }
  const bool long_text = header.text_bytes > kInlineBytes;
  const std::size_t expected_files = (long_text ? 1 : 0) + (header.large_bytes > 0 ? 1 : 0);
  if (text.size() != (long_text ? 0 : header.text_bytes) || files.size() != expected_files) {
    reject("it has " + std::to_string(text.size()) + " bytes and " + std::to_string(files.size()) + " files");
  }
  Message message;
  message.kind = static_cast<MessageKind>(header.kind);
  message.id = header.id;
  message.end = static_cast<TaskEnd>(header.end);
  message.text = text;
  if (long_text) {
    message.long_text = SharedBlock::adopt(files.front().release(), header.text_bytes);
  }
  if (header.large_bytes > 0) {
    message.large = SharedBlock::adopt(files.back().release(), header.large_bytes);
  }
  return message;
}

}  // namespace

bool send_message(int socket, Message& message, bool wait) {
  if (message.text.size() > kInlineBytes) {
    message.long_text = SharedBlock::copy_of(message.text);
    message.text.clear();
  }
  message.large.seal();

  Header header{.kind = static_cast<std::uint32_t>(message.kind),
                .id = message.id,
                .end = static_cast<std::uint64_t>(message.end),
                .text_bytes = message.view().size(),
                .large_bytes = message.large.size_bytes()};
  std::array<iovec, 2> parts{iovec{&header, sizeof header}, iovec{message.text.data(), message.text.size()}};
  std::vector<int> files;
  for (const SharedBlock* block : {&message.long_text, &message.large}) {
    if (!block->empty()) {
      files.push_back(block->fd());
    }
  }
  Control control{};
  msghdr packet{};
  packet.msg_iov = parts.data();
  packet.msg_iovlen = parts.size();
  if (!files.empty()) {
    packet.msg_control = control.bytes.data();
    packet.msg_controllen = CMSG_SPACE(sizeof(int) * files.size());
    cmsghdr* rights = CMSG_FIRSTHDR(&packet);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int) * files.size());
    std::memcpy(CMSG_DATA(rights), files.data(), sizeof(int) * files.size());
  }
  ssize_t sent = -1;
  do {
    sent = sendmsg(socket, &packet, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
  } while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

Received receive_message(int socket, std::uint64_t limit_bytes, bool wait) {
  Header header;
  std::array<char, kInlineBytes> text;
  std::array<iovec, 2> parts{iovec{&header, sizeof header}, iovec{text.data(), text.size()}};
  Control control{};
  msghdr packet{};
  packet.msg_iov = parts.data();
  packet.msg_iovlen = parts.size();
  packet.msg_control = control.bytes.data();
  packet.msg_controllen = control.bytes.size();
  ssize_t got = -1;
  do {
    got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
  } while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    return {};
  }
  if (got <= 0) {
    return {.message = std::nullopt, .closed = true};
  }
  std::vector<FileDescriptor> files = take_files(packet);  // first of all, so that none is lost
  const auto size = static_cast<std::size_t>(got);
  if ((packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || size < sizeof header) {
    reject("it is too long or too short");
  }
  return {.message = decode(header, {text.data(), size - sizeof header}, std::move(files), limit_bytes),
          .closed = false};
}

}  // namespace basalt
