// What a folder of checkpoints says of its run.
#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "basalt/checkpoint.h"
#include "basalt/error.h"
#include "engine/kept_json.h"
#include "execute/checkpoint_file.h"
#include "execute/checkpoint_folder.h"

namespace basalt {

KeptRun find_run(const std::string& folder_path) {
  const CheckpointFolder folder = CheckpointFolder::open(folder_path);
  if (folder.has_result()) {
    std::ifstream file(folder.result_file(), std::ios::binary);
    return {.request = {}, .result = std::string(std::istreambuf_iterator<char>(file), {})};
  }
  std::string last;
  for (const std::uint64_t generation : folder.generations()) {
    try {
      const CheckpointFile file(folder.file_of(generation));
      KeptRun run{.request = request_of(read_kept(file.document()).at("request")), .result = std::nullopt};
      run.request.checkpoint.folder = folder.path();
      run.request.checkpoint.resume = true;
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
