#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "runtime/resource/table.h"

namespace basalt::ledger {
namespace {

class PrivateTable final : public Table {
 public:
  Books begin() override { return books_; }
  void commit(const Books& books) override {
    books_ = books;
    {
      const std::scoped_lock lock(mutex_);
      generation_.fetch_add(1);
    }
    changed_.notify_all();
  }
  void end() noexcept override {}

  bool claim(std::size_t /*member*/) override { return true; }
  [[nodiscard]] bool alive(std::size_t /*member*/) const override { return true; }

  [[nodiscard]] std::uint32_t generation() const noexcept override { return generation_.load(); }
  [[nodiscard]] bool is_lost() const noexcept override { return false; }
  void wait(std::uint32_t seen, double seconds) override {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return generation_.load() != seen; });
  }

  [[nodiscard]] std::string path() const override { return {}; }
  std::vector<std::string> take_notes() override { return {}; }

 private:
  Books books_;  ///< Only in a turn.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<std::uint32_t> generation_{0};
};

}  // namespace

std::unique_ptr<Table> make_private_table() {
  return std::make_unique<PrivateTable>();
}

}  // namespace basalt::ledger
