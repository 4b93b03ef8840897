// Any bytes as the document of a checkpoint. Only Error(io) and what the JSON library throws may come out, and what was
// read is the same when it is written and read again.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "basalt/error.h"
#include "engine/kept_json.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/input/parse.h"

namespace basalt {
namespace {

constexpr const char* kProgram = "OPENQASM 3; qubit[4] q; bit c; c = measure q[0]; if (c) { U(0, 0, 0) q[1]; }";

std::shared_ptr<const quantum::Script> script() {
  static const auto compiled =
      std::make_shared<const quantum::Script>(quantum::compile(quantum::parse("kept", kProgram, {}), {}, false));
  return compiled;
}

template <typename Parse>
void expect_the_same(const KeptJson& kept, const Parse& parse) {
  const KeptJson written = to_kept(parse(kept));
  if (KeptJson::to_cbor(to_kept(parse(written))) != KeptJson::to_cbor(written)) {
    std::abort();
  }
}

/// Each part by itself: the other may be missing.
template <typename Parse>
void read_part(const KeptJson& document, const char* name, const Parse& parse) {
  try {
    expect_the_same(document.at(name), parse);
  } catch (const KeptJson::exception&) {
    return;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::io) {
      std::abort();
    }
  }
}

}  // namespace
}  // namespace basalt

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace basalt;
  KeptJson document;
  try {
    document = read_kept(std::as_bytes(std::span(data, size)));
  } catch (const KeptJson::exception&) {
    return 0;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::io) {
      std::abort();
    }
    return 0;
  }
  read_part(document, "request", [](const KeptJson& kept) { return request_of(kept); });
  read_part(document, "position", [](const KeptJson& kept) { return position_of(kept, script()); });
  return 0;
}
