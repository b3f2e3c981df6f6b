#include "tarn/core/file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/folder.hpp"

using namespace tarn;
using tarn::testing::Folder;
using tarn::testing::refusal;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a file appears whole, on commit") {
  const Folder folder;
  const fs::path path = folder.path / "out.csv";
  write_file(path, "old");
  {
    OutputFile file(path);
    file.write("new ");
    CHECK(content(path) == "old");
    file.write("text");
    file.commit();
    CHECK(refusal([&] { file.commit(); }) == path.string() + ": cannot be written: it is finished");
    CHECK(refusal([&] { file.write("x"); }) == path.string() + ": cannot be written: it is finished");
  }
  CHECK(content(path) == "new text");
  CHECK(folder.files() == 1);
}

TEST_CASE("without commit, nothing is left and nothing lost") {
  const Folder folder;
  const fs::path path = folder.path / "out.csv";
  write_file(path, "old");
  try {
    OutputFile file(path);
    file.write("half of the ");
    throw Error("stopped");
  } catch (const Error&) {
  }
  CHECK(content(path) == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("two at once for one name do not mix") {
  const Folder folder;
  const fs::path path = folder.path / "out.csv";
  OutputFile first(path), second(path);
  first.write("first");
  second.write("second");
  first.commit();
  second.commit();
  CHECK(content(path) == "second");
  CHECK(folder.files() == 1);
}

TEST_CASE("through a symbolic link") {
  const Folder folder;
  write_file(folder.path / "real", "old");
  fs::create_symlink("real", folder.path / "link");
  write_file(folder.path / "link", "new");
  CHECK(fs::is_symlink(folder.path / "link"));
  CHECK(content(folder.path / "real") == "new");
}

TEST_CASE("what cannot be written says why") {
  const Folder folder;
  CHECK(refusal([&] { write_file(folder.path, "x"); }) == folder.path.string() + ": cannot be written: it is a folder");
  const fs::path missing = folder.path / "no" / "out.csv";
  CHECK(refusal([&] { write_file(missing, "x"); }) ==
        missing.string() + ": cannot be written: No such file or directory: make its folder first");
  if (fs::exists("/dev/full")) {  // a device, written as it comes
    CHECK(refusal([] { write_file("/dev/full", "x"); }) ==
          "/dev/full: cannot be written: No space left on device: free some space, or write elsewhere");
    CHECK(refusal([] { write_file("/dev/full", std::string(1 << 20, 'x')); }) ==
          "/dev/full: cannot be written: No space left on device: free some space, or write elsewhere");
    CHECK(fs::is_character_file("/dev/full"));
  }
  CHECK_NOTHROW(write_file("/dev/null", "x"));
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(folder.files() == 0);
}
