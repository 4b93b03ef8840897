#include "basalt/error.h"

namespace basalt {
namespace {

std::string render(const std::string& message, const std::string& advice, const SourceLocation& where) {
  std::string text;
  if (!where.file.empty()) {
    text += where.file;
    if (where.line != 0) {
      text += ':' + std::to_string(where.line) + ':' + std::to_string(where.column);
    }
    text += ": ";
  }
  text += message;
  if (where.line != 0) {
    text += "\n  " + where.source_line + "\n  " + std::string(where.caret, ' ') + '^';
  }
  if (!advice.empty()) {
    text += "\n  " + advice;
  }
  return text;
}

}  // namespace

Error::Error(ErrorCode code, std::string message, std::string advice, SourceLocation where)
    : code_(code),
      message_(std::move(message)),
      advice_(std::move(advice)),
      where_(std::move(where)),
      text_(render(message_, advice_, where_)) {}

std::string_view name_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::bad_usage:
      return "bad_usage";
    case ErrorCode::bad_input:
      return "bad_input";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::io:
      return "io";
    case ErrorCode::out_of_resources:
      return "out_of_resources";
    case ErrorCode::too_noisy:
      return "too_noisy";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::device_lost:
      return "device_lost";
    case ErrorCode::failed:
      return "failed";
  }
  return "failed";
}

int exit_status_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::bad_usage:
    case ErrorCode::bad_input:
    case ErrorCode::unsupported:
      return 2;
    case ErrorCode::out_of_resources:
    case ErrorCode::too_noisy:
      return 3;
    case ErrorCode::cancelled:
      return 130;
    case ErrorCode::io:
    case ErrorCode::device_lost:
    case ErrorCode::failed:
      return 1;
  }
  return 1;
}

}  // namespace basalt
