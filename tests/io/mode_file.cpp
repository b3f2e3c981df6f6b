#include "tarn/io/mode_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "io/damage.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

struct Temporary {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "tarn_mode_file_test.bin";
  ~Temporary() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  [[nodiscard]] std::string bytes() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

}  // namespace

TEST_CASE("modes read back bit for bit, and lie where the description says") {
  const Temporary file;
  const Matrix vectors = Matrix::Random(6, 4);
  write_mode_file(file.path, vectors, ModeConvention::displacement);
  const ModeFile back = read_mode_file(file.path);
  CHECK(back.vectors == vectors);
  CHECK(back.convention == ModeConvention::displacement);
  const std::string bytes = file.bytes();
  REQUIRE(bytes.size() == 128 + 6 * 4 * 8);
  CHECK(bytes.substr(0, 8) == "TARNMODE");
  CHECK(bytes.substr(8, 8) == std::string("\1\0\0\0\2\0\0\0", 8));
  CHECK(bytes.substr(16, 16) == std::string("\6\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0", 16));
  double value = 0;
  std::memcpy(&value, bytes.data() + 128 + (2 * 6 + 1) * 8, sizeof value);
  CHECK(value == vectors(1, 2));
  write_mode_file(file.path, vectors.middleCols(1, 2));  // a part of a matrix
  CHECK(read_mode_file(file.path).vectors == vectors.middleCols(1, 2));
  write_mode_file(file.path, Matrix(6, 0));
  CHECK(read_mode_file(file.path).vectors.size() == 0);
}

TEST_CASE("a file that is cut anywhere, or is another's, is refused") {
  const Temporary file;
  write_mode_file(file.path, Matrix::Random(3, 2));
  const std::string bytes = file.bytes();
  for (std::size_t size = 0; size < bytes.size(); size += 5) {
    write_file(file.path, bytes.substr(0, size));
    CHECK_THROWS_AS((void)read_mode_file(file.path), Error);
  }
  const auto refused = [&](std::size_t at, const std::string& other) {
    write_file(file.path, std::string(bytes).replace(at, other.size(), other));
    return refusal([&] { (void)read_mode_file(file.path); });
  };
  CHECK(contains(refused(0, "MODETARN"), "is not a file of modes: it does not begin with TARNMODE"));
  CHECK(contains(refused(8, "\2"), "version 2 of the format, 1 is read"));
  CHECK(contains(refused(12, "\3"), "convention 3: 1 (mass-weighted) or 2 (displacements) is expected"));
  CHECK(
      contains(refused(16, "\4"), "holds 48 bytes after its header, which says 4 × 2 numbers of 8: the file is cut or damaged"));
  CHECK(contains(refused(16, std::string(16, '\xff')), "the file is cut or damaged"));
  CHECK(contains(refused(16, std::string("\0\0\0\0\0\0\0\0", 8)), "the file is cut or damaged"));
  CHECK(contains(refused(23, "\x20"), "the file is cut or damaged"));  // rows × columns overflow
  CHECK(contains(refused(128, std::string(8, '\xff')), "holds what is not a number"));
  write_file(file.path, bytes + "x");
  CHECK(contains(refusal([&] { (void)read_mode_file(file.path); }), "holds 49 bytes after its header"));
  CHECK(contains(refusal([] { (void)read_mode_file("/nowhere.bin"); }), "/nowhere.bin: cannot be opened"));
  CHECK(contains(refusal([] { (void)read_mode_file("/tmp"); }), "/tmp: is a folder"));
  CHECK(refusal([] { (void)read_mode_file("/dev/zero"); }) == "/dev/zero: is a pipe or a device, a file of modes is expected");
  CHECK(contains(refusal([] { (void)read_mode_file("/dev/null"); }), "is a pipe or a device"));
}

TEST_CASE("modes that do not fit into memory are refused before they are read") {
  const Temporary file;
  write_mode_file(file.path, Matrix(3, 0));
  std::string header = file.bytes();
  header.replace(16, 16, std::string("\0\0\0\0\1\0\0\0\0\1\0\0\0\0\0\0", 16));  // 2^32 × 256
  write_file(file.path, header);
  std::filesystem::resize_file(file.path, 128 + (std::uintmax_t{1} << 43));  // 8.8 TB that take no room on the disk
  CHECK(contains(refusal([&] { (void)read_mode_file(file.path); }), ": needs 8796.09 GB of memory"));
}

TEST_CASE("what is not finite is not written, and leaves the old file") {
  const Temporary file;
  write_mode_file(file.path, Matrix::Ones(3, 1));
  CHECK(contains(refusal([&] { write_mode_file(file.path, Matrix::Constant(3, 2, std::nan(""))); }),
                 "mode 1 holds what is not a number"));
  CHECK(read_mode_file(file.path).vectors == Matrix::Ones(3, 1));
}
