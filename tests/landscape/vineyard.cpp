#include "tarn/landscape/vineyard.hpp"

#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include "support/folder.hpp"
#include "support/samples.hpp"

using namespace tarn;
using tarn::testing::random_triclinic;
using tarn::testing::refusal;

namespace {

/// A Hessian with given eigenvalues, eV/Å², in random directions without the rigid motions.
Matrix hessian(const Sample& sample, const Vector& values, std::uint64_t seed) {
  const Matrix rigid = rigid_motions(
      flat(sample.positions), sample.cell.periodic[0] ? RigidMotions::translations : RigidMotions::translations_and_rotations);
  const Eigen::Index n = 3 * sample.size();
  RandomStream random(seed);
  Matrix basis(n, n);
  for (double& x : basis.reshaped()) x = random.normal();
  basis.leftCols(rigid.cols()) = rigid;
  const Matrix q = Eigen::HouseholderQR<Matrix>(basis).householderQ();
  const Matrix v = q.rightCols(n - rigid.cols());
  return v * values.asDiagonal() * v.transpose();
}

/// The eigenvalues of M^-½ H M^-½ in (rad/ps)², ascending.
Vector squares(const Sample& sample, const Matrix& h) {
  const Vector w = inverse_root_masses(sample);
  return Eigen::SelfAdjointEigenSolver<Matrix>(w.asDiagonal() * h * w.asDiagonal(), Eigen::EigenvaluesOnly).eigenvalues();
}

}  // namespace

TEST_CASE("a molecule of two atoms: known springs in three directions") {
  Sample pair = random_triclinic({"A", "B"}, 2, 500, 1.8, 5);
  pair.masses << 63.5, 91.2;
  const auto springs = [](double x, double y, double z) {
    const Vec3 k(x, y, z);
    Matrix h(6, 6);
    h << Matrix(k.asDiagonal()), Matrix((-k).asDiagonal()), Matrix((-k).asDiagonal()), Matrix(k.asDiagonal());
    return h;
  };
  const double reduced = 63.5 * 91.2 / (63.5 + 91.2);
  const auto nu = [&](double k) { return std::sqrt(k / reduced * 9648.53321233) / (2 * std::numbers::pi); };  // THz
  const auto minimum = harmonic_point(pair, springs(2, 3, 5), 0), saddle = harmonic_point(pair, springs(-0.4, 1.5, 7), 1);
  CHECK(minimum.modes == 3);
  CHECK(saddle.modes == 2);
  CHECK(vineyard_prefactor_THz(minimum, saddle) == doctest::Approx(nu(2) * nu(3) * nu(5) / (nu(1.5) * nu(7))).epsilon(1e-12));
  CHECK(saddle.unstable == doctest::Approx(-0.4 / reduced * 9648.53321233).epsilon(1e-9));
}

TEST_CASE("the determinants are the products of the frequencies") {
  for (const bool cluster : {false, true}) {
    Sample sample = random_triclinic({"A", "B", "C"}, 17, 12, 1.8, 5);
    sample.cell.periodic = {!cluster, !cluster, !cluster};
    const Eigen::Index zero = cluster ? 6 : 3, n = 51 - zero;
    Vector values = Vector::LinSpaced(n, 0.05, 30);
    const Matrix at_minimum = hessian(sample, values, 1);
    values[0] = -0.03;
    values[1] = 0.002;  // softer than the unstable one
    const Matrix at_saddle = hessian(sample, values, 2);
    const Vector w2 = squares(sample, at_minimum), s2 = squares(sample, at_saddle);
    double log_ratio = -std::log(2 * std::numbers::pi);
    for (Eigen::Index k = zero; k < 51; ++k) log_ratio += 0.5 * std::log(w2[k]);  // the zeros are its lowest
    for (Eigen::Index k = zero + 1; k < 51; ++k) log_ratio -= 0.5 * std::log(s2[k]);
    const auto minimum = harmonic_point(sample, at_minimum, 0), saddle = harmonic_point(sample, at_saddle, 1);
    CHECK(saddle.unstable == doctest::Approx(s2[0]).epsilon(1e-8));
    CHECK(vineyard_prefactor_THz(minimum, saddle) == doctest::Approx(std::exp(log_ratio)).epsilon(1e-8));

    // stiffer by 4: twice as fast; heavier by 9: a third
    const double nu = vineyard_prefactor_THz(minimum, saddle);
    CHECK(vineyard_prefactor_THz(harmonic_point(sample, 4 * at_minimum, 0), harmonic_point(sample, 4 * at_saddle, 1)) ==
          doctest::Approx(2 * nu).epsilon(1e-8));
    Sample heavy = sample;
    heavy.masses *= 9;
    CHECK(vineyard_prefactor_THz(harmonic_point(heavy, at_minimum, 0), harmonic_point(heavy, at_saddle, 1)) ==
          doctest::Approx(nu / 3).epsilon(1e-8));
  }
}

TEST_CASE("what is no minimum or no first-order saddle is refused") {
  const Sample sample = random_triclinic({"A", "B"}, 9, 12, 1.8, 5);
  Vector values = Vector::LinSpaced(24, 0.5, 20);
  const Matrix none = hessian(sample, values, 1);
  values[3] = -0.3;
  const Matrix one = hessian(sample, values, 1);
  values[7] = -0.2;
  const Matrix two = hessian(sample, values, 1);
  CHECK(refusal([&] { (void)harmonic_point(sample, one, 0); }).find("not a minimum") != std::string::npos);
  CHECK(refusal([&] { (void)harmonic_point(sample, none, 1); }).find("not a saddle") != std::string::npos);
  CHECK(refusal([&] { (void)harmonic_point(sample, two, 1); }).find("more than one negative eigenvalue") != std::string::npos);
  CHECK(refusal([&] { (void)harmonic_point(sample, Matrix::Zero(24, 24), 0); }).find("24 rows") != std::string::npos);
  CHECK(refusal([&] { (void)harmonic_point(sample, one, 2); }).find("0 or 1") != std::string::npos);
  Matrix broken = none;
  broken(3, 3) = std::nan("");
  CHECK(refusal([&] { (void)harmonic_point(sample, broken, 0); }).find("not a number") != std::string::npos);
  Sample massless = sample;
  massless.masses.resize(0);
  CHECK(refusal([&] { (void)harmonic_point(massless, none, 0); }).find("mass") != std::string::npos);
  const auto point = harmonic_point(sample, none, 0);
  CHECK(refusal([&] { (void)vineyard_prefactor_THz(point, point); }).find("stable modes") != std::string::npos);
}
