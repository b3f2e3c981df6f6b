#pragma once
// The Hessian assembled: 3×3 blocks in rows, or a dense matrix.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "tarn/vibration/hessian.hpp"

namespace tarn {

/// A symmetric matrix of 3×3 blocks, rows compressed, columns ascending. 3N × 3N in all.
struct BlockSparse {
  using Block = std::array<double, 9>;  ///< row after row
  std::vector<std::size_t> start;       ///< N + 1
  std::vector<std::int32_t> column;     ///< of each block, an atom
  std::vector<Block> block;

  [[nodiscard]] Eigen::Index rows() const { return 3 * (static_cast<Eigen::Index>(start.size()) - 1); }
  [[nodiscard]] Eigen::Index cols() const { return rows(); }

  [[nodiscard]] Vector operator*(const Vector& v) const {
    if (v.size() != rows()) throw Error("the matrix has ", rows(), " rows, the vector has ", v.size());
    Vector out = Vector::Zero(rows());
    perform_op(v.data(), out.data());
    return out;
  }
  using Scalar = double;
  void perform_op(const double* x, double* y) const {
    for (std::size_t i = 0; i + 1 < start.size(); ++i) {
      double sum[3] = {0, 0, 0};
      for (std::size_t k = start[i]; k < start[i + 1]; ++k) {
        const double* v = x + 3 * static_cast<std::size_t>(column[k]);
        for (std::size_t r = 0; r < 3; ++r) sum[r] += block[k][3 * r] * v[0] + block[k][3 * r + 1] * v[1] + block[k][3 * r + 2] * v[2];
      }
      std::copy(sum, sum + 3, y + 3 * i);
    }
  }

  /// The same as a dense matrix.
  [[nodiscard]] Matrix dense() const {
    Matrix out = Matrix::Zero(rows(), rows());
    for (std::size_t i = 0; i + 1 < start.size(); ++i)
      for (std::size_t k = start[i]; k < start[i + 1]; ++k)
        out.block<3, 3>(3 * static_cast<Eigen::Index>(i), 3 * column[k]) = Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(block[k].data());
    return out;
  }
};

/// Sums the factors into rows: one row at a time, from the pairs of the atom and of the atoms whose density it changes.
template <Executor E>
[[nodiscard]] BlockSparse assemble(const Hessian<E>& hessian) {
  const auto n = static_cast<std::size_t>(hessian.atoms());
  // Full lists by atom: stiffness of each pair, and the gradient of the atom's density by each atom near (itself last).
  struct Stiffness {
    std::int32_t other;
    Vec3 d;
    double a, b;
  };
  struct Gradient {
    std::int32_t by;
    Vec3 value;
  };
  std::vector<std::size_t> stiff_start(n + 1, 0), gradient_start(n + 1, 0);
  // stiff(i, j, d, a, b) for each pair, dense(i, j, d, at_first, at_second) for each with a density
  const auto each = [&](auto&& stiff, auto&& dense) {
    for (const auto& block : hessian.blocks())
      for (std::size_t own = 0; own < block.own(); ++own) {
        const auto i = static_cast<std::size_t>(block.atom[own]);
        const auto d = [&](std::uint32_t j) -> Vec3 { return (block.position[j] - block.position[own]).template head<3>(); };
        for (std::size_t k = block.pair_start[own]; k < block.pair_start[own + 1]; ++k) {
          const HessianPair& p = block.pairs[k];
          stiff(i, static_cast<std::size_t>(block.atom[p.second]), d(p.second), p.a, p.b);
        }
        for (std::size_t k = block.density_start[own]; k < block.density_start[own + 1]; ++k) {
          const HessianDensityPair& p = block.density_pairs[k];
          const auto j = static_cast<std::size_t>(block.atom[p.second]);
          stiff(i, j, d(p.second), p.a, p.b);
          dense(i, j, d(p.second), p.at_first, p.at_second);
        }
      }
  };
  each([&](std::size_t i, std::size_t j, const Vec3&, double, double) { ++stiff_start[i + 1], ++stiff_start[j + 1]; },
       [&](std::size_t i, std::size_t j, const Vec3&, double, double) { ++gradient_start[i + 1], ++gradient_start[j + 1]; });
  for (std::size_t i = 0; i < n; ++i) stiff_start[i + 1] += stiff_start[i], gradient_start[i + 1] += gradient_start[i] + 1;
  std::vector<Stiffness> stiffness(stiff_start[n]);
  std::vector<Gradient> gradient(gradient_start[n]);
  {
    auto stiff_next = stiff_start, gradient_next = gradient_start;
    std::vector<Vec3> self(n, Vec3::Zero());
    each(
        [&](std::size_t i, std::size_t j, const Vec3& d, double a, double b) {
          stiffness[stiff_next[i]++] = {static_cast<std::int32_t>(j), d, a, b};
          stiffness[stiff_next[j]++] = {static_cast<std::int32_t>(i), d, a, b};
        },
        [&](std::size_t i, std::size_t j, const Vec3& d, double at_first, double at_second) {
          gradient[gradient_next[i]++] = {static_cast<std::int32_t>(j), at_first * d};
          gradient[gradient_next[j]++] = {static_cast<std::int32_t>(i), -at_second * d};
          self[i] -= at_first * d;
          self[j] += at_second * d;
        });
    for (std::size_t i = 0; i < n; ++i) gradient[gradient_next[i]] = {static_cast<std::int32_t>(i), self[i]};
  }
  // ∂ρ_k/∂x_i by the atom i that moves: the row needs all k it changes.
  std::vector<std::size_t> moved_start(n + 1, 0);
  for (const auto& g : gradient) ++moved_start[static_cast<std::size_t>(g.by) + 1];
  for (std::size_t i = 0; i < n; ++i) moved_start[i + 1] += moved_start[i];
  std::vector<Gradient> moved(gradient.size());
  {
    auto next = moved_start;
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t g = gradient_start[k]; g < gradient_start[k + 1]; ++g)
        moved[next[static_cast<std::size_t>(gradient[g].by)]++] = {static_cast<std::int32_t>(k), gradient[g].value};
  }

  BlockSparse out;
  constexpr std::size_t run = 256;
  const std::size_t runs = (n + run - 1) / run;
  const auto columns_of = [&](std::size_t i, std::vector<std::int32_t>& found, std::vector<std::int32_t>& seen) {
    found.clear();
    const auto add = [&](std::int32_t j) {
      if (seen[static_cast<std::size_t>(j)] == static_cast<std::int32_t>(i)) return;
      seen[static_cast<std::size_t>(j)] = static_cast<std::int32_t>(i);
      found.push_back(j);
    };
    add(static_cast<std::int32_t>(i));
    for (std::size_t k = stiff_start[i]; k < stiff_start[i + 1]; ++k) add(stiffness[k].other);
    for (std::size_t m = moved_start[i]; m < moved_start[i + 1]; ++m) {
      const auto k = static_cast<std::size_t>(moved[m].by);
      if (hessian.curvature()[moved[m].by] == 0) continue;
      for (std::size_t g = gradient_start[k]; g < gradient_start[k + 1]; ++g) add(gradient[g].by);
    }
  };
  out.start.assign(n + 1, 0);
  hessian.executor().for_each(runs, [&](std::size_t r) {
    std::vector<std::int32_t> found, seen(n, -1);
    for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) {
      columns_of(i, found, seen);
      out.start[i + 1] = found.size();
    }
  });
  for (std::size_t i = 0; i < n; ++i) out.start[i + 1] += out.start[i];
  out.column.resize(out.start[n]);
  out.block.resize(out.start[n]);
  hessian.executor().for_each(runs, [&](std::size_t r) {
    std::vector<std::int32_t> found, seen(n, -1), place(n);
    for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) {
      columns_of(i, found, seen);
      std::sort(found.begin(), found.end());
      BlockSparse::Block* row = out.block.data() + out.start[i];
      for (std::size_t k = 0; k < found.size(); ++k) {
        place[static_cast<std::size_t>(found[k])] = static_cast<std::int32_t>(k);
        out.column[out.start[i] + k] = found[k];
        row[k].fill(0);
      }
      auto& diagonal = row[place[i]];
      for (std::size_t k = stiff_start[i]; k < stiff_start[i + 1]; ++k) {
        const auto& p = stiffness[k];
        auto& off = row[place[static_cast<std::size_t>(p.other)]];
        for (std::size_t x = 0; x < 3; ++x)
          for (std::size_t y = 0; y < 3; ++y) {
            const double value = p.b * p.d[static_cast<Eigen::Index>(x)] * p.d[static_cast<Eigen::Index>(y)] + (x == y ? p.a : 0.0);
            diagonal[3 * x + y] += value;
            off[3 * x + y] -= value;
          }
      }
      for (std::size_t m = moved_start[i]; m < moved_start[i + 1]; ++m) {
        const auto k = static_cast<std::size_t>(moved[m].by);
        const Vec3 left = hessian.curvature()[moved[m].by] * moved[m].value;
        if (hessian.curvature()[moved[m].by] == 0) continue;
        for (std::size_t g = gradient_start[k]; g < gradient_start[k + 1]; ++g) {
          auto& to = row[place[static_cast<std::size_t>(gradient[g].by)]];
          const Vec3& right = gradient[g].value;
          for (std::size_t x = 0; x < 3; ++x)
            for (std::size_t y = 0; y < 3; ++y) to[3 * x + y] += left[static_cast<Eigen::Index>(x)] * right[static_cast<Eigen::Index>(y)];
        }
      }
    }
  });
  return out;
}

/// The Hessian as a dense matrix, 3N × 3N, eV/Å².
template <TwiceDifferentiable P>
[[nodiscard]] Matrix dense_hessian(const Sample& sample, const P& potential) {
  return assemble(Hessian(sample, potential)).dense();
}

}  // namespace tarn
