#include "request_options.h"

#include <charconv>
#include <limits>
#include <string_view>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "number.h"

namespace basalt::cli {
namespace {

Precision precision_of(const std::string& name) {
  if (name != "single" && name != "double") {
    throw CLI::ValidationError("--precision", "'" + name + "' is neither single nor double");
  }
  return name == "single" ? Precision::single_precision : Precision::double_precision;
}

}  // namespace

Backend backend_of(const std::string& name, bool may_choose) {
  if (name == "auto" && may_choose) {
    return Backend::automatic;
  }
  if (name != "cpu" && name != "vulkan") {
    throw CLI::ValidationError(
        "--backend", "'" + name + (may_choose ? "' is none of auto, cpu, vulkan" : "' is neither cpu nor vulkan"));
  }
  return name == "cpu" ? Backend::cpu : Backend::vulkan;
}

namespace {

/// "lossless" → 0, "lossy=1e-3" → 0.001.
double lossy_storage_of(const std::string& text) {
  constexpr std::string_view kLossy = "lossy=";
  if (text == "lossless") {
    return 0;
  }
  double value = 0;
  const char* const end = text.data() + text.size();
  const bool is_lossy = text.starts_with(kLossy);
  const auto [stop, error] = std::from_chars(is_lossy ? text.data() + kLossy.size() : end, end, value);
  if (error != std::errc() || stop != end || !(value > 0) || value > kMaxLossyStorage) {
    throw CLI::ValidationError("--compression",
                               "'" + text + "' is neither lossless nor lossy=EPS with EPS above 0, and 0.1 at most");
  }
  return value;
}

Method method_of(const std::string& name) {
  for (const Method method : {Method::automatic, Method::state, Method::parts, Method::live, Method::stabilizer}) {
    if (name == name_of(method)) {
      return method;
    }
  }
  throw CLI::ValidationError("--method", "'" + name + "' is none of auto, state, parts, live, stabilizer");
}

}  // namespace

CLI::Option* add_value(CLI::App& command, const std::string& name, const std::string& type, const std::string& help,
                       const std::function<void(const std::string&)>& set) {
  return command
      .add_option_function<std::string>(
          name, [name, set](const std::string& text) { set(not_empty(name, text)); }, help)
      ->type_name(type);
}

int count_of(const std::string& option, const std::string& text) {
  const std::uint64_t count = whole_number(option, text);
  if (count < 1 || count > std::numeric_limits<int>::max()) {
    throw CLI::ValidationError(option, "'" + text + "' is out of range: give 1 or more");
  }
  return static_cast<int>(count);
}

void add_request_options(CLI::App& command, Request& request) {
  add_value(command, "--shots", "N", "How many times the circuit is measured (1 to 1000000000).\nDefault: 1024",
            [&](const std::string& text) { request.shots = whole_number("--shots", text); });
  add_value(command, "--seed", "S",
            "Seed of the random numbers; the same seed gives the same counts\non any number of threads. Default: from "
            "the system, and reported",
            [&](const std::string& text) { request.seed = whole_number("--seed", text); });
  add_value(command, "--precision", "single|double",
            "single: 8 bytes an amplitude, about 6 digits;\ndouble: 16 bytes, about 15 digits. Default: single",
            [&](const std::string& text) { request.precision = precision_of(text); });
  command.add_flag(
      "--allow-precision-loss", request.allow_precision_loss,
      "A state in double precision that does not fit in memory may become one in\nsingle precision, before "
      "it goes to disk");
  add_value(command, "--threads", "N", "Threads to use. Default: all cores that this process may use",
            [&](const std::string& text) { request.threads = count_of("--threads", text); });
  add_value(command, "--memory", "LIMIT",
            "Most memory to use, as 4G, 512M or a number of bytes.\nDefault: what is free",
            [&](const std::string& text) { request.memory_limit_bytes = parse_bytes(text, "--memory"); });
  add_value(
      command, "--device-memory", "LIMIT",
      "Most of a device's memory to use: a state that needs more stays in the\nhost's, and tiles of it are streamed "
      "through the device. Default: what\nis free",
      [&](const std::string& text) { request.device_memory_limit_bytes = parse_bytes(text, "--device-memory"); });
  add_value(command, "--spill-dir", "FOLDER",
            "Where a state lies that does not fit in memory. Default: BASALT_SPILL_DIR,\nTMPDIR or /var/tmp",
            [&request](const std::string& text) { request.spill_folder = not_empty("--spill-dir", text); });
  add_value(command, "--compression", "lossless|lossy=EPS",
            "How such a state is stored. lossy=EPS: whenever an amplitude is written, its\nreal and imaginary part may "
            "change "
            "by up to EPS times the root mean square\namplitude, where the disk is slow enough for that to save time; "
            "a bound "
            "on\nthe fidelity is reported. Default: lossless",
            [&request](const std::string& text) { request.lossy_storage = lossy_storage_of(text); });
  command
      .add_option("--observable", request.observables,
                  "Expectation value of a sum of Pauli strings, as\n\"0.5*Z0*Z1 + X3\", or @FILE with one a line (a "
                  "line that\nbegins with + or - continues the one before).\nMay be given more than once")
      ->type_name("O")
      ->allow_extra_args(false);
  add_value(command, "--probabilities", "Q,...", "Joint probabilities of these qubits, separated by commas",
            [&](const std::string& text) { request.probability_qubits = qubit_list("--probabilities", text); });
  command
      .add_option(
          "--without-pass", request.without_passes,
          "Leave out a pass over the circuit; basalt plan FILE --passes\nshows them. May be given more than once")
      ->type_name("NAME")
      ->allow_extra_args(false);
  add_value(command, "--top", "K", "The K most probable basis states with their amplitudes",
            [&](const std::string& text) { request.top = whole_number("--top", text); });
}

void add_method_option(CLI::App& command, Method& method) {
  add_value(
      command, "--method", "auto|state|parts|live|stabilizer",
      "What stands for the qubits: all amplitudes (state); those of each part, where no\ngate connects the parts; "
      "those of the qubits between their first entangling gate and\ntheir last measurement (live); or a tableau of "
      "Pauli strings (stabilizer), for Clifford\ncircuits of any width. Default: auto, whichever the circuit and what "
      "is asked for allow,\nwhere it saves time",
      [&method](const std::string& text) { method = method_of(text); });
}

void add_backend_options(CLI::App& command, Backend& backend, std::string& device) {
  const bool may_choose = backend == Backend::automatic;
  add_value(command, "--backend", may_choose ? "auto|cpu|vulkan" : "cpu|vulkan",
            may_choose
                ? "Where the circuit runs. Default: auto, wherever it is predicted to be\ndone first (basalt plan "
                  "shows why); with --device, vulkan"
                : "Where the circuit runs. Default: cpu",
            [&backend, may_choose](const std::string& text) { backend = backend_of(text, may_choose); });
  add_value(
      command, "--device", "NAME|INDEX[,...]",
      "With --backend vulkan: the device, as basalt devices lists it, by its\nnumber or a part of its name. "
      "Several, as in 0,1, hold a part of the\nstate each; 0,0 are two logical devices of one. Default: the first GPU",
      [&](const std::string& text) { device = text; });
}

void add_input_option(CLI::App& command, std::vector<std::string>& assignments) {
  command.add_option("--set", assignments, "Value of an OpenQASM 3 input variable. May be given more than once")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void assign_inputs(const std::vector<std::string>& assignments, Request& request) {
  for (const std::string& text : assignments) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorCode::bad_usage, "--set '" + text + "' is not NAME=VALUE", "for example: --set theta=0.5");
    }
    const std::string name = text.substr(0, equals);
    if (!request.inputs.emplace(name, text.substr(equals + 1)).second) {
      throw Error(ErrorCode::bad_usage, "--set " + name + " is given twice", "give each input once");
    }
  }
}

}  // namespace basalt::cli
