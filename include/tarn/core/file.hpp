#pragma once
// Writing a file whole or not at all: to a temporary name in the same folder, flushed to the disk, then renamed.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "tarn/core/error.hpp"

namespace tarn {

/// A file under construction: write() adds bytes, commit() makes it appear under its name (replacing what was there).
/// Without commit() it leaves nothing behind. Throws Error with the system's reason (full disk, no permission, …).
class OutputFile {
 public:
  explicit OutputFile(std::filesystem::path path)
      : path_(std::move(path)), temporary_(path_.string() + ".part" + std::to_string(::getpid())) {
    file_ = std::fopen(temporary_.c_str(), "wb");
    if (!file_) fail();
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() {
    if (!file_) return;
    std::fclose(file_);
    std::remove(temporary_.c_str());
  }
  void write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail();
  }
  void commit() {
    if (std::fflush(file_) != 0 || ::fsync(::fileno(file_)) != 0) fail();
    if (std::fclose(std::exchange(file_, nullptr)) != 0 || std::rename(temporary_.c_str(), path_.c_str()) != 0) {
      const int reason = errno;
      std::remove(temporary_.c_str());
      errno = reason;
      fail();
    }
  }

 private:
  [[noreturn]] void fail() const {
    const int reason = errno;
    throw Error(path_.string(), ": cannot be written: ", std::strerror(reason));
  }

  std::filesystem::path path_;
  std::string temporary_;
  std::FILE* file_ = nullptr;
};

/// Writes `bytes` to `path`, whole or not at all. Throws Error.
inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace tarn
