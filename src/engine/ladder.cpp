#include "engine/ladder.h"

#include <fmt/format.h>

#include <utility>

#include "engine/measure_disk.h"

namespace basalt {
namespace {

class Descent {
 public:
  Descent(const LadderQuestion& question, const std::function<bool(Precision)>& fits)
      : question_(question), fits_(fits), request_(question.request), asked_(request_.precision) {
    answer_.precision = asked_;
  }

  LadderAnswer operator()() {
    add_places();
    if (!try_single() && !try_disk("disk") && may_lose_precision()) {
      request_.precision = Precision::single_precision;
      try_disk("disk, in single precision");
    }
    return std::move(answer_);
  }

 private:
  [[nodiscard]] bool may_lose_precision() const {
    return asked_ == Precision::double_precision && request_.allow_precision_loss;
  }

  /// False where that is a rejection.
  bool add(std::string name, std::string rejection) {
    answer_.report.rungs.push_back({.name = std::move(name), .rejection = std::move(rejection)});
    return answer_.is_taken();
  }

  [[nodiscard]] std::string memory_rejection() const {
    const MemoryEstimate estimate = estimate_memory(request_, question_.script, question_.threads);
    return fmt::format("the state and its results take {}, and {} may be used ({})",
                       format_bytes(estimate.promised_bytes()), format_bytes(question_.memory.value),
                       question_.memory.source);
  }

  /// Devices are listed after the processor, and are above it.
  void add_places() {
    const std::vector<Candidate>& candidates = question_.choice.candidates;
    for (std::size_t i = candidates.size(); i > 0; --i) {
      if (!candidates[i - 1].rejection.empty()) {
        add(candidates[i - 1].name, candidates[i - 1].rejection);
      }
    }
    if (candidates.empty()) {
      add("cpu", memory_rejection());
    }
  }

  bool try_single() {
    constexpr const char* kName = "single precision";
    if (asked_ == Precision::single_precision) {
      return false;
    }
    if (!may_lose_precision()) {
      return add(kName, "--allow-precision-loss is not given");
    }
    request_.precision = Precision::single_precision;
    if (fits_(Precision::single_precision)) {
      answer_.precision = Precision::single_precision;
      return add(kName, {});
    }
    const std::string rejection = memory_rejection();
    request_.precision = Precision::double_precision;
    return add(kName, rejection);
  }

  bool try_disk(const char* name) {
    const MemoryEstimate alone = estimate_memory(request_, question_.script, question_.threads);
    DiskOffer offer = offer_disk(request_, question_.script, alone, question_.memory, question_.disk);
    if (!add(name, offer.shape ? measure(*offer.shape) : offer.rejection)) {
      return false;
    }
    answer_.precision = request_.precision;
    answer_.shape = offer.shape;
    answer_.estimate = offer.estimate;
    return true;
  }

  /// Why the disk cannot be used; empty where it can.
  std::string measure(const DiskShape& shape) {
    try {
      const ElementType type = element_type_of(request_.precision);
      const int qubits = static_cast<int>(question_.script.qubit_count);
      DiskFigures figures =
          measure_disk(question_.disk.folder, field_bytes(type, qubits), element_bytes(type) << shape.chunk_axes,
                       shape.threads, question_.scratch, question_.cancel);
      answer_.report.disk = describe_disk(shape, type, qubits, question_.disk, std::move(figures));
      return {};
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) {
        throw;
      }
      return error.message();
    }
  }

  const LadderQuestion& question_;
  const std::function<bool(Precision)>& fits_;
  Request request_;  ///< With the precision of the rung.
  Precision asked_;
  LadderAnswer answer_;
};

}  // namespace

LadderAnswer go_down(const LadderQuestion& question, const std::function<bool(Precision precision)>& fits) {
  return Descent(question, fits)();
}

}  // namespace basalt
