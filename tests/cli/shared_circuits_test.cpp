// Every circuit of the shared collection runs from the command line, small ones against the reference.

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "places.h"
#include "program.h"

namespace basalt::testing_cli {
namespace {

/// These measure `q` into `c` and declare neither: no OpenQASM.
bool is_invalid(const fs::path& file) {
  return file.filename().string().starts_with("vqe_uccsd_n");
}

const fs::path kCircuits = fs::path(places::kSourceFolder) / ".." / "shared" / "circuits";

TEST(SharedCircuits, AllRun) {
  if (!fs::exists(kCircuits)) {
    GTEST_SKIP() << kCircuits << " is absent";
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(kCircuits)) {
    if (entry.path().extension() == ".qasm") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  ASSERT_GT(files.size(), 50U);
  const Workspace space;
  for (const fs::path& file : files) {
    // The wider ones exercise nothing more and take minutes.
    const Result check = space.run({"check", file.string(), "--json"});
    if (is_invalid(file)) {
      EXPECT_EQ(check.status, 2) << file;
      EXPECT_NE(check.err.find("is not declared"), std::string::npos) << check.err;
      continue;
    }
    ASSERT_EQ(check.status, 0) << file << check.err;
    if (nlohmann::json::parse(check.out)["qubits"] > 20) {
      continue;
    }
    const Result result = space.run({"run", file.string(), "--shots", "100", "--json", "--seed", "1"});
    ASSERT_EQ(result.status, 0) << file << result.err;
    const auto document = nlohmann::json::parse(result.out);
    std::uint64_t shots = 0;
    for (const auto& [bits, count] : document["counts"].items()) {
      shots += count.get<std::uint64_t>();
    }
    EXPECT_TRUE(shots == 100 || document["counts"].empty()) << file;
    EXPECT_NEAR(document["norm"].get<double>(), 1, 1e-4) << file;
  }
}

}  // namespace
}  // namespace basalt::testing_cli
