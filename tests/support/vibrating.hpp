#pragma once
// Things that vibrate and whose modes are known.

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "tarn/atoms/sample.hpp"

namespace tarn::testing {

/// Uniform numbers in [−1, 1), the same everywhere.
[[nodiscard]] inline Matrix random_matrix(Eigen::Index rows, Eigen::Index columns, unsigned seed) {
  std::mt19937_64 random(seed);
  return Matrix::NullaryExpr(rows, columns, [&] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1; });
}

[[nodiscard]] inline Matrix random_symmetric(Eigen::Index n, unsigned seed) {
  const Matrix a = random_matrix(n, n, seed);
  return 0.5 * (a + a.transpose());
}

/// The projector on the columns: what degenerate eigenvectors are compared by.
[[nodiscard]] inline Matrix projector(const Matrix& columns) { return columns * columns.transpose(); }

/// ‖Av − λv‖ of the worst pair, and how far VᵀV is from 1.
[[nodiscard]] inline double worst_residual(const Matrix& a, const Vector& values, const Matrix& vectors) {
  return (a * vectors - vectors * values.asDiagonal()).cwiseAbs().maxCoeff();
}
[[nodiscard]] inline double orthonormality(const Matrix& vectors) {
  return (vectors.transpose() * vectors - Matrix::Identity(vectors.cols(), vectors.cols())).cwiseAbs().maxCoeff();
}

/// n³ atoms on a simple cubic lattice, periodic, with springs between nearest neighbours: stiffness `along` the bond and `across` it, both
/// over the mass, (rad/ps)². Its branches, polarised along the axes:  λ_α(q) = Σ_β 4 s_αβ sin²(q_β/2),  s = along for β = α, else across.
struct SpringLattice {
  int n = 4;
  double spacing_A = 2.5;
  double along = 900, across = 400;
  double mass = 60;

  [[nodiscard]] Eigen::Index index(int x, int y, int z) const { return (((x + n) % n) * n + (y + n) % n) * n + (z + n) % n; }

  [[nodiscard]] Sample sample() const {
    Sample out;
    out.cell = cubic(spacing_A * n);
    out.elements = {"Cu"};
    const auto count = static_cast<std::size_t>(n) * static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
    out.species.assign(count, 0);
    out.positions.resize(3, static_cast<Eigen::Index>(count));
    out.masses = Vector::Constant(static_cast<Eigen::Index>(count), mass);
    for (int x = 0; x < n; ++x)
      for (int y = 0; y < n; ++y)
        for (int z = 0; z < n; ++z) {
          out.positions.col(index(x, y, z)) = spacing_A * Vec3(x, y, z);
          out.ids.push_back(static_cast<std::int64_t>(out.ids.size()) + 1);
        }
    return out;
  }

  [[nodiscard]] Matrix dynamical_matrix() const {
    const Eigen::Index rows = 3 * n * n * n;
    Matrix d = Matrix::Zero(rows, rows);
    for (int x = 0; x < n; ++x)
      for (int y = 0; y < n; ++y)
        for (int z = 0; z < n; ++z)
          for (int axis = 0; axis < 3; ++axis)
            for (int component = 0; component < 3; ++component) {
              const double s = axis == component ? along : across;
              const Eigen::Index i = 3 * index(x, y, z) + component;
              const Eigen::Index j = 3 * index(x + (axis == 0), y + (axis == 1), z + (axis == 2)) + component;
              d(i, i) += s;
              d(j, j) += s;
              d(i, j) -= s;
              d(j, i) -= s;
            }
    return d;
  }

  /// Ascending, by the formula.
  [[nodiscard]] Vector eigenvalues() const {
    std::vector<double> values;
    const auto bend = [&](int k) { return 4 * std::pow(std::sin(std::numbers::pi * k / n), 2); };
    for (int x = 0; x < n; ++x)
      for (int y = 0; y < n; ++y)
        for (int z = 0; z < n; ++z) {
          const double sum = bend(x) + bend(y) + bend(z);
          for (const int k : {x, y, z}) values.push_back(across * sum + (along - across) * bend(k));
        }
    std::sort(values.begin(), values.end());
    return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
  }
};

/// Message of the Error that `call` throws; "" where it throws none.
template <class Call>
[[nodiscard]] std::string error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// Whether that message contains `part`.
template <class Call>
[[nodiscard]] bool refuses(Call&& call, const std::string& part) {
  return error_of(call).find(part) != std::string::npos;
}

}  // namespace tarn::testing
