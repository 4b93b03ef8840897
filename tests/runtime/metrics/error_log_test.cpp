// The ring of recent errors, and the file.

#include "basalt/error_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "runtime/metrics/child_process.h"
#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

using Json = nlohmann::json;

std::filesystem::path fresh_path(const std::string& name) {
  auto path = std::filesystem::path(testing::TempDir()) / (name + "_" + std::to_string(::getpid()) + ".jsonl");
  std::filesystem::remove(path);
  return path;
}

SourceLocation in_file(const std::string& file, std::uint32_t line, std::uint32_t column) {
  SourceLocation where;
  where.file = file;
  where.line = line;
  where.column = column;
  return where;
}

std::vector<Json> lines_of(const std::filesystem::path& path) {
  std::vector<Json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    lines.push_back(Json::parse(line));
  }
  return lines;
}

/// Errors go to a file as long as this lives.
struct LogTo {
  explicit LogTo(const std::filesystem::path& path) { set_error_log(path); }
  ~LogTo() { set_error_log({}); }
  LogTo(const LogTo&) = delete;
  LogTo& operator=(const LogTo&) = delete;
};

TEST(ErrorLog, KeepsWhatAnErrorSays) {
  const double before = metrics::value_of(metrics::Metric::errors);
  log_error(Error(ErrorCode::bad_input, "no gate \"q\"", "declare it", in_file("a.qasm", 3, 7)), "job 5", "run");
  const ErrorRecord record = recent_errors().back();
  EXPECT_EQ(record.code, ErrorCode::bad_input);
  EXPECT_EQ(record.message, "no gate \"q\"");
  EXPECT_EQ(record.advice, "declare it");
  EXPECT_EQ(record.where, "a.qasm:3:7");
  EXPECT_EQ(record.job, "job 5");
  EXPECT_EQ(record.context, "run");
  EXPECT_GT(record.unix_seconds, 1.6e9);
  EXPECT_EQ(metrics::value_of(metrics::Metric::errors) - before, 1);
}

TEST(ErrorLog, KeepsTheLatestInOrder) {
  for (std::size_t i = 0; i < kRecentErrors + 5; ++i) {
    log_error(Error(ErrorCode::failed, std::to_string(i)));
  }
  const std::vector<ErrorRecord> recent = recent_errors();
  ASSERT_EQ(recent.size(), kRecentErrors);
  EXPECT_EQ(recent.front().message, "5");
  EXPECT_EQ(recent.back().message, std::to_string(kRecentErrors + 4));
  EXPECT_EQ(recent.back().number - recent.front().number, kRecentErrors - 1);
}

TEST(ErrorLog, AppendsALineOfJsonForEachError) {
  const auto path = fresh_path("error_log");
  {
    const LogTo log(path);
    log_error(Error(ErrorCode::io, "a \"quote\"\nand \xff no text", {}, in_file("b.qasm", 0, 0)), "job", "batch");
  }
  log_error(Error(ErrorCode::io, "not in the file"));
  {
    const LogTo log(path);
    log_error(Error(ErrorCode::cancelled, "second"));
  }
  const std::vector<Json> lines = lines_of(path);
  std::filesystem::remove(path);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at("code"), "io");
  EXPECT_EQ(lines[0].at("message"), "a \"quote\"\nand \xEF\xBF\xBD no text");
  EXPECT_EQ(lines[0].at("where"), "b.qasm");
  EXPECT_EQ(lines[0].at("job"), "job");
  EXPECT_EQ(lines[0].at("context"), "batch");
  EXPECT_EQ(lines[0].at("process"), ::getpid());
  const std::string time = lines[0].at("time");
  EXPECT_EQ(time.size(), std::string("2026-01-02T03:04:05.678Z").size()) << time;
  EXPECT_EQ(lines[1].at("code"), "cancelled");
}

TEST(ErrorLog, KeepsLinesWholeBetweenThreads) {
  const auto path = fresh_path("error_log_threads");
  {
    const LogTo log(path);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([=] {
        for (int i = 0; i < 200; ++i) {
          log_error(Error(ErrorCode::failed, std::string(300, 'x')), std::to_string(thread) + "/" + std::to_string(i));
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  }
  std::set<std::string> jobs;
  for (const Json& line : lines_of(path)) {
    jobs.insert(line.at("job"));
  }
  std::filesystem::remove(path);
  EXPECT_EQ(jobs.size(), 800U);
}

TEST(ErrorLog, RefusesAFileThatCannotBeOpened) {
  try {
    set_error_log("/nowhere/at/all.jsonl");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_NE(error.message().find("/nowhere/at/all.jsonl"), std::string::npos);
  }
}

/// What a fresh process with BASALT_LOG set to `path` keeps in memory after one error; it exits with the count.
int errors_of_child(const std::string& path) {
  return testing_support::run_in_child("ErrorLog.DISABLED_LogsOneErrorAndExits", "BASALT_LOG", path).exit_status;
}

/// The process that errors_of_child starts.
TEST(ErrorLog, DISABLED_LogsOneErrorAndExits) {
  log_error(Error(ErrorCode::failed, "from a child"));
  std::_Exit(static_cast<int>(recent_errors().size()));
}

TEST(ErrorLog, IsWrittenToTheFileOfTheEnvironment) {
  const auto path = fresh_path("error_log_environment");
  EXPECT_EQ(errors_of_child(path), 1);
  const std::vector<Json> lines = lines_of(path);
  std::filesystem::remove(path);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].at("message"), "from a child");
}

TEST(ErrorLog, RemembersThatTheFileOfTheEnvironmentCannotBeOpened) {
  EXPECT_EQ(errors_of_child("/nowhere/at/all.jsonl"), 2) << "its own error, and the log's";
}

}  // namespace
}  // namespace basalt
