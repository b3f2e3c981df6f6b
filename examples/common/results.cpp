#include "common/results.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

#include "tarn/core/error.hpp"
#include "tarn/core/file.hpp"

namespace tarn::programs {

namespace fs = std::filesystem;

std::string fnv1a64(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string hash_of_file(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw Error(path.string(), ": is a folder, a file is expected");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path.string(), ": cannot be opened: no such file, or not readable");
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) throw Error(path.string(), ": cannot be read to its end");
  return fnv1a64(bytes);
}

ResultFolder::ResultFolder(fs::path folder, std::string program, std::string sample_hash, bool force)
    : folder_(std::move(folder)), program_(std::move(program)) {
  std::error_code problem;
  const auto status = fs::status(folder_, problem);
  if (fs::exists(status) && !fs::is_directory(status)) throw Error(folder_.string(), ": is a file: give --out a folder");
  const fs::path summary = folder_ / "summary.json";
  if (std::ifstream file(summary); file) {
    previous_ = Json::parse(file, nullptr, false);
    std::string holder, sample;
    if (previous_.is_object()) {
      if (const auto p = previous_.find("program"); p != previous_.end() && p->is_string()) holder = *p;
      if (const auto s = previous_.find("sample"); s != previous_.end() && s->is_object()) sample = s->value("fnv1a64", "");
    }
    if (!force && holder != program_)
      throw Error(folder_.string(), ": holds results of ", holder.empty() ? "something else" : holder,
                  ": give another folder with --out, or --force to write here");
    if (!force && sample != sample_hash)
      throw Error(folder_.string(),
                  ": holds results of another sample: give another folder with --out, or --force to replace them");
  }
  if (!fs::exists(status)) {
    made_ = folder_;  // the highest folder that has to be made
    for (fs::path up = made_.parent_path(); !up.empty() && !fs::exists(up, problem); up = up.parent_path()) made_ = up;
    fs::create_directories(folder_, problem);
    if (problem) throw Error(folder_.string(), ": cannot be made: ", problem.message());
  }
  for (const auto& entry : fs::directory_iterator(folder_, problem)) {  // what a killed run was writing
    const std::string name = entry.path().filename().string();
    if (const auto at = name.find(".part");
        at != name.npos && at + 5 < name.size() && name.find_first_not_of("0123456789.", at + 5) == name.npos)
      fs::remove(entry.path(), problem);
  }
  const OutputFile probe(summary);  // now, not after an hour's work
}

ResultFolder::~ResultFolder() {
  if (finished_) return;
  std::error_code ignored;
  for (const auto& name : names_) fs::remove(folder_ / name, ignored);
  if (made_.empty()) return;
  for (fs::path at = folder_; fs::remove(at, ignored) && at != made_;) at = at.parent_path();  // only while empty
}

void ResultFolder::begin(const std::vector<std::string>& names) {
  std::error_code ignored;
  fs::remove(folder_ / "summary.json", ignored);
  for (const auto& name : names) fs::remove(folder_ / name, ignored);
  names_ = names;
}

void ResultFolder::finish(const Json& summary) {
  write_file(folder_ / "summary.json", summary.dump(1) + "\n");
  finished_ = true;
}

}  // namespace tarn::programs
