#pragma once
// The product H·v from the factors of the Hessian, for one vector and for many at once.
//
//   1. c_i = F''_i Σ_j at_i d·w,  w = v_j − v_i;      2. (H v)_i = −c_i Σ_j at_i d − Σ_j [a w + (b d·w + c_j at_j) d].
// For one vector the lanes are eight pairs of an atom; for many each lane is a vector, and the factors are read once for all.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "tarn/core/simd_rows.hpp"
#include "tarn/vibration/hessian_factors.hpp"

namespace tarn {

/// What the product of one vector keeps between calls.
struct ProductRows {
  struct Local {
    simd::Row x, v;  // place, Å; vector, and c as its fourth
  };
  simd::AlignedVector<Local> row;
  std::vector<double> c;              // of each atom, until all are known: row is read by all tasks meanwhile
  std::shared_ptr<const char> stamp;  // of the factors that the places belong to
};

namespace detail {
inline void require_made(const HessianFactors& factors) {
  if (!factors.stamp())
    throw Error("the Hessian has no factors: its last update failed; update it with a sample that it can be made of");
}

// d and w of eight pairs of an atom.
struct EightApart {
  simd::Eight d, w;
  simd::Pack<double, 8> dot;
};
[[gnu::always_inline]] inline EightApart apart(const ProductRows::Local* row, const HessianBlock::Rows& other,
                                               const ProductRows::Local& own) {
  using Pack = simd::Pack<double, 8>;
  simd::Eight d = simd::rows<2>(&row->x, other.lane), w = simd::rows<2>(&row->v, other.lane);
  d.x = d.x - Pack::all(own.x[0]), d.y = d.y - Pack::all(own.x[1]), d.z = d.z - Pack::all(own.x[2]);
  w.x = w.x - Pack::all(own.v[0]), w.y = w.y - Pack::all(own.v[1]), w.z = w.z - Pack::all(own.v[2]);
  return {d, w, fma(d.x, w.x, fma(d.y, w.y, d.z * w.z))};
}

// Read ahead of their use: the streams of factors outrun the processor's own guesses.
template <class T>
void ahead(const T* p) {
  for (std::size_t at = 0; at < sizeof(T); at += 64) __builtin_prefetch(reinterpret_cast<const char*>(p + 2048 / sizeof(T)) + at);
}
template <class E, class Task>
void in_runs(const E& executor, std::size_t n, const Task& task) {
  constexpr std::size_t run = 1024;
  executor.for_each((n + run - 1) / run, [&](std::size_t r) {
    for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) task(i);
  });
}
}  // namespace detail

/// y = H x; 3N numbers each, in the order of the atoms.
template <class E>
void multiply(const HessianFactors& factors, const E& executor, ProductRows& scratch, const double* x, double* y) {
  using Pack = simd::Pack<double, 8>;
  using Local = ProductRows::Local;
  const std::size_t n = static_cast<std::size_t>(factors.atoms()), rows = factors.places().size();
  detail::require_made(factors);
  if (scratch.stamp != factors.stamp()) {
    scratch.stamp = factors.stamp();
    scratch.row.resize(rows);
    scratch.c.resize(n);
    for (std::size_t r = 0; r < rows; ++r) scratch.row[r].x = factors.positions()[r];
  }
  Local* const row = scratch.row.data();
  double* const c = scratch.c.data();
  detail::in_runs(executor, rows, [&](std::size_t r) {
    const double* from = x + 3 * factors.atom(r);
    row[r].v = {from[0], from[1], from[2], 0};
  });

  const auto pack = [](const HessianBlock::Eight& from) { return Pack::load(from.lane); };
  executor.for_each(factors.blocks().size(), [&](std::size_t b) {
    const HessianBlock& block = factors.blocks()[b];
    for (std::size_t q = 0; q < block.size(); ++q) {
      const Local& own = row[block.begin + q];
      Pack change = Pack::all(0);
      const HessianBlock::Rows* other = block.row.data() + block.start[q];
      for (std::size_t k = block.density_start[q]; k < block.density_start[q + 1]; ++k, ++other) {
        detail::ahead(&block.at_own[k]);
        detail::ahead(other);
        change = fma(pack(block.at_own[k]), detail::apart(row, *other, own).dot, change);
      }
      c[block.begin + q] = factors.curvature()[static_cast<Eigen::Index>(block.begin + q)] * sum(change);
    }
  });
  detail::in_runs(executor, rows, [&](std::size_t r) { row[r].v[3] = c[factors.places()[r]]; });
  executor.for_each(factors.blocks().size(), [&](std::size_t b) {
    const HessianBlock& block = factors.blocks()[b];
    for (std::size_t q = 0; q < block.size(); ++q) {
      const Local& own = row[block.begin + q];
      Pack tx = Pack::all(0), ty = tx, tz = tx;
      std::size_t g = block.start[q];
      const auto add = [&](const detail::EightApart& pair, const Pack& along) {
        const Pack a = pack(block.a[g]);
        tx = fma(a, pair.w.x, fma(along, pair.d.x, tx));
        ty = fma(a, pair.w.y, fma(along, pair.d.y, ty));
        tz = fma(a, pair.w.z, fma(along, pair.d.z, tz));
      };
      const auto read_ahead = [&] { detail::ahead(&block.row[g]), detail::ahead(&block.a[g]), detail::ahead(&block.b[g]); };
      for (std::size_t k = block.density_start[q]; k < block.density_start[q + 1]; ++k, ++g) {
        read_ahead();
        detail::ahead(&block.at_other[k]);
        const auto pair = detail::apart(row, block.row[g], own);
        add(pair, fma(pack(block.at_other[k]), pair.w.w, pack(block.b[g]) * pair.dot));
      }
      for (; g < block.start[q + 1]; ++g) {
        read_ahead();
        const auto pair = detail::apart(row, block.row[g], own);
        add(pair, pack(block.b[g]) * pair.dot);
      }
      const simd::Row& gradient = factors.gradient()[block.begin + q];
      double* to = y + 3 * factors.atom(block.begin + q);
      to[0] = -sum(tx) - own.v[3] * gradient[0];
      to[1] = -sum(ty) - own.v[3] * gradient[1];
      to[2] = -sum(tz) - own.v[3] * gradient[2];
    }
  });
}

/// N vectors: what their product keeps between calls.
template <std::size_t N>
struct WideRows {
  using Pack = simd::Pack<double, N>;
  struct Row {
    Pack x, y, z, c;  // of the vectors
  };
  simd::AlignedVector<Row> v;  // along the curve
};

namespace detail {
// Eight pairs of an atom: d, and the others' places.
struct EightPlaces {
  double x[8], y[8], z[8];
  std::uint32_t place[8];
  [[gnu::always_inline]] EightPlaces(const HessianFactors& factors, std::size_t i, const HessianBlock::Rows& other) {
    const simd::Eight at = simd::rows(factors.positions().data(), other.lane);
    const simd::Row& own = factors.positions()[i];
    (at.x - simd::Pack<double, 8>::all(own[0])).store(x);
    (at.y - simd::Pack<double, 8>::all(own[1])).store(y);
    (at.z - simd::Pack<double, 8>::all(own[2])).store(z);
    for (std::size_t l = 0; l < 8; ++l) place[l] = factors.places()[other.lane[l]];
  }
};
}  // namespace detail

/// The same for N vectors one after the other.
template <class E, std::size_t N>
void multiply(const HessianFactors& factors, const E& executor, WideRows<N>& scratch, const double* x, double* y) {
  using Row = typename WideRows<N>::Row;
  using Pack = simd::Pack<double, N>;
  const std::size_t n = static_cast<std::size_t>(factors.atoms()), stride = 3 * n;
  const Pack zero = Pack::all(0);
  detail::require_made(factors);
  scratch.v.resize(n);
  Row* const v = scratch.v.data();
  detail::in_runs(executor, n, [&](std::size_t k) {
    double some[3][N];
    const double* from = x + 3 * factors.atom(k);
    for (std::size_t m = 0; m < N; ++m, from += stride) some[0][m] = from[0], some[1][m] = from[1], some[2][m] = from[2];
    v[k] = {Pack::load(some[0]), Pack::load(some[1]), Pack::load(some[2]), zero};
  });
  executor.for_each(factors.blocks().size(), [&](std::size_t b) {
    const HessianBlock& block = factors.blocks()[b];
    for (std::size_t q = 0; q < block.size(); ++q) {
      const Row own = v[block.begin + q];
      Pack change = zero;
      const HessianBlock::Rows* other = block.row.data() + block.start[q];
      for (std::size_t k = block.density_start[q]; k < block.density_start[q + 1]; ++k, ++other) {
        detail::ahead(&block.at_own[k]), detail::ahead(other);
        const detail::EightPlaces d(factors, block.begin + q, *other);
        for (std::size_t l = 0; l < 8; ++l) {
          const Row& vj = v[d.place[l]];
          const Pack along =
              fma(Pack::all(d.x[l]), vj.x - own.x, fma(Pack::all(d.y[l]), vj.y - own.y, Pack::all(d.z[l]) * (vj.z - own.z)));
          change = fma(Pack::all(block.at_own[k].lane[l]), along, change);
        }
      }
      v[block.begin + q].c = change * Pack::all(factors.curvature()[static_cast<Eigen::Index>(block.begin + q)]);
    }
  });
  executor.for_each(factors.blocks().size(), [&](std::size_t b) {  // backwards: what was read last is still in the cache
    const HessianBlock& block = factors.blocks()[factors.blocks().size() - 1 - b];
    for (std::size_t q = 0; q < block.size(); ++q) {
      const Row own = v[block.begin + q];
      const simd::Row& gradient = factors.gradient()[block.begin + q];
      Pack tx = own.c * Pack::all(gradient[0]), ty = own.c * Pack::all(gradient[1]), tz = own.c * Pack::all(gradient[2]);
      Pack ax = zero, ay = zero, az = zero;  // Σ a w: sums of their own, so that no addition waits for another
      std::size_t k = block.density_start[q];
      for (std::size_t g = block.start[q]; g < block.start[q + 1]; ++g, ++k) {
        const bool with = k < block.density_start[q + 1];
        detail::ahead(&block.row[g]), detail::ahead(&block.a[g]), detail::ahead(&block.b[g]);
        if (with) detail::ahead(&block.at_other[k]);
        const detail::EightPlaces d(factors, block.begin + q, block.row[g]);
        for (std::size_t l = 0; l < 8; ++l) {
          const Row& vj = v[d.place[l]];
          const Pack wx = vj.x - own.x, wy = vj.y - own.y, wz = vj.z - own.z, dx = Pack::all(d.x[l]), dy = Pack::all(d.y[l]),
                     dz = Pack::all(d.z[l]);
          Pack along = Pack::all(block.b[g].lane[l]) * fma(dx, wx, fma(dy, wy, dz * wz));
          if (with) along = fma(Pack::all(block.at_other[k].lane[l]), vj.c, along);
          const Pack a = Pack::all(block.a[g].lane[l]);
          ax = fma(a, wx, ax), ay = fma(a, wy, ay), az = fma(a, wz, az);
          tx = fma(along, dx, tx), ty = fma(along, dy, ty), tz = fma(along, dz, tz);
        }
      }
      double* to = y + 3 * factors.atom(block.begin + q);
      const auto x_of = (ax + tx).array(), y_of = (ay + ty).array(), z_of = (az + tz).array();
      for (std::size_t m = 0; m < N; ++m, to += stride) to[0] = -x_of[m], to[1] = -y_of[m], to[2] = -z_of[m];
    }
  });
}

}  // namespace tarn
