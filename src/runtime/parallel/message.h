// What a pool and its workers say to each other, and how it is put on a socket (AF_UNIX, SOCK_SEQPACKET). A message is
// a fixed header and a text; a text too long for a packet, and a block to share, go along as sealed memory files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "basalt/process_pool.h"
#include "basalt/shared_block.h"

namespace basalt {

enum class MessageKind : std::uint32_t {
  greeting,  ///< Worker, once, as its first word.
  request,   ///< Pool; text.
  cancel,    ///< Pool, of the request that runs.
  reply,     ///< Worker; end, text, perhaps a block.
};

struct Message {
  MessageKind kind = MessageKind::greeting;
  std::uint64_t id = 0;  ///< Of the task; of a greeting the version of the protocol.
  TaskEnd end = TaskEnd::done;
  std::string text;  ///< Empty if it came as `long_text`.
  SharedBlock long_text;
  SharedBlock large;

  [[nodiscard]] std::string_view view() const noexcept { return long_text.empty() ? text : long_text.text(); }
};

inline constexpr std::uint64_t kProtocolVersion = 1;

/// The longest text that travels in the packet itself; well below the smallest default of a socket's buffer.
inline constexpr std::uint64_t kInlineBytes = 32768;

/// Sends `message`, whose blocks are sealed on the way; false if the other side is gone, or takes no more while
/// `wait` is not set. Throws Error(out_of_resources).
bool send_message(int socket, Message& message, bool wait);

struct Received {
  std::optional<Message> message;
  bool closed = false;  ///< The other side is gone, and nothing of what it sent is left.
};

/// The next message; with `wait` blocks for one, else gives neither a message nor `closed` if there is none. Throws
/// Error(failed) if what came is no message, or its text and block have more than `limit_bytes` together.
Received receive_message(int socket, std::uint64_t limit_bytes, bool wait);

}  // namespace basalt
