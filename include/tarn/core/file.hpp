#pragma once
// Writing a file whole or not at all: to a temporary name in the same folder, flushed to the disk, then renamed.

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "tarn/core/error.hpp"

namespace tarn {

/// What to do about an error (errno) of writing, as the end of a message; "" where nothing is known.
[[nodiscard]] inline const char* write_remedy(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ": free some space, or write elsewhere";
    case EACCES:
    case EPERM:
    case EROFS:
      return ": write elsewhere, or change who may write there";
    case ENOENT:
      return ": make its folder first";
    default:
      return "";
  }
}

/// A file under construction: write() adds bytes, commit() makes it appear under its name (replacing what was there; through a
/// symbolic link, the file that it points to). Without commit() it leaves nothing behind. A pipe or a device (/dev/stdout) is
/// written as it comes: it cannot be replaced. Throws Error with the system's reason (full disk, no permission, a folder, …).
class OutputFile {
 public:
  explicit OutputFile(std::filesystem::path path) : path_(std::move(path)), target_(path_) {
    std::error_code ignored;
    const auto status = std::filesystem::status(path_, ignored);
    if (std::filesystem::is_directory(status)) throw Error(path_.string(), ": cannot be written: it is a folder");
    if (std::filesystem::is_symlink(path_, ignored))
      if (auto resolved = std::filesystem::weakly_canonical(path_, ignored); !ignored) target_ = std::move(resolved);
    if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) {
      static std::atomic<unsigned> count{0};
      temporary_ = target_.string() + ".part" + std::to_string(::getpid()) + '.' + std::to_string(count++);
    }
    file_ = std::fopen(temporary_.empty() ? target_.c_str() : temporary_.c_str(), "wb");
    if (!file_) fail();
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() {
    if (!file_) return;
    std::fclose(file_);
    remove_temporary();
  }
  void write(std::string_view bytes) {
    if (!file_) throw Error(path_.string(), ": cannot be written: it is finished");
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail();
  }
  void commit() {
    if (!file_) throw Error(path_.string(), ": cannot be written: it is finished");
    if (std::fflush(file_) != 0 || (!temporary_.empty() && ::fsync(::fileno(file_)) != 0)) fail();
    const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
    if (!closed || (!temporary_.empty() && std::rename(temporary_.c_str(), target_.c_str()) != 0)) {
      const int reason = errno;
      remove_temporary();
      errno = reason;
      fail();
    }
  }

 private:
  void remove_temporary() const {
    if (!temporary_.empty()) std::remove(temporary_.c_str());
  }
  [[noreturn]] void fail() const {
    const int reason = errno;
    throw Error(path_.string(), ": cannot be written: ", std::strerror(reason), write_remedy(reason));
  }

  std::filesystem::path path_, target_;
  std::string temporary_;  // empty where the target is written itself
  std::FILE* file_ = nullptr;
};

/// Writes `bytes` to `path`, whole or not at all. Throws Error.
inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace tarn
