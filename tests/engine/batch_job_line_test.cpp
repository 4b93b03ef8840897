// Jobs as lines of JSON: what is read, what is refused and where, and that what is written is read back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "engine/batch/job_line.h"

namespace basalt {
namespace {

using testing::HasSubstr;

BatchJob read(const std::string& line, const Request& defaults = {}) {
  quantum::SourceMap sources;
  const std::uint32_t text = sources.add("jobs.jsonl", "\n" + line);
  return parse_job_line(sources, {text, 1}, sources.text(text).substr(1), defaults, "folder");
}

Error error_of(const std::string& line) {
  try {
    (void)read(line);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << line << " was accepted";
  return {ErrorCode::failed, "none"};
}

TEST(JobLine, ReadsEveryKey) {
  const BatchJob job = read(
      R"({"id": "a", "file": "b/../c.qasm", "shots": 5, "seed": 18446744073709551615, "precision": "double",
 "observables": ["Z0", "@h.txt"], "probabilities": [1, 0], "top": 3, "inputs": {"t": "pi/2", "n": 3, "x": -0.5,
 "b": true}, "threads": 2, "memory": "1G", "timeout": 2.5, "priority": -7})");
  EXPECT_EQ(job.id, "a");
  EXPECT_EQ(job.file, "folder/c.qasm");
  EXPECT_EQ(job.request.shots, 5U);
  EXPECT_EQ(job.request.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(job.request.precision, Precision::double_precision);
  EXPECT_EQ(job.request.observables, (std::vector<std::string>{"Z0", "@folder/h.txt"}));
  EXPECT_EQ(job.request.probability_qubits, (std::vector<std::uint32_t>{1, 0}));
  EXPECT_EQ(job.request.top, 3U);
  EXPECT_EQ(job.request.inputs,
            (std::map<std::string, std::string>{{"t", "pi/2"}, {"n", "3"}, {"x", "-0.5"}, {"b", "true"}}));
  EXPECT_EQ(job.request.threads, 2);
  EXPECT_EQ(job.request.memory_limit_bytes, std::uint64_t{1} << 30);
  EXPECT_EQ(job.timeout_seconds, 2.5);
  EXPECT_EQ(job.priority, -7);
}

TEST(JobLine, HoldsAPattern) {
  const BatchJob job = read(
      R"({"id": "a", "pattern": "model = \"gray-scott\"\nsteps = 7\nseed = 3\n[parameters]\nF = 0.05", "threads": 2,
 "memory": "1G", "timeout": 3, "priority": 4})");
  ASSERT_TRUE(job.pattern.has_value());
  EXPECT_EQ(job.pattern->model, "gray-scott");
  EXPECT_EQ(job.pattern->steps, 7U);
  EXPECT_EQ(job.pattern->threads, 2);
  EXPECT_EQ(job.pattern->memory_limit_bytes, std::uint64_t{1} << 30);
  EXPECT_EQ(job.priority, 4);
  const BatchJob again = read(job_line(job));
  EXPECT_EQ(again.id, "a");
  EXPECT_EQ(again.pattern->parameters, job.pattern->parameters);
  EXPECT_EQ(again.pattern->threads, 2);
  // what no result depends on is no part of what it is
  BatchJob other = job;
  other.pattern->threads = 5;
  other.pattern->memory_limit_bytes.reset();
  EXPECT_EQ(definition_line(other), definition_line(job));
  other.pattern->seed = 4;
  EXPECT_NE(definition_line(other), definition_line(job));
}

TEST(JobLine, RefusesWhatAPatternHasNot) {
  EXPECT_THAT(error_of(R"({"id": "a", "pattern": "model = \"gray-scott\"", "file": "a.qasm"})").what(),
              HasSubstr("the job is a pattern, which has no \"file\" here"));
  EXPECT_THAT(error_of(R"({"id": "a", "pattern": "model = \"gray-scott\"", "shots": 3})").what(),
              HasSubstr("no \"shots\" here"));
  EXPECT_THAT(error_of(R"({"id": "a", "pattern": "model = \"gray-scot\""})").what(),
              HasSubstr("there is no model 'gray-scot'"));
}

TEST(JobLine, WhatIsNotSaidIsAsInTheDefaults) {
  Request defaults;
  defaults.shots = 77;
  defaults.observables = {"X0"};
  const BatchJob job = read(R"({"source": "qubit q;"})", defaults);
  EXPECT_EQ(job.id, "line 2");
  EXPECT_EQ(job.file, "");
  EXPECT_EQ(job.request.source.text, "qubit q;");
  EXPECT_EQ(job.request.source.name, "line 2");
  EXPECT_FALSE(job.request.source.folder) << "a text includes no files";
  EXPECT_EQ(job.request.shots, 77U);
  EXPECT_EQ(job.request.observables, defaults.observables);
  EXPECT_EQ(read(R"({"file": "/a.qasm"})").file, "/a.qasm");
  EXPECT_EQ(read(R"({"file": "x/a.qasm"})").id, "x/a.qasm");
}

TEST(JobLine, RefusesWithThePlace) {
  struct Case {
    const char* line;
    const char* says;
    std::uint32_t column;
  };
  const Case cases[] = {
      {R"({"file": "a", "shot": 1})", "no key 'shot'", 15},
      {R"({"file": "a", "shots": 0})", "\"shots\" is 0", 15},
      {R"({"file": "a", "shots": 1000000001})", "\"shots\"", 15},
      {R"({"file": "a", "shots": 1.0})", "\"shots\" is 1.0", 15},
      {R"({"file": "a", "shots": "1"})", "\"shots\"", 15},
      {R"({"file": "a", "seed": -1})", "\"seed\"", 15},
      {R"({"file": "a", "seed": 18446744073709551616})", "\"seed\"", 15},
      {R"({"file": "a", "precision": "half"})", "\"precision\"", 15},
      {R"({"file": "a", "observables": "Z0"})", "\"observables\"", 15},
      {R"({"file": "a", "observables": [""]})", "\"observables\"", 15},
      {R"({"file": "a", "observables": [["Z0"]]})", "nested", 1},
      {R"({"file": "a", "probabilities": [4294967296]})", "\"probabilities\"", 15},
      {R"({"file": "a", "probabilities": 0})", "\"probabilities\"", 15},
      {R"({"file": "a", "top": null})", "\"top\"", 15},
      {R"({"file": "a", "inputs": ["x"]})", "\"inputs\"", 15},
      {R"({"file": "a", "inputs": {"x": null}})", "\"x\" is null", 26},
      {R"({"file": "a", "inputs": {"x": 1, "x": 2}})", "'x' comes twice", 26},
      {R"({"file": "a", "threads": -1})", "\"threads\"", 15},
      {R"({"file": "a", "memory": "lots"})", "\"memory\"", 1},
      {R"({"file": "a", "memory": 0})", "\"memory\"", 15},
      {R"({"file": "a", "timeout": 0})", "\"timeout\"", 15},
      {R"({"file": "a", "timeout": "1"})", "\"timeout\"", 15},
      {R"({"file": "a", "priority": 11})", "\"priority\"", 15},
      {R"({"file": "a", "priority": 0.5})", "\"priority\"", 15},
      {R"({"file": "a", "file": "b"})", "'file' comes twice", 2},
      {R"({"file": "a", "source": "b"})", "both", 2},
      {R"({"file": ""})", "\"file\"", 2},
      {R"({"file": "a\u0000b"})", "\"file\"", 2},
      {R"({"id": "", "file": "a"})", "\"id\"", 2},
      {R"({"id": 1, "file": "a"})", "\"id\"", 2},
      {R"({"id": "a"})", "no circuit", 1},
      {R"({})", "no circuit", 1},
      {R"([])", "no JSON object", 1},
      {R"(null)", "no JSON object", 1},
      {R"({"file": "a"} x)", "no JSON", 15},
      {R"({"file": "a",})", "no JSON", 14},
      {R"({"file": "a")", "no JSON", 13},
      {R"({'file': 'a'})", "no JSON", 2},
      {R"({"file": "a", "timeout": 1e999})", "too large", 1},
      {R"({"inputs": {"a": [[1]]}, "file": "a"})", "nested", 1},
      {"{\"file\": \"\xFF\"}", "no JSON", 11},
  };
  for (const Case& each : cases) {
    const Error error = error_of(each.line);
    EXPECT_EQ(error.code(), ErrorCode::bad_input) << each.line;
    EXPECT_THAT(error.message(), HasSubstr(each.says)) << each.line;
    EXPECT_EQ(error.where().file, "jobs.jsonl") << each.line;
    EXPECT_EQ(error.where().line, 2U) << each.line;
    EXPECT_EQ(error.where().column, each.column) << each.line << '\n' << error.what();
  }
  EXPECT_THAT(error_of(R"({"file": "a", "shot": 1})").advice(), HasSubstr("\"shots\""));
}

TEST(JobLine, DeepNestingIsRefusedAtOnce) {
  EXPECT_THAT(error_of("{\"inputs\": " + std::string(1'000'000, '[')).message(), HasSubstr("nested"));
}

/// Texts with everything that JSON has to escape.
rc::Gen<std::string> text() {
  return rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcXYZ019 \"\\/\n\t\x01\x7F@{}[],:"))));
}

RC_GTEST_PROP(JobLine, WhatIsWrittenIsReadBack, ()) {
  BatchJob job;
  job.id = *text();
  job.request.source.text = *text();
  job.request.source.name = job.id;
  job.request.shots = *rc::gen::inRange<std::uint64_t>(1, kMaxShots);
  if (*rc::gen::arbitrary<bool>()) {
    job.request.seed = *rc::gen::arbitrary<std::uint64_t>();
  }
  job.request.precision = *rc::gen::element(Precision::single_precision, Precision::double_precision);
  for (const std::string& observable : *rc::gen::container<std::vector<std::string>>(text())) {
    job.request.observables.push_back("Z" + observable);
  }
  job.request.probability_qubits = *rc::gen::arbitrary<std::vector<std::uint32_t>>();
  job.request.top = *rc::gen::arbitrary<std::uint64_t>();
  job.request.inputs = *rc::gen::container<std::map<std::string, std::string>>(text(), text());
  job.request.threads = *rc::gen::inRange(0, 100);
  job.priority = *rc::gen::inRange(-10, 11);
  const BatchJob back = read(job_line(job));
  RC_ASSERT(job_line(back) == job_line(job));
  RC_ASSERT(back.id == job.id);
  RC_ASSERT(back.request.source.text == job.request.source.text);
  RC_ASSERT(back.request.seed == job.request.seed);
  RC_ASSERT(back.request.inputs == job.request.inputs);
  RC_ASSERT(definition_line(back) == definition_line(job));
}

/// Anything at all gives a job or Error(bad_input), and never anything else.
RC_GTEST_PROP(JobLine, NoTextDoesHarm, ()) {
  std::string line = R"({"id": "a", "file": "x.qasm", "shots": 5, "inputs": {"t": 1.5}, "probabilities": [1]})";
  const int edits = *rc::gen::inRange(1, 8);
  for (int i = 0; i < edits; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, line.size());
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        line[at] = static_cast<char>(*rc::gen::inRange(0, 256));
        break;
      case 1:
        line.erase(at, *rc::gen::inRange<std::size_t>(1, 6));
        break;
      default:
        line.insert(at, *rc::gen::element<std::string>("{", "}", "[", "]", "\"", ",", ":", "1e999", "null", "\\u0000"));
    }
    RC_PRE(!line.empty());
  }
  try {
    const BatchJob job = read(line);
    RC_ASSERT(!job.id.empty());
    RC_ASSERT(job.file.empty() != job.request.source.text.empty());
  } catch (const Error& error) {
    RC_ASSERT(error.code() == ErrorCode::bad_input);
    RC_ASSERT(error.where().line >= 1U);
  }
}

}  // namespace
}  // namespace basalt
