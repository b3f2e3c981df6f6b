#include "tarn/io/lammps_data.hpp"

#include <doctest/doctest.h>

#include <random>

#include "io/damage.hpp"
#include "support/data.hpp"
#include "tarn/io/csv.hpp"
#include "tarn/io/write_lammps_data.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

// as LAMMPS wrote it, but for comments, the order of atoms and velocities, and a fourth atom
const std::string tilted = R"(LAMMPS data file via write_data, version 29 Sep 2021, timestep = 1, units = metal

4 atoms  # a comment
2 atom types

0.1 6.1 xlo xhi
-0.2 4.8 ylo yhi
0.3 5.3 zlo zhi
1.2 -0.7 0.4 xy xz yz

Masses

1 63.546  # copper
2 91.224

Pair Coeffs # lj/cut

1 0.1 2
2 0.1 2

Atoms # atomic

7 1 1.5 1.2499999999999998 2.25 1 0 -2
2 2 4.5 3.1000000000000005 3.5000000000000004 0 0 0
# between

3 1 2 4 5 0 0 0
1 2 -3.5 0.25 1e1 0 0 0

Velocities

2 1.25 -2 0.5
7 -2.5 0.6065816170600806 1.1918788953029311
3 0.9113971483497331 -2.586284896468727 -1.697876293654318
1 0 0 0
)";

Sample read(const std::string& text, const std::vector<std::string>& elements = {}) {
  TextReader reader("glass.data", text);
  return read_lammps_data(reader, elements);
}

std::string refused(const std::string& text, const std::vector<std::string>& elements = {}) {
  return refusal([&] { (void)read(text, elements); });
}

}  // namespace

TEST_CASE("a tilted box, masses, images, velocities in another order") {
  const Sample sample = read(tilted);
  REQUIRE(sample.size() == 4);
  Mat3 cell;
  cell << 6, 1.2, -0.7, 0, 5, 0.4, 0, 0, 5;
  CHECK((sample.cell.vectors - cell).norm() < 1e-14);
  CHECK(sample.cell.origin == Vec3(0.1, -0.2, 0.3));
  CHECK(sample.ids == std::vector<std::int64_t>{7, 2, 3, 1});
  CHECK(sample.elements == std::vector<std::string>{"Cu", "Zr"});
  CHECK(sample.species == std::vector<int>{0, 1, 0, 1});
  CHECK(sample.masses == Eigen::Vector4d(63.546, 91.224, 63.546, 91.224));
  CHECK(sample.positions.col(0) == Vec3(1.5, 1.2499999999999998, 2.25));  // its image is not applied
  CHECK(sample.positions.col(3) == Vec3(-3.5, 0.25, 10));                 // outside: as it stands
  CHECK(sample.fields.at("image").col(0) == Vec3(1, 0, -2));
  CHECK(sample.fields.at("velocity").col(1) == Vec3(1.25, -2, 0.5));
  CHECK(sample.fields.at("velocity")(0, 0) == -2.5);
}

TEST_CASE("what LAMMPS itself read and evaluated: positions by id") {
  for (const std::string name : {"cuzr256_strained", "cuzr256_minimum"}) {
    const Sample sample = read_lammps_data(std::filesystem::path(data(name + ".data")));
    const CsvTable reference = read_csv(std::filesystem::path(data(name + ".forces.csv")));
    const auto ids = reference.integers("id");
    REQUIRE(static_cast<std::size_t>(sample.size()) == ids.size());
    const Vector x = reference.numbers("x_a");
    const auto types = reference.integers("type");
    double off = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto row = static_cast<std::size_t>(sample.ids[i] - 1);
      REQUIRE(ids[row] == sample.ids[i]);
      CHECK(types[row] == sample.species[i] + 1);
      Vec3 apart(sample.positions(0, static_cast<Eigen::Index>(i)) - reference.numbers("x_a")[static_cast<Eigen::Index>(row)],
                 sample.positions(1, static_cast<Eigen::Index>(i)) - reference.numbers("y_a")[static_cast<Eigen::Index>(row)],
                 sample.positions(2, static_cast<Eigen::Index>(i)) - reference.numbers("z_a")[static_cast<Eigen::Index>(row)]);
      Vec3 scaled = sample.cell.vectors.inverse() * apart;  // an atom may have been taken as another image
      off = std::max(off, (scaled.array() - scaled.array().round()).abs().maxCoeff());
    }
    CHECK(off < 1e-12);
  }
}

TEST_CASE("no masses, no images, no hint of the style, Windows line ends, a mark, Fortran's exponents") {
  std::string text =
      "\xEF\xBB\xBFtitle\n\n2 atoms\n1 atom types\n0 0.4D+01 xlo xhi\n0 4 ylo yhi\n0 4 zlo zhi\n\nAtoms\n\n1 1 1.0d+00 2 3\n2 1 "
      "0 0 0\n";
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.replace(at, 1, "\r\n");
  const Sample sample = read(text);
  CHECK(sample.masses.size() == 0);
  CHECK(sample.fields.empty());
  CHECK(sample.elements == std::vector<std::string>{"1"});
  CHECK(sample.positions.col(0) == Vec3(1, 2, 3));
  CHECK(sample.cell.vectors(0, 0) == 4);
  CHECK(read(text, {"Zr"}).elements == std::vector<std::string>{"Zr"});
}

TEST_CASE("names of types: by the list, else by labels, else by masses") {
  const std::string labelled =
      replaced(replaced(tilted, "Masses", "Atom Type Labels\n\n1 Zr\n2 Al\n\nMasses"), "7 1 1.5", "7 Al 1.5");
  CHECK(read(labelled).elements == std::vector<std::string>{"Zr", "Al"});
  CHECK(read(labelled).species == std::vector<int>{1, 1, 0, 1});
  CHECK(read(labelled).masses[0] == 91.224);
  CHECK(read(labelled, {"Ni", "Nb"}).elements == std::vector<std::string>{"Ni", "Nb"});
  CHECK(read(tilted, {"Ni", "Ni"}).elements == std::vector<std::string>{"Ni"});  // two types of one name are one species
  CHECK(read(tilted, {"Ni", "Ni"}).species == std::vector<int>{0, 0, 0, 0});
  CHECK(read(replaced(tilted, "2 91.224", "2 5.5")).elements == std::vector<std::string>{"Cu", "2"});
  CHECK(read(replaced(tilted, "2 91.224", "2 63.5")).elements == std::vector<std::string>{"1", "2"});  // both would be copper
  CHECK(contains(refused(tilted, {"Cu"}), "glass.data: 1 element names for 2 atom types: give one for each"));
  CHECK(contains(refused(tilted, {"Cu", "Zr", "Al"}), "3 element names for 2 atom types"));
  CHECK(contains(refused(tilted, {"Cu", "Z r"}), "'Z r' is not the name of an element"));
  CHECK(contains(refused(replaced(labelled, "7 Al", "7 Ni")), "an atom type (a number or label) expected, 'Ni' found"));
  CHECK(contains(refused(replaced(labelled, "2 Al", "2 Zr")), "'Zr' labels two types"));
}

TEST_CASE("a general triclinic box") {
  const std::string general =
      replaced(replaced(replaced(replaced(tilted, "0.1 6.1 xlo xhi", "0 5 1 avec"), "-0.2 4.8 ylo yhi", "-4 0 0.5 bvec"),
                        "0.3 5.3 zlo zhi", "0.1 0.2 6 cvec"),
               "1.2 -0.7 0.4 xy xz yz", "1 2 3 abc origin");
  const Sample sample = read(general);
  Mat3 cell;
  cell << 0, -4, 0.1, 5, 0, 0.2, 1, 0.5, 6;
  CHECK(sample.cell.vectors == cell);
  CHECK(sample.cell.origin == Vec3(1, 2, 3));
  CHECK(contains(refused(replaced(general, "1 2 3 abc origin", "")), "a general box needs four header lines"));
  CHECK(contains(refused(replaced(general, "-4 0 0.5 bvec", "4 0 0.5 bvec")), "left-handed"));
  CHECK(contains(refused(replaced(general, "-4 0 0.5 bvec", "0 10 2 bvec")), "singular"));
  CHECK(contains(refused(replaced(general, "1 2 3 abc origin", "1 2 3 abc origin\n0 1 xlo xhi")), "keep one"));

  SUBCASE("written, it is turned: distances, angles and velocities along the edges stay") {
    const Sample turned = read(format_lammps_data(sample));
    CHECK((turned.cell.vectors.transpose() * turned.cell.vectors - cell.transpose() * cell).norm() < 1e-12);
    const Vectors apart = sample.positions.colwise() - sample.cell.origin,
                  apart_turned = turned.positions.colwise() - turned.cell.origin;
    CHECK((apart.transpose() * apart - apart_turned.transpose() * apart_turned).norm() < 1e-11);
    CHECK((cell.transpose() * sample.fields.at("velocity") - turned.cell.vectors.transpose() * turned.fields.at("velocity"))
              .norm() < 1e-11);
    CHECK((sample.cell.vectors.inverse() * apart - turned.cell.vectors.inverse() * apart_turned).norm() < 1e-13);
    CHECK(turned.cell.vectors(1, 0) == 0);
    CHECK(turned.cell.volume_A3() == doctest::Approx(sample.cell.volume_A3()));
  }
}

TEST_CASE("writing and reading gives the same numbers, bit for bit") {
  const auto check_same = [](const Sample& a, const Sample& b) {
    CHECK(a.cell.vectors == b.cell.vectors);
    CHECK(a.cell.origin == b.cell.origin);
    CHECK(a.positions == b.positions);
    CHECK(a.masses == b.masses);
    CHECK(a.ids == b.ids);
    CHECK(a.species == b.species);
    CHECK(a.elements == b.elements);
    CHECK(a.fields == b.fields);
  };
  for (const char* name : {"cuzr256_minimum.data", "cuzr256_strained.data", "cuzr864_strained.data"}) {
    const Sample sample = read_lammps_data(std::filesystem::path(data(name)));
    check_same(sample, read(format_lammps_data(sample)));
  }
  const Sample sample = read(tilted);
  check_same(sample, read(format_lammps_data(sample)));
  check_same(sample, read(format_lammps_data(sample, {.title = "two\nlines", .type_labels = true})));
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> real(-100, 100);
  for (int round = 0; round < 200; ++round) {  // the bounds of a file, not any difference: some sizes no two bounds have
    Sample other = sample;
    other.positions = Vectors::NullaryExpr(3, 4, [&] { return std::ldexp(real(random), static_cast<int>(random() % 60) - 50); });
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      other.cell.origin[axis] = real(random);
      const double end = other.cell.origin[axis] + 1 + std::abs(real(random));
      other.cell.vectors(axis, axis) = end - other.cell.origin[axis];
    }
    other.cell.vectors(0, 1) = real(random) / 50;
    check_same(other, read(format_lammps_data(other)));
  }
}

TEST_CASE("what cannot be written") {
  const Sample sample = read(tilted);
  auto other = sample;
  other.ids[1] = 0;
  CHECK(contains(refusal([&] { (void)format_lammps_data(other); }), "atom id 0: LAMMPS wants ids of 1 or more"));
  other = sample;
  other.masses[2] = 65;
  CHECK(contains(refusal([&] { (void)format_lammps_data(other); }), "atom 3 has mass 65 u, another Cu 63.546 u"));
  other = sample;
  other.fields["image"](1, 1) = 0.5;
  CHECK(contains(refusal([&] { (void)format_lammps_data(other); }), "atom 2 has image number 0.5: it must be whole"));
  other = sample;
  other.fields["velocity"] = Matrix::Zero(2, 4);
  CHECK(contains(refusal([&] { (void)format_lammps_data(other); }), "the field 'velocity' must hold three finite numbers"));
  other = sample;
  other.elements[0] = "1";
  CHECK(contains(refusal([&] { (void)format_lammps_data(other, {.title = "", .type_labels = true}); }), "species 1 has no name"));
  CHECK(contains(refusal([&] { write_lammps_data("/nowhere/at/all.data", sample); }),
                 "/nowhere/at/all.data: cannot be written: No such file"));
}

TEST_CASE("bad input, each with its message") {
  struct Case {
    std::string from, to, message;
  };
  const std::vector<Case> cases{
      {"4 atoms  #", "5 atoms  #", ":30: section Atoms ends after 4 of 5 lines: the header says otherwise"},
      {"4 atoms  #", "3 atoms  #", ":28: section Atoms has more lines than the header says"},
      {"4 atoms  #", "0 atoms  #", ":3: 0 atoms: a sample needs at least one"},
      {"4 atoms  #", "-4 atoms  #", ":3: -4 atoms"},
      {"4 atoms  #", "99999999999 atoms  #", "section Atoms ends after 4 of 99999999999 lines"},
      {"4 atoms  #", "99999999999999999999 atoms  #", ":3: a number of atoms expected, '99999999999999999999' found"},
      {"4 atoms  #", "4.5 atoms  #", ":3: a number of atoms expected, '4.5' found"},
      {"4 atoms  #", "#", "the header has no line 'N atoms'"},
      {"4 atoms  #", "4 atoms\n4 atoms #", ":4: 'atoms' is given twice"},
      {"2 atom types", "", "the header has no line 'N atom types'"},
      {"2 atom types", "2000000000 atom types", "2000000000 atom types: 1 to 100000 are expected"},
      {"2 atom types", "1 atom types", "section Masses has more lines than the header says"},
      {"2 atom types", "3 atom types", "section Masses ends after 2 of 3 lines"},
      {"0.1 6.1 xlo xhi", "", "the header has no line 'xlo xhi'"},
      {"0.1 6.1 xlo xhi", "6.1 0.1 xlo xhi", ":6: the box ends at 0.1 and begins at 6.1"},
      {"0.1 6.1 xlo xhi", "0.1 0.1 xlo xhi", ":6: the box ends at 0.1 and begins at 0.1"},
      {"0.1 6.1 xlo xhi", "0.1 nan xlo xhi", ":6: a bound of the box expected, 'nan' found"},
      {"0.1 6.1 xlo xhi", "0.1 1e999 xlo xhi", ":6: a bound of the box expected, '1e999' found"},
      {"0.1 6.1 xlo xhi", "-1e308 1.7e308 xlo xhi", "not a number"},
      {"1.2 -0.7 0.4 xy", "1.2 much 0.4 xy", ":9: a number expected, 'much' found"},
      {"1.2 -0.7 0.4 xy xz yz", "1.2 -0.7 0.4 xy xz", ":9: '1.2 -0.7 0.4 xy xz' is neither a line of the header nor a section"},
      {"2 91.224", "2 -91.224", ":14: mass -91.224 u of type 2: it must be positive"},
      {"2 91.224", "2 heavy", ":14: a mass in u expected, 'heavy' found"},
      {"2 91.224", "1 91.224", ":14: a second mass of type 1"},
      {"2 91.224", "3 91.224", ":14: atom type 3: the header says 1 to 2"},
      {"2 91.224\n", "", "section Masses ends after 1 of 2 lines"},
      {"Atoms # atomic", "Atoms # full", ":21: atoms of style 'full': only atomic is read"},
      {"7 1 1.5", "7 1 0.0 1.5", ":23: 9 words: id, type, x, y, z"},
      {"2 2 4.5 3.1000000000000005 3.5000000000000004 0 0 0", "2 2 4.5 3.1 3.5", ":24: 5 words"},
      {"7 1 1.5", "7 1 nan", ":23: a coordinate expected, 'nan' found"},
      {"7 1 1.5", "7 1 left", ":23: a coordinate expected, 'left' found"},
      {"7 1 1.5", "7 3 1.5", ":23: atom type 3: the header says 1 to 2"},
      {"7 1 1.5", "7 0 1.5", ":23: atom type 0: the header says 1 to 2"},
      {"7 1 1.5", "7 Cu 1.5", ":23: an atom type (a number) expected, 'Cu' found"},
      {"7 1 1.5", "0 1 1.5", ":23: atom id 0: ids are 1 or more"},
      {"7 1 1.5", "9223372036854775808 1 1.5", ":23: the id of an atom (a whole number) expected, '9223372036854775808' found"},
      {"2 2 4.5", "7 2 4.5", ":24: atom 7 is also in line 23: ids must differ"},
      {"2.25 1 0 -2", "2.25 1 0.5 -2", ":23: an image number (a whole number) expected, '0.5' found"},
      {"7 -2.5", "8 -2.5", ":33: velocity of atom 8, which section Atoms does not have"},
      {"7 -2.5", "2 -2.5", ":33: a second velocity of atom 2"},
      {"54318\n1 0 0 0\n", "54318\n", "section Velocities ends after 3 of 4 lines: the file is cut"},
      {"54318\n1 0 0 0\n", "54318\n1 0 0 0\n5 0 0 0\n", ":36: section Velocities has more lines than the header says"},
      {"Velocities", "Speeds", "'Speeds' is neither a line of the header nor a section"},
      {"Velocities", "Atoms", "a second section Atoms"},
      {"\nAtoms #", "\na\x1b Coeffs\n\na\x1b Coeffs\n\nAtoms #", "a second section a? Coeffs"},
      {"Velocities", "Bonds", "the file has Bonds: only atoms of style atomic are read"},
      {"2 atom types", "2 atom types\n3 bonds", ":5: the file has bonds"},
      {"units = metal", "units = real", ":1: units 'real': only metal (or lj) is read"},
  };
  for (const Case& bad : cases) {
    CAPTURE(bad.to);
    const std::string message = refused(replaced(tilted, bad.from, bad.to));
    CHECK_MESSAGE(contains(message, bad.message), message);
    CHECK(message.starts_with("glass.data"));
  }
  CHECK(contains(refused(""), "glass.data: is empty"));
  CHECK(contains(refused("\n\n"), "the header has no line 'N atoms'"));
  CHECK(contains(refusal([] { (void)read_lammps_data("/nowhere.data"); }), "/nowhere.data: cannot be opened"));
  CHECK(contains(refusal([] { (void)read_lammps_data("/tmp"); }), "/tmp: is a folder"));
  CHECK_NOTHROW(read(replaced(tilted, "2 atom types", "2 atom types\n0 bonds\n0 bond types\n2 extra bond per atom")));
}

TEST_CASE("cut or damaged files are refused or read, never more") {
  const auto size = [](const std::string& text) { return read(text).size(); };
  check_cut_at_every_line(tilted, 4, size);
  check_damaged(tilted, size);
}
