// Answers from a process apart, and what becomes of failures there.
#include "engine/ask_apart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <stdexcept>

namespace basalt {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kLong = 60;

TEST(AskApart, GivesTheAnswer) {
  for (const std::size_t bytes : {0UL, 1UL, 4096UL, 300000UL}) {  // more than a pipe holds
    const Answer answer = ask_apart([&] { return std::string(bytes, 'x'); }, kLong);
    EXPECT_EQ(answer.text, std::string(bytes, 'x'));
    EXPECT_THAT(answer.failure, IsEmpty());
  }
}

TEST(AskApart, LeavesThisProcessAsItWas) {
  int changed = 0;
  testing::internal::CaptureStdout();
  const Answer answer = ask_apart(
      [&] {
        changed = 1;
        std::cout << "printed" << std::endl;
        return std::to_string(getpid());
      },
      kLong);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), IsEmpty());
  EXPECT_EQ(changed, 0);
  EXPECT_NE(answer.text, std::to_string(getpid()));
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD) << "a process was left behind";
}

TEST(AskApart, TellsOfACrash) {
  const Answer answer = ask_apart(
      [] {
        signal(SIGSEGV, SIG_DFL);  // sanitizers have a handler
        raise(SIGSEGV);
        return std::string("not reached");
      },
      kLong);
  EXPECT_EQ(answer.failure, "it crashed (SIGSEGV)");
  EXPECT_THAT(answer.text, IsEmpty());
}

TEST(AskApart, TellsOfAnExit) {
  const Answer answer = ask_apart([]() -> std::string { _exit(7); }, kLong);
  EXPECT_EQ(answer.failure, "it ended with status 7");
}

TEST(AskApart, TellsOfAnException) {
  const Answer answer = ask_apart([]() -> std::string { throw std::runtime_error("no such thing"); }, kLong);
  EXPECT_EQ(answer.failure, "no such thing");
}

TEST(AskApart, DoesNotWaitForEver) {
  const Answer answer = ask_apart(
      []() -> std::string {
        while (true) {
          pause();
        }
      },
      0.05);
  EXPECT_THAT(answer.failure, HasSubstr("no answer within 0.05 s"));
}

}  // namespace
}  // namespace basalt
