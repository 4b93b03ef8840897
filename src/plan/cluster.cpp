#include "plan/cluster.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace basalt {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};

class Clustering {
 public:
  explicit Clustering(std::span<const Access> operations) : operations_(operations) { open_on_.fill(kNone); }

  std::vector<Cluster> operator()() {
    for (std::uint32_t operation = 0; operation < operations_.size(); ++operation) {
      place(operation);
    }
    close(~std::uint64_t{0});
    // A cluster begins after all that it needs done have ended, so that their anchors come before its own.
    std::ranges::sort(result_, {}, &Cluster::anchor);
    return std::move(result_);
  }

 private:
  /// A cluster that may still grow. One of a single axis has nothing yet that mixes others with it.
  struct Open {
    std::uint64_t axes = 0;
    std::uint32_t anchor = 0;
    std::vector<std::uint32_t> operations;
  };

  void place(std::uint32_t operation) {
    const Access& access = operations_[operation];
    const std::uint64_t touched = access.mixes | access.reads;
    if (touched == 0) {
      emit(operation);
      return;
    }
    const std::uint32_t open = open_on_[static_cast<std::size_t>(std::countr_zero(touched))];
    if (open != kNone && (touched & ~open_[open].axes) == 0) {
      open_[open].operations.push_back(operation);
    } else if (std::has_single_bit(touched)) {
      open_on(touched, operation).operations.push_back(operation);
    } else if (touched == access.mixes) {
      begin(operation, touched);
    } else {
      close(touched);
      emit(operation);
    }
  }

  Open& open_on(std::uint64_t axes, std::uint32_t anchor) {
    for (std::uint64_t rest = axes; rest != 0; rest &= rest - 1) {
      open_on_[static_cast<std::size_t>(std::countr_zero(rest))] = static_cast<std::uint32_t>(open_.size());
    }
    return open_.emplace_back(Open{.axes = axes, .anchor = anchor, .operations = {}});
  }

  /// With what waits on its axes.
  void begin(std::uint32_t operation, std::uint64_t axes) {
    std::vector<std::uint32_t> operations;
    for (std::uint64_t rest = axes; rest != 0; rest &= rest - 1) {
      const std::uint32_t open = open_on_[static_cast<std::size_t>(std::countr_zero(rest))];
      if (open != kNone && std::has_single_bit(open_[open].axes)) {
        operations.insert(operations.end(), open_[open].operations.begin(), open_[open].operations.end());
      } else if (open != kNone) {
        close(open_[open].axes);
      }
    }
    operations.push_back(operation);
    open_on(axes, operation).operations = std::move(operations);
  }

  void close(std::uint64_t axes) {
    for (; axes != 0; axes &= axes - 1) {
      const std::uint32_t open = open_on_[static_cast<std::size_t>(std::countr_zero(axes))];
      if (open != kNone) {
        emit(open_[open]);
        for (std::uint64_t rest = open_[open].axes; rest != 0; rest &= rest - 1) {
          open_on_[static_cast<std::size_t>(std::countr_zero(rest))] = kNone;
        }
      }
    }
  }

  /// Phases at the end stay by themselves: they may be put off further than the rest.
  void emit(Open& open) {
    std::size_t count = std::has_single_bit(open.axes) ? 0 : open.operations.size();
    while (count > 0 && operations_[open.operations[count - 1]].mixes == 0) {
      --count;
    }
    if (count > 0) {
      result_.push_back(
          {.access = {.mixes = open.axes},
           .anchor = open.anchor,
           .operations = {open.operations.begin(), open.operations.begin() + static_cast<std::ptrdiff_t>(count)}});
    }
    for (; count < open.operations.size(); ++count) {
      emit(open.operations[count]);
    }
  }

  void emit(std::uint32_t operation) {
    result_.push_back({.access = operations_[operation], .anchor = operation, .operations = {operation}});
  }

  std::span<const Access> operations_;
  std::vector<Open> open_;
  std::array<std::uint32_t, 64> open_on_{};  ///< By axis.
  std::vector<Cluster> result_;
};

}  // namespace

std::vector<Cluster> cluster_operations(std::span<const Access> operations) {
  return Clustering(operations)();
}

}  // namespace basalt
