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
/// The same of a file's bytes. Throws Error where it cannot be read, or is no file but a folder, pipe or device: it is read again later.
[[nodiscard]] std::string hash_of_file(const std::filesystem::path& path);

/// Files are written into a folder inside it, and moved when finish() is reached: a reader finds all of a run's results or none. Where a run
/// fails or is killed before, what an earlier one left is still there; where it is killed while it moves them, the next open() goes on with that.
class ResultFolder {
 public:
  /// Looks at the folder. Throws Error where it is a file, or its summary.json tells of another program or of another sample, unless
  /// `force`.
  ResultFolder(std::filesystem::path folder, std::string program, std::string sample_hash, bool force);
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;
  ~ResultFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  [[nodiscard]] const std::string& program() const { return program_; }
  /// summary.json as it was found; null where there was none.
  [[nodiscard]] const Json& previous() const { return previous_; }
  /// Whether it holds all of what was made by this request, each file in the length that summary.json tells.
  [[nodiscard]] bool holds(const Json& request) const;
  /// Makes the folder, and keeps it from other runs as long as this object lives. Throws Error where it cannot be made or written, where
  /// another run works in it, or as the constructor.
  void open();
  /// The same for the results of a request, unless they are there and will do (`if_needed`): false then.
  [[nodiscard]] bool open_for(const Json& request, bool if_needed);
  /// What is said of it where open_for() leaves it as it is.
  [[nodiscard]] std::string holds_already() const { return folder_.string() + ": holds this result already"; }
  /// Where to write a file.
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return unfinished_ / name; }
  /// The files come to their place, summary.json the last. What an earlier run left under `names` and this one has not written is removed.
  void finish(const std::vector<std::string>& names, Json summary);

 private:
  void look();
  void settle();  // whole results come to their place
  static void move(const std::filesystem::path& from, const std::filesystem::path& to);

  std::filesystem::path folder_, made_, unfinished_;
  std::string program_, sample_hash_;
  bool force_;
  int lock_ = -1;
  Json previous_;
};

}  // namespace tarn::programs
