#pragma once
// The sample and the potential of the benchmarks.

#include <cstdlib>
#include <filesystem>

#include "support/bound.hpp"
#include "tarn/io/lammps_data.hpp"
#include "tarn/potential/eam.hpp"

namespace benchmarks {

/// `times` copies of the sample along one of its cell's vectors.
inline tarn::Sample repeated(const tarn::Sample& one, Eigen::Index along, int times) {
  tarn::Sample s = one;
  const Eigen::Index n = one.size();
  s.positions.resize(3, n * times);
  s.masses.resize(n * times);
  s.species.clear(), s.ids.clear();
  for (int t = 0; t < times; ++t) {
    s.positions.middleCols(t * n, n) = one.positions.colwise() + t * one.cell.vectors.col(along);
    s.masses.segment(t * n, n) = one.masses;
    s.species.insert(s.species.end(), one.species.begin(), one.species.end());
    for (const auto id : one.ids) s.ids.push_back(id + t * n);
  }
  s.cell.vectors.col(along) *= times;
  return s;
}

/// The minimum of 864 atoms, or the data file TARN_BENCHMARK_SAMPLE; TARN_BENCHMARK_REPEAT times along each vector.
inline const tarn::Sample& glass() {
  static const tarn::Sample sample = [] {
    const char* file = std::getenv("TARN_BENCHMARK_SAMPLE");
    const char* times = std::getenv("TARN_BENCHMARK_REPEAT");
    tarn::Sample s =
        tarn::read_lammps_data(std::filesystem::path(file ? file : TARN_EXAMPLE_DATA "/cuzr864_minimum.data"), {"Cu", "Zr"});
    for (Eigen::Index k = 0; k < 3; ++k) s = repeated(s, k, times ? std::atoi(times) : 1);
    return s;
  }();
  return sample;
}
inline const tarn::EamSplines<tarn::Double>& potential() {
  static const tarn::EamSplines<tarn::Double> eam(
      tarn::read_setfl(std::filesystem::path(TARN_EXAMPLE_DATA "/CuZr_MKO2009.eam.fs")));
  return eam;
}

/// One force call on a valid list, s: what bounds that which is paid in force calls.
inline double force_call_seconds(const tarn::Sample& sample) {
  auto workspace = potential().workspace(sample);
  benchmark::DoNotOptimize(potential().evaluate(sample, workspace));
  return shortest([&] { benchmark::DoNotOptimize(potential().evaluate(sample, workspace)); }, 10);
}

}  // namespace benchmarks
