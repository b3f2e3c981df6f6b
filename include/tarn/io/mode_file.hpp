#pragma once
// Eigenvectors as a binary file, for other programs to map or read at once.
//
//   byte 0    8   magic "TARNMODE"
//        8    4   version, unsigned: 1
//       12    4   convention, unsigned: 1 mass-weighted, 2 displacements
//       16    8   rows, unsigned: 3N, in the order x_1 y_1 z_1 x_2 …
//       24    8   columns, unsigned: modes
//       32   96   the convention in words, padded by zeros
//      128        columns × rows float64, one mode after the other
// Little-endian. Python: numpy.fromfile(path, "<f8", offset=128).reshape(columns, rows).T

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tarn/core/error.hpp"
#include "tarn/core/file.hpp"
#include "tarn/core/memory.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

static_assert(std::endian::native == std::endian::little, "files of modes are written in this processor's byte order");

/// What the vectors are.
enum class ModeConvention : std::uint32_t {
  mass_weighted = 1,  ///< e, orthonormal eigenvectors of the dynamical matrix
  displacement = 2,   ///< u = M^(-1/2) e
};

/// What such a file holds.
struct ModeFile {
  Matrix vectors;  ///< 3N × modes
  ModeConvention convention = ModeConvention::mass_weighted;
};

namespace detail {
inline constexpr std::string_view mode_magic = "TARNMODE";
inline constexpr std::size_t mode_header = 128;
}  // namespace detail

/// Writes eigenvectors (3N × M, one mode a column), whole or not at all. Throws Error where a value is not finite or the file
/// cannot be written.
inline void write_mode_file(const std::filesystem::path& path, const Eigen::Ref<const Matrix>& vectors,
                            ModeConvention convention = ModeConvention::mass_weighted) {
  const std::string_view words = convention == ModeConvention::mass_weighted
                                     ? "mass-weighted: orthonormal eigenvectors of D = M^(-1/2) H M^(-1/2)"
                                     : "displacements: u = M^(-1/2) e, e an orthonormal eigenvector of D";
  if (convention != ModeConvention::mass_weighted && convention != ModeConvention::displacement)
    throw Error("an unknown convention of modes");
  std::array<char, detail::mode_header> header{};
  const auto put = [&](std::size_t at, const auto& value) { std::memcpy(header.data() + at, &value, sizeof value); };
  std::memcpy(header.data(), detail::mode_magic.data(), detail::mode_magic.size());
  put(8, std::uint32_t{1});
  put(12, static_cast<std::uint32_t>(convention));
  put(16, static_cast<std::uint64_t>(vectors.rows()));
  put(24, static_cast<std::uint64_t>(vectors.cols()));
  std::memcpy(header.data() + 32, words.data(), words.size());
  OutputFile file(path);
  file.write({header.data(), header.size()});
  for (Eigen::Index mode = 0; mode < vectors.cols(); ++mode) {
    if (!vectors.col(mode).allFinite()) throw Error(path.string(), ": mode ", mode + 1, " holds what is not a number");
    file.write(
        {reinterpret_cast<const char*>(vectors.col(mode).data()), static_cast<std::size_t>(vectors.rows()) * sizeof(double)});
  }
  file.commit();
}

/// Reads what write_mode_file wrote. Throws Error where the file is missing, of another kind or version, cut or longer than its
/// header says.
[[nodiscard]] inline ModeFile read_mode_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw Error(name, ": is a folder, a file of modes is expected");
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
    throw Error(name, ": is a pipe or a device, a file of modes is expected");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(name, ": cannot be opened: no such file, or not readable");
  std::array<char, detail::mode_header> header{};
  file.read(header.data(), static_cast<std::streamsize>(header.size()));
  if (file.gcount() < 8 || std::string_view(header.data(), detail::mode_magic.size()) != detail::mode_magic)
    throw Error(name, ": is not a file of modes: it does not begin with ", detail::mode_magic);
  if (!file) throw Error(name, ": ends within its header: the file is cut");
  const auto get = [&]<class T>(std::size_t at, T value) {
    std::memcpy(&value, header.data() + at, sizeof value);
    return value;
  };
  if (const auto version = get(8, std::uint32_t{}); version != 1)
    throw Error(name, ": version ", version, " of the format, 1 is read");
  const auto convention = get(12, std::uint32_t{});
  if (convention != 1 && convention != 2)
    throw Error(name, ": convention ", convention, ": 1 (mass-weighted) or 2 (displacements) is expected");
  const auto rows = get(16, std::uint64_t{}), columns = get(24, std::uint64_t{});
  const std::uint64_t size = std::filesystem::file_size(path, ignored);
  const std::uint64_t values = (size - header.size()) / sizeof(double);
  if (ignored || (size - header.size()) % sizeof(double) != 0 ||
      (rows == 0 || columns == 0 ? values != 0 : values % rows != 0 || values / rows != columns))
    throw Error(name, ": holds ", size - header.size(), " bytes after its header, which says ", rows, " × ", columns,
                " numbers of 8: the file is cut or damaged");
  if (values > std::uint64_t{1} << 23)  // less without asking
    require_memory(static_cast<double>(values) * sizeof(double), "reading " + name, "map the file, or read some of its columns");
  ModeFile out{Matrix(static_cast<Eigen::Index>(values == 0 ? 0 : rows), static_cast<Eigen::Index>(values == 0 ? 0 : columns)),
               static_cast<ModeConvention>(convention)};
  file.read(reinterpret_cast<char*>(out.vectors.data()), static_cast<std::streamsize>(values * sizeof(double)));
  if (!file) throw Error(name, ": cannot be read to its end");
  if (!out.vectors.allFinite()) throw Error(name, ": holds what is not a number: the file is damaged");
  return out;
}

}  // namespace tarn
