// Ten lines of somebody else's, with what our own warnings would refuse.
#ifdef CONSUMER_ALL
#include "tarn/tarn.hpp"
#else
#include "tarn/atoms/sample.hpp"
#include "tarn/core/executor.hpp"
#endif
#ifdef CONSUMER_openmp
#include "tarn/core/openmp.hpp"
#endif
#ifdef CONSUMER_sqlite
#include "tarn/core/sqlite.hpp"
#endif
#include <cstdio>

int main(int argc, char**) {
  int unused = 3.7 * argc;
  tarn::Sample sample;
  sample.positions = tarn::Vectors::Zero(3, 2);
  std::printf("%d atoms\n", static_cast<int>(sample.size()));
#ifdef CONSUMER_openmp
  tarn::OpenMP(2).for_each(2, [](std::size_t) {});
#endif
#ifdef CONSUMER_sqlite
  tarn::Database(":memory:").run("CREATE TABLE t (x)");
#endif
  return sample.size() == 2 ? 0 : 1;
}
