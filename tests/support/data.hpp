#pragma once
// Where the tests find their data. The folders come from the build.

#include <filesystem>
#include <stdexcept>
#include <string>

namespace tarn::testing {

/// tests/data/`name`, else examples/data/`name`. Throws where neither exists: a test whose data are missing fails.
[[nodiscard]] inline std::string data(const std::string& name) {
  for (const std::filesystem::path folder : {TARN_TEST_DATA, TARN_EXAMPLE_DATA})
    if (std::filesystem::exists(folder / name)) return (folder / name).string();
  throw std::runtime_error("neither " TARN_TEST_DATA " nor " TARN_EXAMPLE_DATA " has " + name);
}

}  // namespace tarn::testing
