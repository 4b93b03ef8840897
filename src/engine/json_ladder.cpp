// Ladders as JSON.
#include "engine/json_text.h"

namespace basalt {

Json ladder_json(const LadderReport& ladder) {
  Json rungs = Json::array();
  for (const Rung& rung : ladder.rungs) {
    Json entry = {{"name", rung.name}};
    if (!rung.rejection.empty()) {
      entry["rejection"] = rung.rejection;
    }
    rungs.push_back(std::move(entry));
  }
  Json result = {{"rungs", rungs}};
  if (!ladder.disk) {
    return result;
  }
  const DiskReport& disk = *ladder.disk;
  result["disk"] = {{"folder", disk.folder},
                    {"filesystem", disk.filesystem},
                    {"state_bytes", disk.state_bytes},
                    {"tile_bytes", disk.tile_bytes},
                    {"buffers", disk.buffers},
                    {"chunk_bytes", disk.chunk_bytes},
                    {"figures",
                     {{"read_bytes_per_second", disk.figures.read},
                      {"write_bytes_per_second", disk.figures.write},
                      {"both_bytes_per_second", disk.figures.both},
                      {"source", disk.figures.source}}},
                    {"predicted_bytes", disk.predicted_bytes},
                    {"predicted_seconds", disk.predicted_seconds}};
  if (disk.seconds > 0) {
    result["disk"].update({{"moved_bytes", disk.moved_bytes},
                           {"disk_bytes", disk.disk_bytes},
                           {"seconds", disk.seconds},
                           {"waited_seconds", disk.waited_seconds},
                           {"result_bytes", disk.result_bytes}});
  }
  return result;
}

}  // namespace basalt
