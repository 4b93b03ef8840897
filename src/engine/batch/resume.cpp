#include "engine/batch/resume.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/printable.h"
#include "engine/batch/definition.h"
#include "engine/seed.h"
#include "workloads/quantum/input/source.h"

namespace basalt {
namespace {

constexpr const char* kAdvice = "give the command that the file is from, or another --output";

/// Reads each file once: a sweep has one for all its jobs.
class SourceHashes {
 public:
  /// A circuit that is gone or unreadable has the hash 0.
  std::uint64_t of(const BatchJob& job) {
    if (job.pattern) {
      return kNoSource;
    }
    if (job.file.empty()) {
      return hash_of(job.request.source.text);
    }
    const auto [entry, is_new] = by_file_.try_emplace(job.file, 0);
    if (is_new) {
      try {
        entry->second = hash_of(quantum::read_source(job.file));
      } catch (const Error&) {
        entry->second = 0;
      }
    }
    return entry->second;
  }

 private:
  std::unordered_map<std::string, std::uint64_t> by_file_;
};

[[noreturn]] void refuse_changes(const std::vector<std::string>& changed) {
  throw Error(ErrorCode::bad_usage,
              fmt::format("{} of the jobs that have results are not what they were, the first is {}", changed.size(),
                          in_quotes(changed.front())),
              fmt::format("undo the change of circuits, options or order; or {}", kAdvice));
}

}  // namespace

std::uint64_t seed_to_resume(const Journal& journal, const BatchSettings& settings) {
  if (journal.entries().empty()) {
    return settings.seed ? *settings.seed : draw_seed();
  }
  const std::uint64_t seed = journal.entries().front().head.batch_seed;
  if (settings.seed && *settings.seed != seed) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("the results so far were made with --seed {}, not {}", seed, *settings.seed),
                "leave --seed out, or give another --output");
  }
  return seed;
}

std::vector<bool> take_up(Journal& journal, const std::function<BatchJob(std::uint64_t index)>& job,
                          std::uint64_t count) {
  std::vector<bool> done(count);
  std::vector<Journal::Entry> kept;
  std::vector<std::string> changed;
  SourceHashes hashes;
  for (const Journal::Entry& entry : journal.entries()) {
    const ResultHead& head = entry.head;
    const BatchJob now = head.index < count ? job(head.index) : BatchJob();
    if (now.id != head.id) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("line {} of the results is of a job {}, which is not in this batch, or not at place {}",
                              entry.line, in_quotes(head.id), head.index),
                  kAdvice);
    }
    if (!head.done) {
      continue;
    }
    if (done[head.index]) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("line {} of the results repeats the job {}", entry.line, in_quotes(head.id)),
                  "remove one of the two lines");
    }
    if (definition_of(now, head.index, hashes.of(now)) != head.definition) {
      changed.push_back(head.id);
    }
    done[head.index] = true;
    kept.push_back(entry);
  }
  if (!changed.empty()) {
    refuse_changes(changed);
  }
  journal.keep(std::move(kept));
  return done;
}

}  // namespace basalt
