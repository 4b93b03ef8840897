#include "engine/what_would_change.h"

#include <fmt/format.h>

#include <cmath>

#include "basalt/inventory.h"

namespace basalt {
namespace {

/// Of the time that doubles with each qubit.
double growing(const Candidate& candidate) {
  return candidate.memory_seconds + candidate.stage_seconds + candidate.result_seconds;
}

/// Nobody asks about circuits that far away.
constexpr int kFarthestQubits = 20;

class Changes {
 public:
  Changes(const BackendChoice& choice, int qubits)
      : choice_(choice), winner_(choice.candidates[choice.winner]), qubits_(qubits) {}

  std::vector<std::string> operator()() {
    if (choice_.candidates.size() == 1 && winner_.rejection.empty()) {
      look_at_devices();
    }
    for (const Candidate& candidate : choice_.candidates) {
      if (!candidate.rejection.empty()) {
        let_take_part(candidate);
      } else if (&candidate != &winner_) {
        compare(candidate);
      }
    }
    return std::move(changes_);
  }

 private:
  template <typename... Args>
  void say(fmt::format_string<Args...> text, Args&&... args) {
    changes_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }

  void look_at_devices() {
    const double seconds = winner_.seconds();
    if (seconds <= 0 || seconds > choice_.device_start_seconds) {
      return;
    }
    const int more = static_cast<int>(std::floor(std::log2(choice_.device_start_seconds / seconds))) + 1;
    if (more <= kFarthestQubits) {
      say("circuits like this one take the processor longer than a device takes to start from {} qubits on, and "
          "devices "
          "are looked at then",
          qubits_ + more);
    }
  }

  void let_take_part(const Candidate& candidate) {
    if (candidate.obstacle == Obstacle::memory && candidate.needed_bytes > 0) {
      say("{} could take it with {} of memory free", candidate.name, format_bytes(candidate.needed_bytes));
    } else if (candidate.obstacle == Obstacle::precision) {
      say("{} could take it with --precision single", candidate.name);
    } else if (candidate.obstacle == Obstacle::naming) {
      say("--device {} would run it on {}", candidate.device, candidate.name);
    }
  }

  void compare(const Candidate& other) {
    compare_widths(other);
    if (other.wait_seconds > 0 && other.seconds() - other.wait_seconds < winner_.seconds()) {
      say("{} would be first if it had not to wait {} for other jobs", other.name, seconds_text(other.wait_seconds));
    }
    const double left = winner_.seconds() - (other.seconds() - other.start_seconds);
    if (other.start_seconds > 0 && left > 0) {
      say("{} would be first if it took less than {} to start ({} now)", other.name, seconds_text(left),
          seconds_text(other.start_seconds));
    }
    const double for_stages = winner_.seconds() - (other.seconds() - other.stage_seconds);
    if (for_stages > 0) {
      say("{} would be first if its stages were done {:.3g} times as fast", other.name,
          other.stage_seconds / for_stages);
    }
  }

  /// Each takes fixed + growing·x, where x doubles with each qubit and is 1 now.
  void compare_widths(const Candidate& other) {
    const double fixed = (other.wait_seconds + other.start_seconds) - (winner_.wait_seconds + winner_.start_seconds);
    const double gain = growing(winner_) - growing(other);
    if (fixed * gain <= 0) {
      return;  // the winner stays ahead for all widths, or is behind for none
    }
    const double more = std::log2(fixed / gain);
    if (std::abs(more) > kFarthestQubits) {
      return;
    }
    if (fixed > 0) {
      say("{} would be first from {} qubits on, for circuits like this one", other.name,
          qubits_ + static_cast<int>(std::floor(more)) + 1);
    } else if (qubits_ + static_cast<int>(std::ceil(more)) - 1 > 0) {
      say("{} would be first up to {} qubits, for circuits like this one", other.name,
          qubits_ + static_cast<int>(std::ceil(more)) - 1);
    }
  }

  const BackendChoice& choice_;
  const Candidate& winner_;
  int qubits_;
  std::vector<std::string> changes_;
};

}  // namespace

std::string seconds_text(double seconds) {
  return seconds < 1e-3 ? fmt::format("{:.0f} µs", seconds * 1e6)
         : seconds < 1  ? fmt::format("{:.0f} ms", seconds * 1e3)
                        : fmt::format("{:.3g} s", seconds);
}

std::vector<std::string> what_would_change(const BackendChoice& choice, int qubits) {
  return choice.candidates.empty() ? std::vector<std::string>{} : Changes(choice, qubits)();
}

}  // namespace basalt
