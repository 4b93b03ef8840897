#include "engine/kept_json.h"

#include "basalt/error.h"

namespace basalt {
namespace {

/// A document nests ten levels deep. Reading one takes stack for each.
constexpr int kMostLevels = 64;

/// Follows a document without keeping it, as long as it does not nest too deeply.
class Levels final : public nlohmann::json_sax<KeptJson> {
 public:
  [[nodiscard]] bool too_deep() const noexcept { return depth_ > kMostLevels; }

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool key(string_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return ++depth_ <= kMostLevels; }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t /*elements*/) override { return ++depth_ <= kMostLevels; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;  // read_kept() throws it
  }

 private:
  int depth_ = 0;
};

}  // namespace

KeptJson read_kept(std::span<const std::byte> document) {
  Levels levels;
  if (!KeptJson::sax_parse(document.begin(), document.end(), &levels, KeptJson::input_format_t::cbor) &&
      levels.too_deep()) {
    refuse_kept();
  }
  return KeptJson::from_cbor(document);
}

void refuse_kept() {
  throw Error(ErrorCode::io, "the checkpoint says of the run what makes no sense");
}

}  // namespace basalt
