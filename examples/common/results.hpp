#pragma once
// The folder that a program writes into: whose results it holds, and that none are left half done.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace tarn::programs {

using Json = nlohmann::ordered_json;

/// FNV-1a, 64 bits, as 16 hexadecimal digits: tells files and requests apart; no protection against intent.
[[nodiscard]] std::string fnv1a64(std::string_view bytes);
/// The same of a file's bytes. Throws Error where it cannot be read.
[[nodiscard]] std::string hash_of_file(const std::filesystem::path& path);

/// Files written into it vanish again unless finish() is reached: a reader finds all of a run's results or none.
class ResultFolder {
 public:
  /// Makes the folder. Throws Error where that is impossible, where it cannot be written, or where its summary.json tells of another program
  /// or of another sample, unless `force`.
  ResultFolder(std::filesystem::path folder, std::string program, std::string sample_hash, bool force);
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;
  ~ResultFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  [[nodiscard]] const std::string& program() const { return program_; }
  /// summary.json as it was found; null where there was none.
  [[nodiscard]] const Json& previous() const { return previous_; }
  /// Call before the first file is written: what an earlier run left under these names, and its summary, is removed.
  void begin(const std::vector<std::string>& names);
  /// Where to write one of those files.
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return folder_ / name; }
  /// summary.json, the last file.
  void finish(const Json& summary);

 private:
  std::filesystem::path folder_, made_;
  std::string program_;
  Json previous_;
  std::vector<std::string> names_;
  bool finished_ = false;
};

}  // namespace tarn::programs
