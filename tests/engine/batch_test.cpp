// Batches on threads: results, failures, timeouts, cancel and resume. Processes: tests/cli/batch_test.cpp.

#include "basalt/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "batch_harness.h"
#include "engine/batch/crew.h"

namespace basalt {
namespace {

using testing::HasSubstr;

const std::string kCoin = qasm3("qubit[3] q; bit[3] c; h q; c = measure q;");
const std::string kTurn =
    qasm3("input angle a; input int n; qubit q; bit c; for int i in [1:n] { rx(a) q; } c = measure q;");
const std::string kEndless = qasm3("qubit q; int i = 0; while (true) { i += 1; }");

BatchSettings on_threads(int workers = 2) {
  BatchSettings settings;
  settings.isolation = Isolation::thread;
  settings.workers = workers;
  settings.seed = 11;
  return settings;
}

class BatchTest : public testing::Test {
 protected:
  std::vector<BatchJob> jobs(const std::string& lines) { return read_batch({folder.write("jobs.jsonl", lines)}, {}); }

  /// `count` coins, thrown with seeds of the batch.
  std::vector<BatchJob> coins(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) {
      lines += Json{{"id", "coin " + std::to_string(i)}, {"source", kCoin}, {"shots", 100 + i}}.dump() + '\n';
    }
    return jobs(lines);
  }

  static std::string run_lines(const std::vector<BatchJob>& jobs, const BatchSettings& settings) {
    std::string lines;
    BatchHooks hooks;
    hooks.on_line = [&](std::string_view line) { lines.append(line) += '\n'; };
    run_batch(jobs, settings, hooks);
    return lines;
  }

  static std::string message_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_NE(error.advice(), "") << error.what();
      return error.message();
    }
    return {};
  }

  BatchFolder folder;
};

TEST_F(BatchTest, GivesWhatSingleRunsGiveOnAnyNumberOfWorkers) {
  const auto batch = coins(20);
  const auto results = results_of(run_lines(batch, on_threads(1)));
  EXPECT_EQ(results_of(run_lines(batch, on_threads(3))), results);
  ASSERT_EQ(results.size(), 20U);
  for (const auto& [index, text] : results) {
    const Json report = Json::parse(text)["report"];
    Request request = batch[index].request;
    request.seed = report["seed"].get<std::uint64_t>();
    EXPECT_EQ(report["counts"], Json(counts_of(run(request)))) << index;
  }
  EXPECT_NE(Json::parse(results.at(0))["report"]["seed"], Json::parse(results.at(1))["report"]["seed"]);
}

TEST_F(BatchTest, WithoutASeedTakesOneAndReportsIt) {
  BatchSettings settings = on_threads();
  settings.seed.reset();
  const std::string lines = run_lines(coins(3), settings);
  settings.seed = Json::parse(lines.substr(0, lines.find('\n')))["batch_seed"].get<std::uint64_t>();
  EXPECT_EQ(results_of(run_lines(coins(3), settings)), results_of(lines));
}

TEST_F(BatchTest, RowsOfASweepAreSingleRuns) {
  const std::string circuit = folder.write("turn.qasm", kTurn);
  const auto sweep = read_sweep(circuit, folder.write("p.csv", "a,n\npi/3,1\n0.25,4\n\"pi\",2\n"), {});
  const auto results = results_of(run_lines(sweep, on_threads()));
  ASSERT_EQ(results.size(), 3U);
  for (const auto& [index, text] : results) {
    const Json line = Json::parse(text);
    Request request = sweep[index].request;
    request.source = read_program(circuit);
    request.seed = line["report"]["seed"].get<std::uint64_t>();
    EXPECT_EQ(line["report"]["counts"], Json(counts_of(run(request)))) << index;
    EXPECT_EQ(line["inputs"], Json(request.inputs));
    EXPECT_EQ(line["id"], std::to_string(index + 1));
  }
}

TEST_F(BatchTest, FailingJobsStandAlone) {
  const auto batch =
      jobs(Json{{"id", "wrong"}, {"source", "qubit q; nonsense q;"}}.dump() + '\n' +
           Json{{"id", "gone"}, {"file", "gone.qasm"}}.dump() + '\n' +
           Json{{"id", "large"}, {"source", qasm3("qubit[60] q; h q; for uint i in [0:58] { cp(0.1) q[i], q[i+1]; }")}}
               .dump() +
           '\n' + Json{{"id", "slow"}, {"source", kEndless}, {"timeout", 0.05}}.dump() + '\n' +
           Json{{"id", "fine"}, {"source", kCoin}}.dump() + '\n');
  BatchSettings settings = on_threads();
  settings.retries = 2;
  std::map<std::string, Json> lines;
  BatchHooks hooks;
  hooks.on_line = [&](std::string_view text) {
    const Json line = Json::parse(text);
    lines[line["id"].get<std::string>()] = line;
  };
  BatchProgress last;
  hooks.on_progress = [&](const BatchProgress& progress) { last = progress; };
  const BatchSummary summary = run_batch(batch, settings, hooks);
  EXPECT_EQ(summary.progress.done, 1U);
  EXPECT_EQ(summary.progress.failed, 4U);
  EXPECT_EQ(last.done + last.failed, 5U);
  EXPECT_EQ(last.running, 0U);
  EXPECT_EQ(lines["fine"]["status"], "done");
  for (const auto& [id, code] :
       {std::pair{"wrong", "bad_input"}, {"gone", "bad_input"}, {"large", "out_of_resources"}}) {
    EXPECT_EQ(lines[id]["status"], "failed") << id;
    EXPECT_EQ(lines[id]["error"]["code"], code) << id;
    EXPECT_EQ(lines[id]["attempts"], 1) << id << ": an error stays an error";
    EXPECT_FALSE(lines[id].contains("report"));
  }
  EXPECT_EQ(lines["slow"]["status"], "timed_out");
  EXPECT_EQ(lines["slow"]["attempts"], 3);
}

TEST_F(BatchTest, HigherPrioritiesGoFirst) {
  std::string text;
  for (const int priority : {0, 5, -5, 5}) {
    text += Json{{"source", kCoin}, {"priority", priority}}.dump() + '\n';
  }
  std::vector<int> order;
  BatchHooks hooks;
  hooks.on_line = [&](std::string_view line) { order.push_back(Json::parse(line)["index"].get<int>()); };
  run_batch(jobs(text), on_threads(1), hooks);
  EXPECT_EQ(order, (std::vector<int>{1, 3, 0, 2}));
}

TEST_F(BatchTest, ResumesFromAnyPlace) {
  const auto batch = coins(6);
  BatchSettings settings = on_threads();
  settings.output = folder.path("out.jsonl");
  settings.seed.reset();
  run_batch(batch, settings);
  const std::string whole = folder.read("out.jsonl");
  settings.resume = true;
  const std::size_t first_line = whole.find('\n') + 1;
  for (std::size_t cut = first_line; cut <= whole.size(); cut += 97) {
    folder.write("out.jsonl", whole.substr(0, cut));
    const BatchSummary summary = run_batch(batch, settings);
    EXPECT_EQ(results_of(folder.read("out.jsonl")), results_of(whole)) << cut;
    EXPECT_EQ(summary.progress.kept + summary.progress.done, 6U);
    EXPECT_EQ(folder.read("out.jsonl").substr(0, first_line), whole.substr(0, first_line)) << "not run again";
  }
}

TEST_F(BatchTest, ResumingRunsFailedJobsAgainAndLosesNothing) {
  const std::string text =
      Json{{"id", "a"}, {"source", kCoin}}.dump() + '\n' + Json{{"id", "b"}, {"file", "b.qasm"}}.dump() + '\n';
  BatchSettings settings = on_threads();
  settings.output = folder.path("out.jsonl");
  EXPECT_EQ(run_batch(jobs(text), settings).progress.failed, 1U);
  folder.write("b.qasm", kCoin);
  settings.resume = true;
  const BatchSummary summary = run_batch(jobs(text), settings);
  EXPECT_EQ(summary.progress.kept, 1U);
  EXPECT_EQ(summary.progress.done, 1U);
  EXPECT_EQ(results_of(folder.read("out.jsonl")).size(), 2U) << "one line a job";
  EXPECT_EQ(run_batch(jobs(text), settings).progress.kept, 2U);
}

TEST_F(BatchTest, ResumingRefusesResultsOfOtherJobs) {
  const auto batch = [&](const std::string& id, int shots, const std::string& source) {
    folder.write("h.txt", source == kCoin ? "Z0" : "Z1");
    return jobs(Json{{"id", id}, {"source", source}, {"shots", shots}, {"observables", {"@h.txt"}}}.dump() + '\n');
  };
  BatchSettings settings = on_threads();
  settings.output = folder.path("out.jsonl");
  run_batch(batch("a", 10, kCoin), settings);
  const std::string before = folder.read("out.jsonl");
  settings.resume = true;
  const auto refusal = [&](const std::vector<BatchJob>& changed) {
    return message_of([&] { run_batch(changed, settings); });
  };
  EXPECT_THAT(refusal(batch("a", 11, kCoin)), HasSubstr("not what they were"));
  EXPECT_THAT(refusal(batch("a", 10, kCoin + " ")), HasSubstr("not what they were"));
  EXPECT_THAT(refusal(batch("b", 10, kCoin)), HasSubstr("not in this batch"));
  const auto same = batch("a", 10, kCoin);
  folder.write("h.txt", "X0");
  EXPECT_THAT(refusal(same), HasSubstr("not what they were")) << "the file of an observable";
  folder.write("h.txt", "Z0");
  settings.seed = 12;
  EXPECT_THAT(refusal(same), HasSubstr("--seed 11"));
  EXPECT_EQ(folder.read("out.jsonl"), before);
  settings.seed.reset();
  EXPECT_EQ(run_batch(same, settings).progress.kept, 1U);
}

TEST_F(BatchTest, ACancelKeepsWhatHasEnded) {
  std::string text = Json{{"id", "a"}, {"source", kCoin}}.dump() + '\n';
  for (int i = 0; i < 10; ++i) {
    text += Json{{"source", kEndless}}.dump() + '\n';
  }
  CancelToken cancel;
  BatchHooks hooks;
  hooks.cancel = &cancel;
  hooks.on_progress = [&](const BatchProgress& progress) {
    if (progress.done == 1) {
      cancel.request();
    }
  };
  BatchSettings settings = on_threads();
  settings.output = folder.path("out.jsonl");
  EXPECT_THAT(message_of([&] { run_batch(jobs(text), settings, hooks); }), HasSubstr("1 of 11 jobs"));
  EXPECT_EQ(results_of(folder.read("out.jsonl")).size(), 1U);
}

TEST_F(BatchTest, FoldersGiveTheirCircuitsSorted) {
  folder.write("d/b.qasm", kCoin);
  folder.write("d/a/z.qasm", kCoin);
  folder.write("d/notes.txt", "");
  const std::string one = folder.write("one", kCoin);
  Request defaults;
  defaults.shots = 9;
  const auto batch = read_batch({folder.path("d"), one}, defaults);
  std::vector<std::string> ids;
  for (const BatchJob& job : batch) {
    ids.push_back(job.id);
    EXPECT_EQ(job.request.shots, 9U);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{folder.path("d/a/z.qasm"), folder.path("d/b.qasm"), one}));
}

TEST_F(BatchTest, BadBatchesAreRefusedBeforeTheyStart) {
  const std::string good = Json{{"id", "a"}, {"source", kCoin}}.dump() + '\n';
  EXPECT_THAT(message_of([&] { jobs(good + good); }), HasSubstr("two jobs have the id 'a'"));
  EXPECT_THAT(message_of([&] { jobs("\n  \n"); }), HasSubstr("no jobs"));
  EXPECT_THAT(message_of([&] { read_batch({folder.path("gone.jsonl")}, {}); }), HasSubstr("no such file"));
  EXPECT_THAT(message_of([&] { read_batch({folder.path("gone.qasm")}, {}); }), HasSubstr("no such file"));
  std::filesystem::create_directory(folder.path("empty"));
  EXPECT_THAT(message_of([&] { read_batch({folder.path("empty")}, {}); }), HasSubstr("no circuit below"));
  const std::string circuit = folder.write("a.qasm", kCoin);
  EXPECT_THAT(message_of([&] { read_batch({circuit, circuit}, {}); }), HasSubstr("two jobs"));
  EXPECT_THAT(message_of([&] { read_batch({folder.path("\xFF")}, {}); }), HasSubstr("no such file"));
  EXPECT_THAT(message_of([&] { read_batch({folder.write("\xFF.qasm", kCoin)}, {}); }), HasSubstr("not UTF-8"));
  try {
    (void)jobs(good + "\n{\"id\": \"b\"}\n");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.where().line, 3U) << error.what();
  }
}

Inventory machine(std::uint64_t cores, std::uint64_t memory_bytes) {
  Inventory inventory;
  inventory.cores = {cores, "test"};
  inventory.memory_bytes = {memory_bytes, "test"};
  return inventory;
}

TEST(Crew, FollowsCoresJobsAndMemory) {
  const std::uint64_t gib = std::uint64_t{1} << 30;
  std::vector<BatchJob> many(100);
  const auto crew = [&](const std::vector<BatchJob>& jobs, int wanted, std::uint64_t job_bytes) {
    const Crew chosen = choose_crew(jobs, wanted, machine(8, 16 * gib), job_bytes);
    return std::pair(chosen.workers, chosen.threads_per_job);
  };
  EXPECT_EQ(crew(many, 0, 1000), std::pair(8, 1));
  EXPECT_EQ(crew(many, 0, 5 * gib), std::pair(3, 2)) << "three fit in memory";
  EXPECT_EQ(crew(many, 0, 40 * gib), std::pair(1, 8)) << "it is refused when it runs, with its numbers";
  EXPECT_EQ(crew(std::vector<BatchJob>(2), 0, 1000), std::pair(2, 4));
  EXPECT_EQ(crew(many, 3, 40 * gib), std::pair(3, 2)) << "as asked for";
  EXPECT_EQ(crew(many, 20, 1000), std::pair(20, 1));
  many[50].request.threads = 4;
  EXPECT_EQ(crew(many, 0, 1000).first, 2);
}

TEST(Crew, SamplesWrongCircuitsWithoutHarm) {
  std::vector<BatchJob> jobs(2);
  jobs[0].request.source.text = "nonsense";
  jobs[1].request.source.text = qasm3("qubit[20] q;");
  EXPECT_GE(sample_job_bytes(jobs, CancelToken()), std::uint64_t{8} << 20);
}

}  // namespace
}  // namespace basalt
