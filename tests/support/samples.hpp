#pragma once
// Samples and potentials that many tests use.

#include <cmath>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "support/data.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/potential/potential.hpp"
#include "tarn/potential/setfl.hpp"

namespace tarn::testing {

/// n atoms at random, none closer than `apart` to another or to an image, species in turn, in a random triclinic cell of `volume_per_atom`.
inline Sample random_triclinic(std::vector<std::string> elements, int n, double volume_per_atom, double apart, unsigned seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return std::uniform_real_distribution<double>(0, 1)(random); };
  Sample s;
  const double edge = std::cbrt(n * volume_per_atom);
  s.cell.vectors << 1, 0.4 * uniform(), -0.5 * uniform(), 0.1 * uniform(), 0.9, 0.3 * uniform(), -0.1 * uniform(), 0.2, 1.1;
  s.cell.vectors *= edge / std::cbrt(s.cell.vectors.determinant());
  s.cell.origin = Vec3(uniform(), -uniform(), 5 * uniform());
  s.positions.resize(3, n);
  const Mat3 inverse = s.cell.vectors.inverse();
  const int images = n > 100 ? 0 : 2;  // in a large cell the nearest image is enough
  const auto too_near = [&](Vec3 d0) {
    d0 -= s.cell.vectors * (inverse * d0).array().round().matrix();
    for (int a = -images; a <= images; ++a)
      for (int b = -images; b <= images; ++b)
        for (int c = -images; c <= images; ++c)
          if ((d0 + s.cell.vectors * Vec3(a, b, c)).squaredNorm() < apart * apart) return true;
    return false;
  };
  for (int i = 0; i < n; ++i)
    for (int tries = 0;; ++tries) {
      if (tries > 20000) throw std::runtime_error("random_triclinic: no room");
      const Vec3 x = s.cell.to_position(Vec3(uniform(), uniform(), uniform()));
      bool free = true;
      for (int j = 0; j < i && free; ++j) free = !too_near(x - s.positions.col(j));
      if (!free) continue;
      s.positions.col(i) = x;
      break;
    }
  s.elements = std::move(elements);
  s.masses.resize(n);
  for (int i = 0; i < n; ++i) {
    s.species.push_back(i % static_cast<int>(s.elements.size()));
    s.ids.push_back(100 + 7 * i);
    s.masses[i] = 20 + 13 * s.species.back();
  }
  return s;
}

/// −∂E/∂x of every coordinate by central differences.
template <class P>
Vectors force_by_differences(Sample s, const P& potential, double step) {
  auto workspace = potential.workspace(s);
  Vectors out(3, s.size());
  for (Eigen::Index i = 0; i < s.size(); ++i)
    for (int k = 0; k < 3; ++k) {
      const double x = s.positions(k, i);
      s.positions(k, i) = x + step;
      const double plus = potential.evaluate(s, workspace).energy_eV;
      s.positions(k, i) = x - step;
      const double minus = potential.evaluate(s, workspace).energy_eV;
      s.positions(k, i) = x;
      out(k, i) = -(plus - minus) / (2 * step);
    }
  return out;
}

/// The sample under x → (1 + ε) x, cell and positions.
inline Sample strained(Sample s, const Mat3& strain) {
  const Mat3 f = Mat3::Identity() + strain;
  s.cell.vectors = f * s.cell.vectors;
  s.cell.origin = f * s.cell.origin;
  s.positions = f * s.positions;
  return s;
}

/// −∂E/∂ε by central differences, symmetric strains.
template <class P>
Mat3 virial_by_differences(const Sample& s, const P& potential, double step) {
  Mat3 out;
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b <= a; ++b) {
      Mat3 e = Mat3::Zero();
      e(a, b) += 0.5 * step;
      e(b, a) += 0.5 * step;
      out(a, b) = out(b, a) =
          -(evaluate(strained(s, e), potential).energy_eV - evaluate(strained(s, -e), potential).energy_eV) / (2 * step);
    }
  return out;
}

/// An invented Finnis–Sinclair potential of two elements, P and Q, whose cross densities differ, each function with its own end. Analytic: the oracle of what
/// is read from its table.
struct Invented {
  static constexpr double reach[2][2] = {{4.2, 4.9}, {4.9, 5.2}}, density_reach[2][2] = {{4.4, 3.9}, {4.1, 3.6}};
  static double phi(int a, int b, double r) {
    const double x = 1 - r / reach[a][b];
    return x <= 0 ? 0 : (3 + a + b) * std::pow(x, 5) * (std::exp(1.5 - 0.4 * r) - 0.4 * std::sin(r));
  }
  static double density(int from, int at, double r) {
    const double x = 1 - r / density_reach[from][at];
    return x <= 0 ? 0 : (5 + 3 * from - 2 * at) * std::pow(x, 4 + from) * (1 + 0.1 * r * r);
  }
  static double embedding(int a, double rho) {
    return -(1 + 0.3 * a) * std::sqrt(rho) + (0.02 - 0.03 * a) * rho + 0.001 * rho * rho;
  }

  /// The table; one density an element where `alloy`.
  static std::string table(bool alloy = false, int points = 3001) {
    std::ostringstream out;
    out.precision(17);
    const double dr = 5.25 / (points - 1), drho = 0.01;
    out << "invented\nfor tests\nonly\n2 P Q\n" << points << ' ' << drho << ' ' << points << ' ' << dr << " 5.2\n";
    const auto row = [&](auto&& f) {
      for (int k = 0; k < points; ++k) out << f(k) << (k % 5 == 4 ? '\n' : ' ');
      out << '\n';
    };
    for (int a = 0; a < 2; ++a) {
      out << 10 + a << ' ' << 20 + 13 * a << " 3.5 fcc\n";
      row([&](int k) { return embedding(a, k * drho); });
      for (int b = 0; b < (alloy ? 1 : 2); ++b) row([&](int k) { return density(a, b, k * dr); });
    }
    for (int a = 0; a < 2; ++a)
      for (int b = 0; b <= a; ++b) row([&](int k) { return k * dr * phi(a, b, k * dr); });
    return out.str();
  }
  static Setfl setfl(bool alloy = false) {
    TextReader reader("invented.eam", table(alloy));
    return read_setfl(reader);
  }

  /// Energy by a plain double sum over all images within reach.
  static double energy(const Sample& s, bool alloy = false) {
    double sum = 0;
    for (Eigen::Index i = 0; i < s.size(); ++i) {
      const int a = s.species[static_cast<std::size_t>(i)];
      double rho = 0;
      for (Eigen::Index j = 0; j < s.size(); ++j)
        for (int x = -4; x <= 4; ++x)
          for (int y = -4; y <= 4; ++y)
            for (int z = -4; z <= 4; ++z) {
              if (i == j && x == 0 && y == 0 && z == 0) continue;
              const double r = (s.positions.col(j) - s.positions.col(i) + s.cell.vectors * Vec3(x, y, z)).norm();
              const int b = s.species[static_cast<std::size_t>(j)];
              sum += 0.5 * phi(a, b, r);
              rho += density(b, alloy ? 0 : a, r);
            }
      sum += embedding(a, rho);
    }
    return sum;
  }
};

}  // namespace tarn::testing
