#pragma once
// Hessian of the energy, kept as its factors: an operator.
//
// With d = x_j − x_i of each pair (image), s = d², primes d/ds, ψ = φ + F'_i f_{b→a} + F'_j f_{a→b} at fixed F':
//   K_ij = 2 ψ' I + 4 ψ'' d dᵀ,   H = [−K_ij off the diagonal, Σ_j K_ij on it] + Gᵀ diag(F''_k) G,   G_{k,i} = ∂ρ_k/∂x_i.
// The product H·v takes two passes over the pairs and never the 63 million numbers of the assembled matrix of 19652 atoms.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <utility>
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

/// A pair with no density in the Hessian of a block: K = a I + b d dᵀ with a = 2 ψ' (eV/Å²), b = 4 ψ'' (eV/Å⁴).
struct HessianPair {
  double a, b;
  std::uint32_t second;  ///< local atom
};
/// A pair with a density: ∂ρ_first/∂x_second = at_first d, ∂ρ_second/∂x_second = at_second d.
struct HessianDensityPair {
  double a, b, at_first, at_second;
  std::uint32_t second;
};

/// The Hessian of one configuration, eV/Å². Products run on the executor; the same bits for any number of threads.
template <Executor E = Serial>
class Hessian {
 public:
  using Row = Eigen::Vector4d;  ///< x y z of a local atom, and what else it carries: one vector register
  struct Block {
    std::vector<int> atom;      ///< of each local atom; own atoms come first
    std::vector<Row> position;  ///< of each local atom, Å; the fourth is 0
    /// Pairs of own atom i: pairs[pair_start[i]] … pairs[pair_start[i + 1]], and so for those with a density.
    std::vector<std::uint32_t> pair_start, density_start;
    std::vector<HessianPair> pairs;
    std::vector<HessianDensityPair> density_pairs;
    [[nodiscard]] std::size_t own() const { return pair_start.size() - 1; }
  };

  /// Throws Error as the potential does, and where a stiffness is not finite.
  template <TwiceDifferentiable P>
  Hessian(const Sample& sample, const P& potential, E executor) : executor_(std::move(executor)), atoms_(sample.size()) {
    auto workspace = potential.workspace(sample);
    potential.prepare(sample, workspace);
    copies_ = workspace.list().copies;
    blocks_.resize(workspace.list().blocks.size());
    std::vector<std::vector<Embedded>> embedded(blocks_.size());
    std::vector<Vector> density(blocks_.size());
    executor_.for_each(blocks_.size(), [&](std::size_t n) { collect(sample, potential, workspace, n, embedded[n], density[n]); });

    const auto place = match_elements(sample, potential.functions().elements());
    Vector slope(atoms_);
    curvature_.resize(atoms_);
    over_atoms([&](std::size_t i) {
      double rho = 0;
      each_copy(i, [&](std::size_t block, std::size_t local) { rho += density[block][static_cast<Eigen::Index>(local)]; });
      const auto f = potential.functions().template embedding<2>(place[static_cast<std::size_t>(sample.species[i])], rho);
      slope[static_cast<Eigen::Index>(i)] = f[1];
      curvature_[static_cast<Eigen::Index>(i)] = f[2];
    });
    executor_.for_each(blocks_.size(), [&](std::size_t n) {
      Block& block = blocks_[n];
      for (std::size_t i = 0; i < block.own(); ++i)
        for (std::size_t k = block.density_start[i]; k < block.density_start[i + 1]; ++k) {
          HessianDensityPair& p = block.density_pairs[k];
          const double fi = slope[block.atom[i]], fj = slope[block.atom[p.second]];
          p.a += fi * p.at_first + fj * p.at_second;
          p.b += 4 * (fi * embedded[n][k].curvature_first + fj * embedded[n][k].curvature_second);
          if (!std::isfinite(p.a) || !std::isfinite(p.b)) throw Error("the Hessian is not finite: atoms are too close or far outside of what the potential is made for");
        }
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

  /// H·V for the columns of V (3N × M), eight at a time.
  [[nodiscard]] Matrix operator*(const Matrix& v) const {
    if (v.rows() != rows()) throw Error("the Hessian has ", rows(), " rows, the vectors have ", v.rows());
    Matrix out(v.rows(), v.cols());
    Eigen::Index done = 0;
    for (; done + wide <= v.cols(); done += wide) multiply_many(v.data() + done * v.rows(), out.data() + done * v.rows());
    for (; done < v.cols(); ++done) perform_op(v.data() + done * v.rows(), out.data() + done * v.rows());
    return out;
  }
  [[nodiscard]] Vector operator*(const Vector& v) const {
    if (v.size() != rows()) throw Error("the Hessian has ", rows(), " rows, the vector has ", v.size());
    Vector out(v.size());
    perform_op(v.data(), out.data());
    return out;
  }
  using Scalar = double;
  /// y = H x, 3N numbers each: the operator interface of iterative solvers.
  void perform_op(const double* x, double* y) const {
    // Each local atom: v and H v as rows, the fourth of H v is δρ.
    std::vector<Row> v(copies_.offset.back()), product(copies_.offset.back());
    executor_.for_each(blocks_.size(), [&](std::size_t b) {
      const Block& block = blocks_[b];
      Row* const vl = v.data() + copies_.offset[b];
      Row* const yl = product.data() + copies_.offset[b];
      for (std::size_t l = 0; l < block.atom.size(); ++l) {
        const double* from = x + 3 * static_cast<std::size_t>(block.atom[l]);
        vl[l] = Row(from[0], from[1], from[2], 0);
        yl[l].setZero();
      }
      const Row* const at = block.position.data();
      const Row fourth(0, 0, 0, 1);
      for (std::size_t i = 0; i < block.own(); ++i) {
        const Row xi = at[i], vi = vl[i];
        Row yi = Row::Zero();
        double rho = 0;
        const HessianPair* const pairs_end = block.pairs.data() + block.pair_start[i + 1];
        for (const HessianPair* p = block.pairs.data() + block.pair_start[i]; p != pairs_end; ++p) {
          const Row d = at[p->second] - xi, w = vl[p->second] - vi;
          const Row t = p->a * w + (p->b * d.dot(w)) * d;
          yi -= t;
          yl[p->second] += t;
        }
        const HessianDensityPair* const end = block.density_pairs.data() + block.density_start[i + 1];
        for (const HessianDensityPair* p = block.density_pairs.data() + block.density_start[i]; p != end; ++p) {
          const Row d = at[p->second] - xi, w = vl[p->second] - vi;
          const double along = d.dot(w);
          const Row t = p->a * w + (p->b * along) * d;
          yi -= t;
          rho += p->at_first * along;
          yl[p->second] += t + (p->at_second * along) * fourth;
        }
        yl[i] += yi + rho * fourth;
      }
    });
    std::vector<double> change(static_cast<std::size_t>(atoms_));  // F'' δρ
    over_atoms([&](std::size_t i) {
      double sum = 0;
      for (std::size_t k = copies_.start[i]; k < copies_.start[i + 1]; ++k) sum += product[copies_.copy[k]][3];
      change[i] = sum * curvature_[static_cast<Eigen::Index>(i)];
    });
    executor_.for_each(blocks_.size(), [&](std::size_t b) {
      const Block& block = blocks_[b];
      Row* const yl = product.data() + copies_.offset[b];
      for (std::size_t l = 0; l < block.atom.size(); ++l) yl[l][3] = change[static_cast<std::size_t>(block.atom[l])];
      const Row* const at = block.position.data();
      for (std::size_t i = 0; i < block.own(); ++i) {
        const Row xi = at[i];
        const double ci = yl[i][3];
        Row yi = Row::Zero();
        const HessianDensityPair* const end = block.density_pairs.data() + block.density_start[i + 1];
        for (const HessianDensityPair* p = block.density_pairs.data() + block.density_start[i]; p != end; ++p) {
          Row& yj = yl[p->second];
          const Row t = (p->at_first * ci + p->at_second * yj[3]) * (at[p->second] - xi);
          yi -= t;
          yj += t;
        }
        yl[i] += yi;
      }
    });
    over_atoms([&](std::size_t i) {
      Row sum = Row::Zero();
      for (std::size_t k = copies_.start[i]; k < copies_.start[i + 1]; ++k) sum += product[copies_.copy[k]];
      for (Eigen::Index c = 0; c < 3; ++c) y[3 * i + static_cast<std::size_t>(c)] = sum[c];
    });
  }

 private:
  static constexpr Eigen::Index wide = 8;
  using Lanes = Eigen::Array<double, wide, 1>;  // one number of each of the vectors
  struct Wide {
    Lanes x, y, z;
  };
  struct Embedded {
    double curvature_first, curvature_second;  // f'' of a density pair
  };

  template <class Task>
  void over_atoms(const Task& task) const {
    constexpr std::size_t run = 1024;
    const auto n = static_cast<std::size_t>(atoms_);
    executor_.for_each((n + run - 1) / run, [&](std::size_t r) {
      for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) task(i);
    });
  }
  // The copies of atom i in the blocks: visit(block, local).
  template <class Visit>
  void each_copy(std::size_t i, const Visit& visit) const {
    for (std::size_t k = copies_.start[i]; k < copies_.start[i + 1]; ++k) {
      const std::size_t copy = copies_.copy[k];
      const auto block = static_cast<std::size_t>(std::upper_bound(copies_.offset.begin(), copies_.offset.end(), copy) - copies_.offset.begin()) - 1;
      visit(block, copy - copies_.offset[block]);
    }
  }

  // Pairs of a block with the stiffness of φ alone, second derivatives of the densities beside them, and its part of the densities.
  template <class P>
  void collect(const Sample& sample, const P& potential, const typename P::Workspace& workspace, std::size_t n, std::vector<Embedded>& embedded, Vector& density) {
    const auto& functions = potential.functions();
    const NeighbourBlock& from = workspace.list().blocks[n];
    Block& block = blocks_[n];
    block.atom = from.atom;
    density = Vector::Zero(static_cast<Eigen::Index>(from.atom.size()));
    for (std::size_t l = 0; l < from.atom.size(); ++l) {
      const Vec3 x = sample.positions.col(from.atom[l]) + translation(sample.cell.vectors, from.image[l]);
      block.position.push_back(Row(x[0], x[1], x[2], 0));
    }
    const auto close_until = [&](std::size_t i) {
      while (block.pair_start.size() <= i) {
        block.pair_start.push_back(static_cast<std::uint32_t>(block.pairs.size()));
        block.density_start.push_back(static_cast<std::uint32_t>(block.density_pairs.size()));
      }
    };
    potential.for_each_pair_of_block(sample, workspace, n, [&](std::uint32_t i, std::uint32_t j, const Vec3& d, int pa, int pb) {
      close_until(i);
      const double s = d.squaredNorm(), reach = functions.density_reach(pa, pb);
      const auto t = functions.template terms<2>(pa, pb, s);
      if (!std::isfinite(t.pair[1]) || !std::isfinite(t.pair[2])) throw Error("the Hessian is not finite: atoms are too close or far outside of what the potential is made for");
      if (s < reach * reach) {
        block.density_pairs.push_back({2 * t.pair[1], 4 * t.pair[2], 2 * t.density_first[1], 2 * t.density_second[1], j});
        embedded.push_back({t.density_first[2], t.density_second[2]});
        density[i] += t.density_first[0];
        density[j] += t.density_second[0];
      } else {
        block.pairs.push_back({2 * t.pair[1], 4 * t.pair[2], j});
      }
    });
    close_until(from.own);
    block.pairs.shrink_to_fit();
    block.density_pairs.shrink_to_fit();
  }

  // As perform_op, for `wide` vectors of 3N numbers, one after the other: each pair is read once for all.
  void multiply_many(const double* x, double* out) const {
    const auto n = static_cast<std::size_t>(atoms_), stride = 3 * n;
    std::vector<Wide> v(copies_.offset.back()), product(copies_.offset.back());
    std::vector<Lanes> change(copies_.offset.back()), total(n);
    executor_.for_each(blocks_.size(), [&](std::size_t b) {
      const Block& block = blocks_[b];
      Wide* const vl = v.data() + copies_.offset[b];
      Wide* const yl = product.data() + copies_.offset[b];
      Lanes* const cl = change.data() + copies_.offset[b];
      for (std::size_t l = 0; l < block.atom.size(); ++l) {
        const double* from = x + 3 * static_cast<std::size_t>(block.atom[l]);
        for (Eigen::Index m = 0; m < wide; ++m, from += stride) vl[l].x[m] = from[0], vl[l].y[m] = from[1], vl[l].z[m] = from[2];
        yl[l].x.setZero(), yl[l].y.setZero(), yl[l].z.setZero();
        cl[l].setZero();
      }
      const Row* const at = block.position.data();
      for (std::size_t i = 0; i < block.own(); ++i) {
        const Row xi = at[i];
        const Wide vi = vl[i];
        Wide yi{Lanes::Zero(), Lanes::Zero(), Lanes::Zero()};
        Lanes rho = Lanes::Zero();
        const auto stiffness = [&](double a, double bb, std::uint32_t j) -> Lanes {
          const Row d = at[j] - xi;
          const Lanes wx = vl[j].x - vi.x, wy = vl[j].y - vi.y, wz = vl[j].z - vi.z;
          const Lanes along = d[0] * wx + d[1] * wy + d[2] * wz, c = bb * along;
          const Lanes tx = a * wx + c * d[0], ty = a * wy + c * d[1], tz = a * wz + c * d[2];
          yi.x -= tx, yi.y -= ty, yi.z -= tz;
          yl[j].x += tx, yl[j].y += ty, yl[j].z += tz;
          return along;
        };
        const HessianPair* const pairs_end = block.pairs.data() + block.pair_start[i + 1];
        for (const HessianPair* p = block.pairs.data() + block.pair_start[i]; p != pairs_end; ++p) stiffness(p->a, p->b, p->second);
        const HessianDensityPair* const end = block.density_pairs.data() + block.density_start[i + 1];
        for (const HessianDensityPair* p = block.density_pairs.data() + block.density_start[i]; p != end; ++p) {
          const Lanes along = stiffness(p->a, p->b, p->second);
          rho += p->at_first * along;
          cl[p->second] += p->at_second * along;
        }
        yl[i].x += yi.x, yl[i].y += yi.y, yl[i].z += yi.z;
        cl[i] += rho;
      }
    });
    over_atoms([&](std::size_t i) {
      Lanes sum = Lanes::Zero();
      for (std::size_t k = copies_.start[i]; k < copies_.start[i + 1]; ++k) sum += change[copies_.copy[k]];
      total[i] = sum * curvature_[static_cast<Eigen::Index>(i)];
    });
    executor_.for_each(blocks_.size(), [&](std::size_t b) {
      const Block& block = blocks_[b];
      Wide* const yl = product.data() + copies_.offset[b];
      Lanes* const cl = change.data() + copies_.offset[b];
      for (std::size_t l = 0; l < block.atom.size(); ++l) cl[l] = total[static_cast<std::size_t>(block.atom[l])];
      const Row* const at = block.position.data();
      for (std::size_t i = 0; i < block.own(); ++i) {
        const Row xi = at[i];
        const Lanes ci = cl[i];
        Wide yi{Lanes::Zero(), Lanes::Zero(), Lanes::Zero()};
        const HessianDensityPair* const end = block.density_pairs.data() + block.density_start[i + 1];
        for (const HessianDensityPair* p = block.density_pairs.data() + block.density_start[i]; p != end; ++p) {
          const Row d = at[p->second] - xi;
          const Lanes c = p->at_first * ci + p->at_second * cl[p->second];
          const Lanes tx = c * d[0], ty = c * d[1], tz = c * d[2];
          yi.x -= tx, yi.y -= ty, yi.z -= tz;
          Wide& yj = yl[p->second];
          yj.x += tx, yj.y += ty, yj.z += tz;
        }
        yl[i].x += yi.x, yl[i].y += yi.y, yl[i].z += yi.z;
      }
    });
    over_atoms([&](std::size_t i) {
      Wide sum{Lanes::Zero(), Lanes::Zero(), Lanes::Zero()};
      for (std::size_t k = copies_.start[i]; k < copies_.start[i + 1]; ++k) {
        const Wide& part = product[copies_.copy[k]];
        sum.x += part.x, sum.y += part.y, sum.z += part.z;
      }
      double* to = out + 3 * i;
      for (Eigen::Index m = 0; m < wide; ++m, to += stride) to[0] = sum.x[m], to[1] = sum.y[m], to[2] = sum.z[m];
    });
  }

  E executor_;
  Eigen::Index atoms_;
  Vector curvature_;
  LocalCopies copies_;
  std::vector<Block> blocks_;
};

template <TwiceDifferentiable P>
Hessian(const Sample&, const P&) -> Hessian<std::remove_cvref_t<decltype(std::declval<const P&>().executor())>>;

}  // namespace tarn
