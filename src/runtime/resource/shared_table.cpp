// The table as a file. Turns are a lock on its first byte, membership a lock on one byte for each member: the kernel
// drops both when their owner ends, however it ends, and knows owners across containers, where process numbers do not.
// They are locks of the open file (OFD), so that threads and several ledgers of one process exclude one another, too.
// Rows are read and written by calls, never through a mapping, so that a file that is cut short cannot kill anybody;
// only the kernel looks at the mapped generation, to let waiters sleep.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <cmath>
#include <cstring>
#include <ctime>
#include <system_error>
#include <thread>
#include <utility>

#include "basalt/error.h"
#include "base/stopwatch.h"
#include "runtime/resource/table.h"
#include "runtime/resource/table_image.h"

namespace basalt::ledger {
namespace {

constexpr double kPatienceSeconds = 10;  ///< A turn takes microseconds: whoever has it for so long was stopped in it.
constexpr off_t kTurnByte = 0;
constexpr off_t kFirstMemberByte = 1;
constexpr int kMostNeighbours = 9;

std::string reason() {
  return std::generic_category().message(errno);
}

Error failure(const std::string& path, const std::string& action) {
  return {ErrorCode::io, fmt::format("{}: cannot {} the ledger: {}", path, action, reason()),
          "set BASALT_LEDGER to another file, or to off"};
}

/// An open table: the descriptor, and a page of it that the kernel can wait on.
class TableFile {
 public:
  TableFile() = default;
  explicit TableFile(const std::string& path) : TableFile() {
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
      throw failure(path, "open");
    }
    if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 0022U) != 0) {
      throw Error(ErrorCode::io, path + ": is no file that only this user can write to",
                  "set BASALT_LEDGER to another file, or to off");
    }
    device_ = status.st_dev;
    inode_ = status.st_ino;
    page_ = ::mmap(nullptr, kFirstPlace, PROT_READ, MAP_SHARED, descriptor_, 0);
    if (page_ == MAP_FAILED) {
      throw failure(path, "map");
    }
  }
  TableFile(TableFile&& other) noexcept { swap(other); }
  TableFile& operator=(TableFile&& other) noexcept {
    swap(other);
    return *this;
  }
  ~TableFile() {
    if (page_ != MAP_FAILED) {
      ::munmap(page_, kFirstPlace);
    }
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] bool is_at(const std::string& path) const {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
  }
  /// Never looked at from here: if the file is cut short, that would be the end of the process.
  [[nodiscard]] const void* generation_word() const noexcept {
    return static_cast<const std::byte*>(page_) + offsetof(TableHeader, generation);
  }

 private:
  void swap(TableFile& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(page_, other.page_);
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
  }

  int descriptor_ = -1;
  void* page_ = MAP_FAILED;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

bool lock_byte(int descriptor, short type, off_t byte) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

bool is_busy(int error) {
  return error == EAGAIN || error == EACCES || error == EINTR;
}

/// Thrown where a file turns out to be somebody else's.
struct ForeignFile {};

class SharedTable final : public Table {
 public:
  SharedTable(std::string path, std::vector<std::string> notes)
      : path_(std::move(path)), file_(path_), notes_(std::move(notes)) {
    take_turn();
    TableHeader header;
    const bool foreign = read(&header, sizeof(header), 0) && header.magic != TableHeader::kMagic &&
                         header.magic != std::array<char, 16>{};
    if (foreign || (size() > 0 && size() < sizeof(header))) {
      throw ForeignFile();
    }
    is_new_ = header.magic != TableHeader::kMagic;
    end();
  }

  Books begin() override {
    take_turn();
    while (!file_.is_at(path_)) {  // somebody removed it: all move to the new one, each with what it holds
      file_ = TableFile(path_);
      is_new_ = true;
      take_turn();
    }
    if (std::optional<Books> books = read_books()) {
      is_new_ = false;
      return std::move(*books);
    }
    return start_afresh();
  }

  void commit(const Books& books) override {
    TableHeader header;
    const std::vector<std::byte> rows = encode(books, header);
    header.generation = header_.generation + 1;
    header.place = 1 - header_.place;
    write(rows.data(), rows.size(), static_cast<off_t>(kFirstPlace + header.place * kPlaceBytes));
    write(&header, sizeof(header), 0);
    end();
    ::syscall(SYS_futex, file_.generation_word(), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  }

  void end() noexcept override { lock_byte(file_.descriptor(), F_UNLCK, kTurnByte); }

  bool claim(std::size_t member) override {
    return lock_byte(file_.descriptor(), F_WRLCK, kFirstMemberByte + static_cast<off_t>(member));
  }

  [[nodiscard]] bool alive(std::size_t member) const override {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = kFirstMemberByte + static_cast<off_t>(member);
    lock.l_len = 1;
    // who cannot be asked about counts as alive: what it holds must not be given away twice
    return ::fcntl(file_.descriptor(), F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
  }

  [[nodiscard]] std::uint32_t generation() const noexcept override {
    std::uint32_t value = 0;
    return read(&value, sizeof(value), offsetof(TableHeader, generation)) ? value : 0;
  }

  [[nodiscard]] bool is_lost() const noexcept override {
    struct stat status {};
    return ::fstat(file_.descriptor(), &status) != 0 || status.st_nlink == 0;
  }

  void wait(std::uint32_t seen, double seconds) override {
    const timespec timeout{.tv_sec = static_cast<time_t>(seconds),
                           .tv_nsec = static_cast<long>(1e9 * (seconds - std::floor(seconds)))};
    const long result = ::syscall(SYS_futex, file_.generation_word(), FUTEX_WAIT, seen, &timeout, nullptr, 0);
    if (result != 0 && errno != EAGAIN && errno != EINTR && errno != ETIMEDOUT) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the file was cut short: begin() will see to it
    }
  }

  [[nodiscard]] std::string path() const override { return path_; }
  std::vector<std::string> take_notes() override { return std::exchange(notes_, {}); }

 private:
  void take_turn() {
    const Stopwatch watch;
    constexpr int kYields = 50;
    for (int attempt = 0; !lock_byte(file_.descriptor(), F_WRLCK, kTurnByte); ++attempt) {
      if (!is_busy(errno)) {
        throw failure(path_, "lock");
      }
      if (watch.seconds() > kPatienceSeconds) {
        throw Error(ErrorCode::io,
                    fmt::format("{}: another process has kept the ledger locked for {} s", path_, kPatienceSeconds),
                    "end or continue the process that was stopped, or set BASALT_LEDGER=off");
      }
      if (attempt < kYields) {
        std::this_thread::yield();
      } else {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
    }
  }

  [[nodiscard]] std::uint64_t size() const noexcept {
    struct stat status {};
    return ::fstat(file_.descriptor(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  }

  bool read(void* to, std::size_t bytes, off_t from) const noexcept {
    return ::pread(file_.descriptor(), to, bytes, from) == static_cast<ssize_t>(bytes);
  }

  void write(const void* from, std::size_t bytes, off_t to) {
    if (::pwrite(file_.descriptor(), from, bytes, to) != static_cast<ssize_t>(bytes)) {
      throw failure(path_, "write");
    }
  }

  std::optional<Books> read_books() {
    if (!read(&header_, sizeof(header_), 0)) {
      return std::nullopt;
    }
    const std::optional<std::size_t> row_bytes = row_bytes_of(header_);
    if (!row_bytes) {
      return std::nullopt;
    }
    std::vector<std::byte> rows(*row_bytes);
    const bool complete = read(rows.data(), rows.size(), static_cast<off_t>(kFirstPlace + header_.place * kPlaceBytes));
    return complete ? decode(header_, rows) : std::nullopt;
  }

  /// An empty table. Whoever shares the file enters again what it holds when it next takes its turn.
  Books start_afresh() {
    if (!std::exchange(is_new_, true)) {
      notes_.push_back(path_ + ": the ledger was damaged and has been started afresh");
    }
    // all of its blocks now, so that no later commit can find the file system full
    if (const int error = ::posix_fallocate(file_.descriptor(), 0, kTableBytes); error != 0) {
      errno = error;
      throw failure(path_, "make room for");
    }
    header_ = {};
    header_.generation = generation();
    Books books;
    // above every number given before, so that what others enter again cannot meet a new job
    books.last_id = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    return books;
  }

  std::string path_;
  TableFile file_;
  TableHeader header_;   ///< As it was read last.
  bool is_new_ = false;  ///< That it cannot be read is no damage: nobody has written it yet.
  std::vector<std::string> notes_;
};

}  // namespace

std::unique_ptr<Table> open_shared_table(const std::string& path) {
  std::vector<std::string> notes;
  for (int neighbour = 0; neighbour <= kMostNeighbours; ++neighbour) {
    try {
      const std::string candidate = neighbour == 0 ? path : fmt::format("{}.{}", path, neighbour);
      if (neighbour == 1) {
        notes.push_back(path + ": is no ledger, and is left alone; one beside it is used");
      }
      return std::make_unique<SharedTable>(candidate, notes);
    } catch (const ForeignFile&) {
      continue;  // somebody's file: not ours to touch
    }
  }
  throw Error(ErrorCode::io, path + ": is no ledger, nor is any file beside it", "set BASALT_LEDGER to another file");
}

}  // namespace basalt::ledger
