#include "tarn/landscape/event_catalogue.hpp"

#include <doctest/doctest.h>

#include <numbers>

#include <Eigen/Geometry>

#include "support/folder.hpp"
#include "support/samples.hpp"
#include "tarn/core/random.hpp"

using namespace tarn;
using tarn::testing::random_triclinic;
using tarn::testing::refusal;

namespace {

/// Some atoms displaced at random, by up to 1 Å.
Vectors event(const Sample& minimum, std::uint64_t seed, int atoms = 6) {
  RandomStream random(seed);
  Vectors x = minimum.positions;
  for (int k = 0; k < atoms; ++k)
    x.col(static_cast<Eigen::Index>(random.index(static_cast<std::uint64_t>(x.cols())))) +=
        random.uniform(0.3, 1) * random.unit_vector();
  return x;
}
Vectors noisy(Vectors x, std::uint64_t seed, double by) {
  RandomStream random(seed);
  for (Eigen::Index i = 0; i < x.cols(); ++i) x.col(i) += by * random.uniform() * random.unit_vector();
  return x;
}
void exchange(Vectors& x, Eigen::Index i, Eigen::Index j) {
  const Vec3 kept = x.col(i);
  x.col(i) = x.col(j);
  x.col(j) = kept;
}

}  // namespace

TEST_CASE("in a periodic cell: the same within noise, shifts, images and exchanges of like atoms; and nothing else") {
  const Sample minimum = random_triclinic({"A", "B"}, 60, 12, 1.8, 5);
  EventCatalogue catalogue(minimum);
  CHECK(!catalogue.cluster());
  const auto add = [&](const Vectors& x, double barrier) { return catalogue.add(barrier, displacement(minimum, x)); };
  for (std::uint64_t k = 0; k < 30; ++k) CHECK(add(event(minimum, k), 0.5) == k);  // one energy: told apart by their atoms alone
  for (std::uint64_t k = 0; k < 30; ++k) {
    CAPTURE(k);
    Vectors again = noisy(event(minimum, k), 100 + k, 0.05);
    again.colwise() += Vec3(0.4, 2, -1);
    again.col(3) += minimum.cell.vectors * Vec3(1, -2, 0);
    exchange(again, 8, 20);  // both A: a rotation of five
    exchange(again, 20, 44);
    exchange(again, 44, 2);
    exchange(again, 2, 10);
    exchange(again, 15, 21);  // both B
    CHECK(add(again, 0.5 + 8e-4) == k);
  }
  Vectors other = event(minimum, 4);
  exchange(other, 8, 21);  // A and B
  CHECK(add(other, 0.5) == 30);
  CHECK(add(event(minimum, 4), 0.5021) == 31);  // another energy
  other = event(minimum, 4);
  other.col(50) += Vec3(0, 0.2, 0);
  CHECK(add(other, 0.5) == 32);
  CHECK(catalogue.events().size() == 33);
  CHECK(catalogue.events()[0].count == 2);
  CHECK(catalogue.events()[30].count == 1);
  CHECK(catalogue.events()[5].barrier == 0.5);
}

TEST_CASE("of two that are close the closest is taken, whichever came first") {
  const Sample minimum = random_triclinic({"A"}, 30, 12, 1.8, 5);
  const auto moved_by = [&](double x) { return Displacement{{4, {static_cast<float>(x), 0, 0}}}; };
  EventCatalogue catalogue(minimum, {.energy = 1e-3, .displacement = 0.1});
  CHECK(catalogue.add(1, moved_by(0.5)) == 0);
  CHECK(catalogue.add(1, moved_by(0.65)) == 1);
  CHECK(catalogue.add(1, moved_by(0.59)) == 1);
  CHECK(catalogue.add(1, moved_by(0.57)) == 0);
}

TEST_CASE("in a cluster: rotations and mirror images too") {
  Sample minimum = random_triclinic({"A", "B"}, 13, 12, 1.8, 9);
  minimum.cell.periodic = {false, false, false};
  EventCatalogue catalogue(minimum);
  CHECK(catalogue.cluster());
  const auto add = [&](const Vectors& x) { return catalogue.add(0.2, displacement(minimum, x, 0)); };
  for (std::uint64_t k = 0; k < 20; ++k) CHECK(add(event(minimum, k, 3)) == k);
  for (std::uint64_t k = 0; k < 20; ++k) {
    RandomStream random(50 + k);
    const Mat3 turn = Eigen::AngleAxisd(random.uniform(0, 2 * std::numbers::pi), random.unit_vector()).toRotationMatrix();
    Vectors again = noisy((k % 2 ? turn : -turn) * event(minimum, k, 3), 100 + k, 0.02);
    exchange(again, 4, 6);
    exchange(again, 1, 11);
    CHECK(add(again) == k);
  }
  Vectors other = event(minimum, 3, 3);
  exchange(other, 4, 5);
  CHECK(add(other) == 20);
}

TEST_CASE("what does not fit is refused") {
  const Sample minimum = random_triclinic({"A"}, 5, 12, 1.8, 3);
  CHECK(refusal([&] { const EventCatalogue c(minimum, {.energy = 0}); }).find("positive") != std::string::npos);
  EventCatalogue catalogue(minimum);
  CHECK(refusal([&] { (void)catalogue.add(std::nan(""), {}); }).find("not a number") != std::string::npos);
  CHECK(catalogue.add(1, {}) == 0);
  CHECK(refusal([&] { (void)catalogue.add(1, {{77, {1, 0, 0}}}); }).find("atom 77 of 5") != std::string::npos);
}
