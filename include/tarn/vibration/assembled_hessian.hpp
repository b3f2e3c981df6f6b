#pragma once
// The Hessian assembled: 3×3 blocks in rows, or a dense matrix.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "tarn/core/huge_pages.hpp"
#include "tarn/core/scratch.hpp"
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
        for (std::size_t r = 0; r < 3; ++r)
          sum[r] += block[k][3 * r] * v[0] + block[k][3 * r + 1] * v[1] + block[k][3 * r + 2] * v[2];
      }
      std::copy(sum, sum + 3, y + 3 * i);
    }
  }

  /// The same as a dense matrix.
  [[nodiscard]] Matrix dense() const {
    Matrix out = Matrix::Zero(rows(), rows());
    for (std::size_t i = 0; i + 1 < start.size(); ++i)
      for (std::size_t k = start[i]; k < start[i + 1]; ++k)
        out.block<3, 3>(3 * static_cast<Eigen::Index>(i), 3 * column[k]) =
            Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(block[k].data());
    return out;
  }
};

namespace detail {
// Rows of the Hessian from its factors; atoms by their places on the curve.
class RowSum {
 public:
  explicit RowSum(const HessianFactors& factors) : factors_(factors), start_(1, 0) {
    const auto n = static_cast<std::size_t>(factors.atoms());
    std::size_t most = n;
    for (const HessianBlock& block : factors.blocks()) most += 8 * block.at_own.size();
    start_.reserve(n + 1);
    gradient_.reserve(most);
    for (std::size_t k = 0; k < n; ++k) {
      factors.for_each_pair(k, [&](const HessianPair& p) {
        if (p.at_own != 0) gradient_.push_back({static_cast<std::uint32_t>(p.other), p.at_own * p.d});
      });
      const simd::Row& self = factors.gradient()[k];
      gradient_.push_back({static_cast<std::uint32_t>(k), -Vec3(self[0], self[1], self[2])});
      start_.push_back(gradient_.size());
    }
  }
  // The parts of row i, their sum being the row: pair(j, K) stands for −K at j and K at i, outer(j, u, v) for u vᵀ at j.
  template <class Pair, class Outer>
  void for_each_part(std::size_t i, const Pair& pair, const Outer& outer) const {
    const auto change = [&](std::size_t k, const Vec3& own) {  // own = ∂ρ_k/∂x_i
      const double curvature = factors_.curvature()[static_cast<Eigen::Index>(k)];
      if (curvature == 0) return;
      const Vec3 left = curvature * own;
      for (std::size_t g = start_[k]; g < start_[k + 1]; ++g) outer(gradient_[g].by, left, gradient_[g].value);
    };
    change(i, gradient_[start_[i + 1] - 1].value);
    factors_.for_each_pair(i, [&](const HessianPair& p) {
      pair(p.other, Mat3(p.a * Mat3::Identity() + (p.b * p.d) * p.d.transpose()));
      if (p.at_other != 0) change(p.other, -p.at_other * p.d);
    });
  }

 private:
  struct Gradient {  // ∂ρ_k/∂x_by
    std::uint32_t by;
    Vec3 value;
  };
  const HessianFactors& factors_;
  std::vector<std::size_t> start_;
  std::vector<Gradient> gradient_;
};
}  // namespace detail

/// Sums the factors into rows, one at a time.
template <Executor E>
[[nodiscard]] BlockSparse assemble(const Hessian<E>& hessian) {
  const HessianFactors& factors = hessian.factors();
  const auto n = static_cast<std::size_t>(factors.atoms());
  const detail::RowSum rows(factors);
  constexpr std::size_t run = 256;
  struct Row {
    std::vector<std::int32_t> found, place;  // the atoms of the row, each once; of each atom, where its block is
    std::vector<std::size_t> seen;           // of each place, the last row that had it, counted over both passes
  };
  Scratch<Row> scratch;
  const auto columns_of = [&](std::size_t i, std::size_t stamp, Row& row) {
    row.found.clear();
    const auto add = [&](std::size_t j) {
      if (row.seen[j] == stamp) return;
      row.seen[j] = stamp;
      row.found.push_back(static_cast<std::int32_t>(factors.atom(j)));
    };
    add(i);
    rows.for_each_part(
        i, [&](std::size_t j, const Mat3&) { add(j); }, [&](std::size_t j, const Vec3&, const Vec3&) { add(j); });
  };
  const auto each = [&](std::size_t pass, auto&& task) {
    hessian.executor().for_each((n + run - 1) / run, [&](std::size_t r) {
      const typename Scratch<Row>::Loan row(scratch);
      row->place.resize(n);
      row->seen.resize(n, 2 * n);
      for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) {
        columns_of(i, pass * n + i, *row);
        task(i, *row);
      }
    });
  };
  BlockSparse out;
  out.start.assign(n + 1, 0);
  each(0, [&](std::size_t i, const Row& row) { out.start[factors.atom(i) + 1] = row.found.size(); });
  for (std::size_t i = 0; i < n; ++i) out.start[i + 1] += out.start[i];
  out.column.resize(out.start[n]);
  out.block.resize(out.start[n]);
  each(1, [&](std::size_t i, Row& row) {
    std::vector<std::int32_t>&found = row.found, &place = row.place;
    std::sort(found.begin(), found.end());
    const std::size_t start = out.start[factors.atom(i)];
    for (std::size_t k = 0; k < found.size(); ++k) {
      place[static_cast<std::size_t>(found[k])] = static_cast<std::int32_t>(k);
      out.column[start + k] = found[k];
      out.block[start + k].fill(0);
    }
    const auto at = [&](std::size_t j) {
      return Eigen::Map<Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(
          out.block[start + static_cast<std::size_t>(place[factors.atom(j)])].data());
    };
    auto diagonal = at(i);
    rows.for_each_part(
        i,
        [&](std::size_t j, const Mat3& k) {
          diagonal += k;
          at(j) -= k;
        },
        [&](std::size_t j, const Vec3& u, const Vec3& v) { at(j) += u * v.transpose(); });
  });
  return out;
}

/// The Hessian as a dense matrix, 3N × 3N, eV/Å²: three columns at a time, which stay in the cache while the parts are summed.
template <Executor E>
[[nodiscard]] Matrix dense(const Hessian<E>& hessian) {
  const HessianFactors& factors = hessian.factors();
  const detail::RowSum rows(factors);
  Matrix out(hessian.rows(), hessian.rows());
  prefer_huge_pages(out.data(), static_cast<std::size_t>(out.size()) * sizeof(double));
  constexpr std::size_t run = 32;
  const auto n = static_cast<std::size_t>(factors.atoms());
  hessian.executor().for_each((n + run - 1) / run, [&](std::size_t r) {
    simd::AlignedVector<simd::Row> column[3];
    for (auto& c : column) c.resize(n);
    for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) {
      for (auto& c : column) std::fill(c.begin(), c.end(), simd::Row{});
      const auto add = [&](std::size_t j, std::size_t c, const Eigen::Vector4d& part) {
        Eigen::Map<Eigen::Vector4d>(column[c][j].data()) += part;
      };
      rows.for_each_part(
          i,
          [&](std::size_t j, const Mat3& k) {
            for (std::size_t c = 0; c < 3; ++c) {
              const auto at = static_cast<Eigen::Index>(c);
              const Eigen::Vector4d part(k(0, at), k(1, at), k(2, at), 0);
              add(i, c, part);
              add(j, c, -part);
            }
          },
          [&](std::size_t j, const Vec3& u, const Vec3& v) {
            const Eigen::Vector4d row(v[0], v[1], v[2], 0);
            for (std::size_t c = 0; c < 3; ++c) add(j, c, u[static_cast<Eigen::Index>(c)] * row);
          });
      for (std::size_t c = 0; c < 3; ++c) {
        double* to = out.data() + (3 * factors.atom(i) + c) * 3 * n;
        for (std::size_t k = 0; k < n; ++k) std::copy_n(column[c][k].data(), 3, to + 3 * factors.atom(k));
      }
    }
  });
  return out;
}
template <TwiceDifferentiable P>
[[nodiscard]] Matrix dense_hessian(const Sample& sample, const P& potential) {
  return dense(Hessian(sample, potential));
}
template <class P>
requires(!TwiceDifferentiable<P>) Matrix dense_hessian(const Sample&, const P& /* forces alone: use finite_difference_hessian */)
= delete;

}  // namespace tarn
