#pragma once
// Other programs run as the stages of one: each with our terminal, and ended with us.

#include <filesystem>
#include <string>
#include <vector>

namespace tarn::programs {

/// A path as other programs take it for one, not for an option.
[[nodiscard]] std::string as_word(const std::string& path);

/// The folder that this program lies in, its siblings beside it.
[[nodiscard]] std::filesystem::path program_folder();

/// Runs a program to its end. Throws AlreadySaid where it has failed, and has said why; Error with `remedy` where it cannot be started, and where it was killed.
void run_stage(const std::vector<std::string>& words, const std::string& remedy);

}  // namespace tarn::programs
