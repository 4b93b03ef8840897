// Reading files: what cannot be read is refused with its path and the reason, before memory is taken for it.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "quantum/input/failure.h"
#include "workloads/quantum/input/source.h"

namespace basalt::quantum {
namespace {

namespace fs = std::filesystem;

class ReadSource : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "basalt_read_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  void expect_refused(const std::string& file, const std::string& reason) {
    const Error error = test::failure_of([&] { read_source(file); });
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_EQ(exit_status_of(error.code()), 2);
    EXPECT_NE(error.message().find(file), std::string::npos) << error.message();
    EXPECT_NE(error.message().find(reason), std::string::npos) << error.message();
  }

  fs::path folder_;
};

TEST_F(ReadSource, GivesEveryByte) {
  std::string bytes(3'000'001, 'x');
  bytes[5] = '\0';
  bytes[1'048'576] = '\n';
  std::ofstream(path("a"), std::ios::binary) << bytes;
  EXPECT_TRUE(read_source(path("a")) == bytes);
}

TEST_F(ReadSource, AnEmptyFileIsEmpty) {
  std::ofstream(path("a")).flush();
  EXPECT_EQ(read_source(path("a")), "");
}

TEST_F(ReadSource, RefusesAMissingFile) {
  expect_refused(path("missing.qasm"), "no such file");
}

TEST_F(ReadSource, RefusesAnEmptyPath) {
  EXPECT_EQ(test::failure_of([] { read_source(""); }).code(), ErrorCode::bad_input);
}

TEST_F(ReadSource, RefusesADirectory) {
  expect_refused(folder_.string(), "directory");
}

TEST_F(ReadSource, RefusesAFileWithoutPermission) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may read every file";
  }
  std::ofstream(path("secret")) << "x";
  ::chmod(path("secret").c_str(), 0);
  expect_refused(path("secret"), "ermission");
}

TEST_F(ReadSource, RefusesALoopOfLinks) {
  fs::create_symlink("loop", folder_ / "loop");
  expect_refused(path("loop"), "links");
}

TEST_F(ReadSource, RefusesByTheSizeBeforeReading) {
  std::ofstream(path("huge")).flush();
  fs::resize_file(path("huge"), kMaxSourceBytes + 1);  // sparse: takes no room
  expect_refused(path("huge"), "256 MiB");
}

TEST_F(ReadSource, StopsReadingEndlessDevices) {
  if (!fs::exists("/dev/zero")) {
    GTEST_SKIP() << "there is no /dev/zero";
  }
  expect_refused("/dev/zero", "256 MiB");
}

}  // namespace
}  // namespace basalt::quantum
