// Recorded properties of devices, by the names of their files.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

#include "places.h"
#include "runtime/vulkan/properties_json.h"

namespace basalt::vulkan {

inline std::filesystem::path card_folder() {
  return std::filesystem::path(places::kSourceFolder) / "tests/runtime/vulkan/cards";
}

inline std::string read_card_text(const std::string& name) {
  std::ifstream file(card_folder() / (name + ".json"));
  if (!file) {
    throw std::runtime_error("there is no record of " + name);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

inline DeviceProperties read_card(const std::string& name) {
  return properties_from_json(read_card_text(name));
}

inline std::map<std::string, DeviceProperties> read_cards() {
  std::map<std::string, DeviceProperties> cards;
  for (const auto& entry : std::filesystem::directory_iterator(card_folder())) {
    if (entry.path().extension() == ".json") {
      cards.emplace(entry.path().stem(), read_card(entry.path().stem()));
    }
  }
  return cards;
}

}  // namespace basalt::vulkan
