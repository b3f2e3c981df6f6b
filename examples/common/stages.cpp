#include "common/stages.hpp"

#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "common/program.hpp"

namespace tarn::programs {

std::string as_word(const std::string& path) { return path.starts_with('-') ? "./" + path : path; }

std::filesystem::path program_folder() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
}

void run_stage(const std::vector<std::string>& words, const std::string& remedy) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw Error(words[0], ": cannot be started: ", std::strerror(errno));
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // a stage must not outlive the study
    ::execvp(arguments[0], arguments.data());
    ::_exit(errno == ENOENT ? 127 : 126);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw Error(words[0], ": cannot be waited for: ", std::strerror(errno));
  if (WIFSIGNALED(status)) throw Error(words[0], ": was killed by signal ", WTERMSIG(status), ": run this again, it continues");
  const int code = WEXITSTATUS(status);
  if (code == 126 || code == 127) throw Error(words[0], ": cannot be started: ", remedy);
  if (code != 0) throw AlreadySaid();
}

}  // namespace tarn::programs
