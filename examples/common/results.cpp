#include "common/results.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

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
  if (path.empty()) throw Error("a file with an empty name: name a file");
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (fs::is_directory(status)) throw Error(path.string(), ": is a folder, a file is expected");
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw Error(path.string(), ": is a pipe or a device, a file is expected: write it to one first");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path.string(), ": cannot be opened: no such file, or not readable");
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) throw Error(path.string(), ": cannot be read to its end");
  return fnv1a64(bytes);
}

namespace {

constexpr std::string_view unfinished = ".unfinished-";  // and the number of the process
constexpr std::string_view finished = ".finished";       // whole results on their way to their place
constexpr std::string_view replaced = ".replaced";  // in it: names, one a line, that earlier results may have and these have not

/// What a killed run has left: its folder of unfinished files, or a file that was being written.
bool is_left_over(const std::string& name) {
  const auto numbers = [&](std::size_t from) {
    return from < name.size() && name.find_first_not_of("0123456789.", from) == name.npos;
  };
  if (name.starts_with(unfinished)) return numbers(unfinished.size());
  const auto part = name.rfind(".part");
  return part != name.npos && numbers(part + 5);
}

}  // namespace

ResultFolder::ResultFolder(fs::path folder, std::string program, std::string sample_hash, bool force)
    : folder_(std::move(folder)), program_(std::move(program)), sample_hash_(std::move(sample_hash)), force_(force) {
  if (folder_.empty()) throw Error("--out: an empty name: give it a folder");
  look();
}

void ResultFolder::look() {
  std::error_code ignored;
  const auto status = fs::status(folder_, ignored);
  if (fs::exists(status) && !fs::is_directory(status)) throw Error(folder_.string(), ": is a file: give --out a folder");
  previous_ = Json();
  std::ifstream file(folder_ / "summary.json");
  if (!file) return;
  previous_ = Json::parse(file, nullptr, false);
  std::string holder, sample;
  if (previous_.is_object()) {
    if (const auto p = previous_.find("program"); p != previous_.end() && p->is_string()) holder = *p;
    if (const auto s = previous_.find("sample"); s != previous_.end() && s->is_object())
      if (const auto hash = s->find("fnv1a64"); hash != s->end() && hash->is_string()) sample = *hash;
  }
  if (!force_ && holder != program_)
    throw Error(folder_.string(), ": holds results of ", holder.empty() ? "something else" : holder,
                ": give another folder with --out, or --force to write here");
  if (!force_ && sample != sample_hash_)
    throw Error(folder_.string(),
                ": holds results of another sample: give another folder with --out, or --force to replace them");
}

void ResultFolder::open() {
  std::error_code problem;
  if (!fs::exists(folder_, problem)) {
    made_ = folder_;  // the highest folder that has to be made
    for (fs::path up = made_.parent_path(); !up.empty() && !fs::exists(up, problem); up = up.parent_path()) made_ = up;
    fs::create_directories(folder_, problem);
    if (problem) throw Error(folder_.string(), ": cannot be made: ", problem.message(), write_remedy(problem.value()));
  }
  lock_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool locked = false, busy = false;
  for (int attempt = 0; lock_ >= 0 && !locked && attempt < 30; ++attempt) {  // a run that was just killed may not have ended yet
    if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    locked = ::flock(lock_, LOCK_EX | LOCK_NB) == 0;
    busy = !locked && errno == EWOULDBLOCK;
    if (!locked && !busy && errno != EINTR) break;  // a file system without locks
  }
  if (busy)
    throw Error(folder_.string(), ": another run is writing into it: wait for its end, or give another folder with --out");
  if (fs::exists(folder_ / finished, problem)) settle();  // a run was killed on its last steps
  look();
  if (locked) {
    std::vector<fs::path> left;
    for (fs::directory_iterator at(folder_, problem), end; !problem && at != end; at.increment(problem))
      if (is_left_over(at->path().filename().string())) left.push_back(at->path());
    for (const auto& path : left) fs::remove_all(path, problem);
  }
  unfinished_ = folder_ / (std::string(unfinished) + std::to_string(::getpid()));
  fs::create_directory(unfinished_, problem);  // now, not after an hour's work
  if (problem) throw Error(folder_.string(), ": cannot be written: ", problem.message(), write_remedy(problem.value()));
}

ResultFolder::~ResultFolder() {
  std::error_code ignored;
  if (!unfinished_.empty()) fs::remove_all(unfinished_, ignored);
  if (!made_.empty())
    for (fs::path at = folder_; fs::remove(at, ignored) && at != made_;) at = at.parent_path();  // only while empty
  if (lock_ >= 0) ::close(lock_);
}

bool ResultFolder::holds(const Json& request) const {
  if (!previous_.is_object() || previous_.value("request", Json()) != request) return false;
  std::error_code problem;
  const Json files = previous_.value("files", Json());
  for (const auto& [name, bytes] : files.items())
    if (const auto size = fs::file_size(folder_ / name, problem); problem || size != bytes) return false;
  return files.is_object();
}

bool ResultFolder::open_for(const Json& request, bool if_needed) {
  if (if_needed && holds(request)) return false;
  open();
  return !(if_needed && holds(request));  // a killed run had all but moved it to its place
}

void ResultFolder::finish(const std::vector<std::string>& names, Json summary) {
  std::string others;
  std::error_code problem;
  for (const auto& name : names) {
    if (fs::is_directory(folder_ / name, problem)) throw Error((folder_ / name).string(), ": cannot be written: it is a folder");
    if (fs::exists(unfinished_ / name, problem))
      summary["files"][name] = fs::file_size(unfinished_ / name);
    else
      others += name + '\n';
  }
  // a name or path need not be UTF-8, JSON must
  write_file(unfinished_ / "summary.json", summary.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  write_file(unfinished_ / replaced, others);
  move(unfinished_, folder_ / finished);  // until here the earlier results are whole, from here these
  unfinished_.clear();
  settle();
}

void ResultFolder::move(const fs::path& from, const fs::path& to) {
  std::error_code problem;
  fs::rename(from, to, problem);
  if (problem) throw Error(to.string(), ": cannot be written: ", problem.message(), write_remedy(problem.value()));
}

void ResultFolder::settle() {
  const fs::path from = folder_ / finished;
  std::error_code problem;
  std::vector<std::string> names;
  for (fs::directory_iterator at(from, problem), end; !problem && at != end; at.increment(problem))
    names.push_back(at->path().filename().string());
  const bool whole = fs::exists(from / "summary.json", problem);  // else it has come to its place already
  if (whole) {
    fs::remove(folder_ / "summary.json", problem);  // from here to its return readers find no result
    std::ifstream others(from / replaced);
    for (std::string name; std::getline(others, name);) fs::remove(folder_ / name, problem);
    for (const auto& name : names)
      if (name != replaced && name != "summary.json") move(from / name, folder_ / name);
    move(from / "summary.json", folder_ / "summary.json");
  }
  fs::remove_all(from, problem);
}

}  // namespace tarn::programs
