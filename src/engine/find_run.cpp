// What a folder of checkpoints says of its run.
#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "basalt/checkpoint.h"
#include "basalt/error.h"
#include "basalt/pattern_file.h"
#include "engine/kept_json.h"
#include "execute/checkpoint_file.h"
#include "execute/checkpoint_folder.h"

namespace basalt {
namespace {

/// What a document of checkpoints of a pattern says of its run.
PatternRequest pattern_of(const KeptJson& document) {
  PatternRequest request = read_pattern_toml(document.at("pattern"), "checkpoint");
  if (const KeptJson& steps = document.at("steps_per_visit"); !steps.is_null()) {
    request.steps_per_visit = whole<int>(steps);
  }
  if (const KeptJson& every = document.at("every_seconds"); !every.is_null()) {
    request.checkpoint.every_seconds = every.get<double>();
  }
  return request;
}

void go_on(CheckpointRequest& request, const CheckpointFolder& folder) {
  request.folder = folder.path();
  request.resume = true;
}

}  // namespace

KeptRun find_run(const std::string& folder_path) {
  const CheckpointFolder folder = CheckpointFolder::open(folder_path);
  if (folder.has_result()) {
    std::ifstream file(folder.result_file(), std::ios::binary);
    return {.request = {}, .pattern = std::nullopt, .result = std::string(std::istreambuf_iterator<char>(file), {})};
  }
  std::string last;
  for (const std::uint64_t generation : folder.generations()) {
    try {
      const CheckpointFile file(folder.file_of(generation));
      const KeptJson document = read_kept(file.document());
      KeptRun run{.request = {}, .pattern = std::nullopt, .result = std::nullopt};
      if (document.contains("pattern")) {
        run.pattern = pattern_of(document);
        go_on(run.pattern->checkpoint, folder);
      } else {
        run.request = request_of(document.at("request"));
        go_on(run.request.checkpoint, folder);
      }
      return run;
    } catch (const Error& error) {
      last = error.message();
    } catch (const KeptJson::exception& error) {
      last = error.what();
    }
  }
  throw Error(ErrorCode::io, fmt::format("no checkpoint in '{}' can be read; {}", folder_path, last),
              "run the program anew, with another folder");
}

bool is_kept(const std::string& folder) {
  return holds_run(folder);
}

}  // namespace basalt
