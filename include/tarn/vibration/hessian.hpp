#pragma once
// Hessian of the energy, kept as its factors: an operator.
//
// With d = x_j − x_i of each pair (image), s = d², primes d/ds, ψ = φ + F'_i f_{b→a} + F'_j f_{a→b} at fixed F':
//   K_ij = 2 ψ' I + 4 ψ'' d dᵀ,   H = [−K_ij off the diagonal, Σ_j K_ij on it] + Gᵀ diag(F''_k) G,   G_{k,i} = ∂ρ_k/∂x_i.
// The product H·v takes two passes over the pairs and never the 63 million numbers of the assembled matrix of 19652 atoms.

#include <array>
#include <concepts>
#include <cstdint>
#include <vector>

#include "tarn/atoms/neighbour_list.hpp"
#include "tarn/potential/short_range.hpp"

namespace tarn {

/// A potential made of pair functions, whose Hessian has the factors below.
template <class P>
concept TwiceDifferentiable = Potential<P> && requires(const P& potential) {
  { potential.functions() };
  requires PairFunctions<std::remove_cvref_t<decltype(potential.functions())>>;
};

/// A pair in the Hessian of a block of local atoms.
struct HessianPair {
  double d[3];       ///< x_second − x_first, Å
  double a, b;       ///< K = a I + b d dᵀ: 2 ψ' (eV/Å²), 4 ψ'' (eV/Å⁴)
  std::uint32_t first, second;
};
/// … with a density.
struct HessianDensityPair : HessianPair {
  double at_first, at_second;  ///< ∂ρ_first/∂x_second = at_first d; ∂ρ_second/∂x_second = at_second d
};

/// The Hessian of one configuration, eV/Å². Products run on the executor; the same bits for any number of threads.
template <Executor E = Serial>
class Hessian {
 public:
  struct Block {
    std::vector<int> atom;  ///< of each local atom
    std::vector<HessianPair> pairs;
    std::vector<HessianDensityPair> density_pairs;
  };

  /// Throws Error as the potential does, and where a stiffness is not finite.
  template <TwiceDifferentiable P>
  Hessian(const Sample& sample, const P& potential, E executor) : executor_(std::move(executor)), atoms_(sample.size()) {
    auto workspace = potential.workspace(sample);
    const auto [slope, curvature] = embedding(sample, potential, workspace);
    curvature_ = curvature;
    const auto& functions = potential.functions();
    const auto& list = workspace.list();
    copies_ = list.copies;
    blocks_.resize(list.blocks.size());
    executor_.for_each(blocks_.size(), [&](std::size_t n) {
      Block& block = blocks_[n];
      block.atom = list.blocks[n].atom;
      potential.for_each_pair_of_block(sample, workspace, n, [&](std::uint32_t i, std::uint32_t j, const Vec3& d, int pa, int pb) {
        const double s = d.squaredNorm();
        const auto t = functions.template terms<2>(pa, pb, s);
        const double fi = slope[block.atom[i]], fj = slope[block.atom[j]];
        const double first = t.pair[1] + fi * t.density_first[1] + fj * t.density_second[1];
        const double second = t.pair[2] + fi * t.density_first[2] + fj * t.density_second[2];
        const HessianPair pair{{d[0], d[1], d[2]}, 2 * first, 4 * second, i, j};
        if (!std::isfinite(first) || !std::isfinite(second)) throw Error("the Hessian is not finite: atoms are too close or far outside of what the potential is made for");
        const double reach = functions.density_reach(pa, pb);
        if (s < reach * reach)
          block.density_pairs.push_back({pair, 2 * t.density_first[1], 2 * t.density_second[1]});
        else
          block.pairs.push_back(pair);
      });
      block.pairs.shrink_to_fit();
      block.density_pairs.shrink_to_fit();
    });
  }
  template <TwiceDifferentiable P>
  Hessian(const Sample& sample, const P& potential) : Hessian(sample, potential, potential.executor()) {}

  [[nodiscard]] Eigen::Index rows() const { return 3 * atoms_; }
  [[nodiscard]] Eigen::Index cols() const { return 3 * atoms_; }
  [[nodiscard]] Eigen::Index atoms() const { return atoms_; }
  [[nodiscard]] const E& executor() const { return executor_; }

  /// The pairs, by blocks: what assembled forms are made of.
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  /// F'' of each atom's embedding, eV per density².
  [[nodiscard]] const Vector& curvature() const { return curvature_; }

  /// H·V for the columns of V (3N × M).
  [[nodiscard]] Matrix operator*(const Matrix& v) const {
    if (v.rows() != rows()) throw Error("the Hessian has ", rows(), " rows, the vectors have ", v.rows());
    Matrix out(v.rows(), v.cols());
    Eigen::Index done = 0;
    for (; done + 8 <= v.cols(); done += 8) multiply<8>(v.data() + done * v.rows(), out.data() + done * v.rows());
    for (; done < v.cols(); ++done) multiply<1>(v.data() + done * v.rows(), out.data() + done * v.rows());
    return out;
  }
  [[nodiscard]] Vector operator*(const Vector& v) const {
    if (v.size() != rows()) throw Error("the Hessian has ", rows(), " rows, the vector has ", v.size());
    Vector out(v.size());
    multiply<1>(v.data(), out.data());
    return out;
  }
  /// y = H x, 3N numbers each: the operator interface of iterative solvers.
  void perform_op(const double* x, double* y) const { multiply<1>(x, y); }
  using Scalar = double;

 private:
  template <class P>
  static std::pair<Vector, Vector> embedding(const Sample& sample, const P& potential, typename P::Workspace& workspace) {
    const auto& functions = potential.functions();
    Vector density = Vector::Zero(sample.size()), slope(sample.size()), curvature(sample.size());
    potential.for_each_pair(sample, workspace, [&](int i, int j, const Vec3& d, int pa, int pb) {
      const auto t = functions.template terms<0>(pa, pb, d.squaredNorm());
      density[i] += t.density_first[0];
      density[j] += t.density_second[0];
    });
    const auto place = match_elements(sample, functions.elements());
    for (Eigen::Index i = 0; i < sample.size(); ++i) {
      const auto f = functions.template embedding<2>(place[static_cast<std::size_t>(sample.species[static_cast<std::size_t>(i)])], density[i]);
      slope[i] = f[1];
      curvature[i] = f[2];
    }
    return {std::move(slope), std::move(curvature)};
  }

  // M vectors of 3N numbers, one after the other.
  template <int M>
  void multiply(const double* v, double* out) const {
    using Wide = std::array<double, 3 * M>;
    using Row = std::array<double, M>;
    const auto n = static_cast<std::size_t>(atoms_), stride = 3 * n;
    std::vector<Wide> x(copies_.offset.back()), y(copies_.offset.back(), Wide{});
    std::vector<Row> change(copies_.offset.back(), Row{});  // δρ of local atoms, then F'' δρ
    executor_.for_each(blocks_.size(), [&](std::size_t b) {
      const std::size_t offset = copies_.offset[b];
      Wide* const xl = x.data() + offset;
      Wide* const yl = y.data() + offset;
      Row* const cl = change.data() + offset;
      const auto& block = blocks_[b];
      for (std::size_t l = 0; l < block.atom.size(); ++l)
        for (std::size_t k = 0; k < 3; ++k)
          for (std::size_t m = 0; m < M; ++m) xl[l][k * M + m] = v[m * stride + 3 * static_cast<std::size_t>(block.atom[l]) + k];
      const auto stiffness = [&](const HessianPair& p, Row& along) {
        const Wide &xi = xl[p.first], &xj = xl[p.second];
        Wide &yi = yl[p.first], &yj = yl[p.second];
        for (std::size_t m = 0; m < M; ++m) {
          const double w0 = xj[m] - xi[m], w1 = xj[M + m] - xi[M + m], w2 = xj[2 * M + m] - xi[2 * M + m];
          along[m] = p.d[0] * w0 + p.d[1] * w1 + p.d[2] * w2;
          const double c = p.b * along[m];
          const double t0 = p.a * w0 + c * p.d[0], t1 = p.a * w1 + c * p.d[1], t2 = p.a * w2 + c * p.d[2];
          yi[m] -= t0, yi[M + m] -= t1, yi[2 * M + m] -= t2;
          yj[m] += t0, yj[M + m] += t1, yj[2 * M + m] += t2;
        }
      };
      Row along;
      for (const auto& p : block.pairs) stiffness(p, along);
      for (const auto& p : block.density_pairs) {
        stiffness(p, along);
        for (std::size_t m = 0; m < M; ++m) {
          cl[p.first][m] += p.at_first * along[m];
          cl[p.second][m] += p.at_second * along[m];
        }
      }
    });
    std::vector<Row> total(n);
    constexpr std::size_t run = 1024;
    const std::size_t runs = (n + run - 1) / run;
    executor_.for_each(runs, [&](std::size_t r) {
      for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) {
        Row sum{};
        for (std::size_t k = copies_.start[i]; k < copies_.start[i + 1]; ++k)
          for (std::size_t m = 0; m < M; ++m) sum[m] += change[copies_.copy[k]][m];
        for (std::size_t m = 0; m < M; ++m) total[i][m] = sum[m] * curvature_[static_cast<Eigen::Index>(i)];
      }
    });
    executor_.for_each(blocks_.size(), [&](std::size_t b) {
      const auto& block = blocks_[b];
      Wide* const yl = y.data() + copies_.offset[b];
      Row* const cl = change.data() + copies_.offset[b];
      for (std::size_t l = 0; l < block.atom.size(); ++l) cl[l] = total[static_cast<std::size_t>(block.atom[l])];
      for (const auto& p : block.density_pairs)
        for (std::size_t m = 0; m < M; ++m) {
          const double c = p.at_first * cl[p.first][m] + p.at_second * cl[p.second][m];
          for (std::size_t k = 0; k < 3; ++k) {
            yl[p.first][k * M + m] -= c * p.d[k];
            yl[p.second][k * M + m] += c * p.d[k];
          }
        }
    });
    executor_.for_each(runs, [&](std::size_t r) {
      for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) {
        Wide sum{};
        for (std::size_t k = copies_.start[i]; k < copies_.start[i + 1]; ++k)
          for (std::size_t c = 0; c < 3 * M; ++c) sum[c] += y[copies_.copy[k]][c];
        for (std::size_t k = 0; k < 3; ++k)
          for (std::size_t m = 0; m < M; ++m) out[m * stride + 3 * i + k] = sum[k * M + m];
      }
    });
  }

  E executor_;
  Eigen::Index atoms_;
  Vector curvature_;
  LocalCopies copies_;
  std::vector<Block> blocks_;
};

template <class P>
Hessian(const Sample&, const P&) -> Hessian<std::remove_cvref_t<decltype(std::declval<const P&>().executor())>>;

}  // namespace tarn
