#include "tarn/io/lammps_dump.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "io/damage.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

// as LAMMPS wrote it: 3 atoms in a prism 0.1 6.1 -0.2 4.8 0.3 5.3 1.2 -0.7 0.4
const std::string frame_head = R"(ITEM: TIMESTEP
0
ITEM: NUMBER OF ATOMS
3
ITEM: BOX BOUNDS xy xz yz pp ff pp
-5.9999999999999998e-01 7.2999999999999998e+00 1.2000000000000000e+00
-2.0000000000000001e-01 5.2000000000000002e+00 -6.9999999999999996e-01
2.9999999999999999e-01 5.2999999999999998e+00 4.0000000000000002e-01
)";
const std::string head = "ITEM: UNITS\nmetal\n" + frame_head;
const std::string columns =
    "ITEM: ATOMS id type element mass x y z xs ys zs xu yu zu xsu ysu zsu ix iy iz vx vy vz fx fy fz c_pe\n";
const std::string rows =
    "3 1 Cu 63.545999999999999 2 4 5 0.2733733333333333 0.76480000000000004 0.94000000000000006 2 4 5 0.27337333333332481 "
    "0.76480000000003656 "
    "0.94000000000005457 0 0 0 0.91139714834973307 -2.5862848964687268 -1.6978762936543179 0 1 0 -3.5\n"
    "1 1 Cu 63.545999999999999 1.5 1.2499999999999998 2.25 0.22707333333333329 0.25879999999999997 0.39000000000000001 "
    "8.9000000000000004 "
    "0.44999999999999973 -7.75 1.227073333333351 0.25879999999995107 -1.6100000000000136 1 0 -2 -2.5607263268209928 "
    "0.60658161706008062 "
    "1.1918788953029311 0 0 2 -3.25\n"
    "2 2 Zr 91.224000000000004 4.5 3.1000000000000005 3.5000000000000004 0.68624000000000007 0.60880000000000012 "
    "0.64000000000000012 4.5 "
    "3.1000000000000005 3.5000000000000004 0.68623999999999796 0.60879999999997381 0.63999999999998636 0 0 0 1.1489111634562688 "
    "1.3790474501589698 0.35247424664164306 0 0 0 -6\n";
const std::string dump = head + columns + rows;
const std::string small = frame_head + "ITEM: ATOMS id type xu yu zu\n1 2 1 2 3\n2 1 4 4.5 4\n3 2 0 1 2\n";

Sample read(const std::string& text, std::ptrdiff_t frame = -1, const std::vector<std::string>& elements = {}) {
  TextReader reader("glass.dump", text);
  return read_lammps_dump(reader, frame, elements);
}

/// The same dump with the columns of other kinds of positions named away.
std::string only(const std::string& kind) {
  std::string names = columns;
  for (const std::string other : {"", "s", "u", "su"})
    if (other != kind)
      names = replaced(names, " x" + other + " y" + other + " z" + other + " ", " a" + other + " b" + other + " c" + other + " ");
  return head + names + rows;
}

}  // namespace

TEST_CASE("a triclinic dump, ids in any order, every kind of column") {
  const Sample sample = read(dump);
  Mat3 cell;
  cell << 6, 1.2, -0.7, 0, 5, 0.4, 0, 0, 5;
  CHECK((sample.cell.vectors - cell).norm() < 1e-14);
  CHECK((sample.cell.origin - Vec3(0.1, -0.2, 0.3)).norm() < 1e-15);
  CHECK(sample.cell.periodic == std::array{true, false, true});
  CHECK(sample.ids == std::vector<std::int64_t>{3, 1, 2});
  CHECK(sample.elements == std::vector<std::string>{"Cu", "Zr"});
  CHECK(sample.species == std::vector<int>{0, 0, 1});
  CHECK(sample.masses == Vec3(63.546, 63.546, 91.224));
  CHECK(sample.positions.col(0) == Vec3(2, 4, 5));
  CHECK(sample.fields.at("image").col(1) == Vec3(1, 0, -2));
  CHECK(sample.fields.at("velocity").col(1) == Vec3(-2.5607263268209928, 0.60658161706008062, 1.1918788953029311));
  CHECK(sample.fields.at("force").col(0) == Vec3(0, 1, 0));
  CHECK(sample.fields.at("c_pe") == Matrix(Eigen::RowVector3d(-3.5, -3.25, -6)));
  CHECK(sample.fields.at("xs")(0, 1) == 0.22707333333333329);  // no other use for it
}

TEST_CASE("the bounds of a tilted box are those of its eight corners, whatever the signs of the tilts") {
  for (const double xy : {-1.5, 0.0, 1.2})
    for (const double xz : {-0.7, 0.0, 2.1})
      for (const double yz : {-0.4, 0.0, 0.9}) {
        Mat3 cell;
        cell << 6, xy, xz, 0, 5, yz, 0, 0, 4;
        const Vec3 origin(0.1, -0.2, 0.3);
        Vec3 low = origin, high = origin;
        for (int corner = 0; corner < 8; ++corner) {
          const Vec3 at = origin + cell * Vec3(corner & 1, corner >> 1 & 1, corner >> 2);
          low = low.cwiseMin(at);
          high = high.cwiseMax(at);
        }
        std::ostringstream text;
        text.precision(17);
        text << "ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS xy xz yz pp pp pp\n";
        for (Eigen::Index k = 0; k < 3; ++k) text << low[k] << ' ' << high[k] << ' ' << (k == 0 ? xy : k == 1 ? xz : yz) << '\n';
        text << "ITEM: ATOMS type x y z\n1 1 1 1\n";
        const Sample sample = read(text.str());
        CHECK((sample.cell.vectors - cell).norm() < 1e-14);
        CHECK((sample.cell.origin - origin).norm() < 1e-14);
      }
}

TEST_CASE("scaled and unwrapped positions agree with the plain ones") {
  const Vectors plain = read(dump).positions;
  const Sample unwrapped = read(only("u"));
  CHECK((read(only("s")).positions - plain).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((read(only("su")).positions - unwrapped.positions).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((unwrapped.positions - unwrapped.cell.vectors * unwrapped.fields.at("image") - plain).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("an orthogonal box, one without flags, a general one") {
  const std::string atoms = "ITEM: ATOMS type x y z\n2 1 2 3\n1 2 2 2\n1 3 1 3\n",
                    top = "ITEM: TIMESTEP\n7\nITEM: NUMBER OF ATOMS\n3\n";
  const Sample plain = read(top + "ITEM: BOX BOUNDS pp fs mm\n-1 4\n0 5\n0 6\n" + atoms);
  CHECK(plain.cell.vectors == Mat3(Vec3(5, 5, 6).asDiagonal()));
  CHECK(plain.cell.origin == Vec3(-1, 0, 0));
  CHECK(plain.cell.periodic == std::array{true, false, false});
  CHECK(plain.ids == std::vector<std::int64_t>{1, 2, 3});  // no column
  CHECK(plain.elements == std::vector<std::string>{"1", "2"});
  CHECK(plain.masses.size() == 0);
  CHECK(read(top + "ITEM: BOX BOUNDS\n-1 4\n0 5\n0 6\n" + atoms).cell.periodic == std::array{true, true, true});
  const Sample general = read(top + "ITEM: BOX BOUNDS abc origin pp pp ff\n0 5 1 -1\n-4 0 0.5 -2\n0.1 0.2 6 -3\n" + atoms);
  Mat3 cell;
  cell << 0, -4, 0.1, 5, 0, 0.2, 1, 0.5, 6;
  CHECK(general.cell.vectors == cell);
  CHECK(general.cell.origin == Vec3(-1, -2, -3));
}

TEST_CASE("names of types: by the list, by the column, by masses") {
  CHECK(read(dump, -1, {"Ni", "Nb"}).elements == std::vector<std::string>{"Ni", "Nb"});
  CHECK(read(small, -1, {"Cu", "Zr", "Al"}).elements == std::vector<std::string>{"Cu", "Zr", "Al"});  // a type may be absent
  const std::string unnamed =
      head + replaced(columns, "element ", "") + replaced(replaced(replaced(rows, "Cu ", ""), "Cu ", ""), "Zr ", "");
  CHECK(read(unnamed).elements == std::vector<std::string>{"Cu", "Zr"});
  CHECK(read(unnamed).species == std::vector<int>{0, 0, 1});
  // types whose names are not in the order of the alphabet stay in theirs
  const Sample other = read(replaced(replaced(dump, "1 1 Cu", "1 2 Cu"), "2 2 Zr", "2 1 Zr"));
  CHECK(other.element(2) == "Zr");
}

TEST_CASE("frames") {
  const std::string three = small + replaced(small, "1 2 1 2 3", "1 2 1 2 4") + replaced(small, "1 2 1 2 3", "1 2 1 2 5");
  CHECK(read(three).positions(2, 0) == 5);
  CHECK(read(three, 0).positions(2, 0) == 3);
  CHECK(read(three, 1).positions(2, 0) == 4);
  CHECK(read(three, -3).positions(2, 0) == 3);
  CHECK(contains(refusal([&] { (void)read(three, 3); }), "glass.dump: no frame 3: the file has 3 (0 is the first, -1 the last)"));
  CHECK(contains(refusal([&] { (void)read(three, -4); }), "no frame -4"));
  CHECK(contains(refusal([&] { (void)read(three + "ITEM: TIMESTEP\n4\n"); }), "the frame ends before its atoms"));
  CHECK(read(three + "ITEM: TIMESTEP\n4\n", 0).size() == 3);  // a later frame that is cut is not in the way
}

TEST_CASE("bad input, each with its message") {
  struct Case {
    std::string from, to, message;
  };
  const std::vector<Case> cases{
      {"\n3\n", "\n4\n", ":12: the frame ends after 3 of 4 atoms"},
      {"\n3\n", "\n2\n", ":12: more than the 2 atoms that the frame's header says"},
      {"\n3\n", "\n0\n", ":4: 0 atoms: a sample needs at least one"},
      {"\n3\n", "\n99999999999\n", "the frame ends after 3 of 99999999999 atoms"},
      {"\n3\n", "\nmany\n", ":4: the number of atoms expected, 'many' found"},
      {"ITEM: NUMBER OF ATOMS\n3\n", "", "ITEM: NUMBER OF ATOMS is missing before the atoms"},
      {"pp ff pp", "pp ff", "three boundary flags are expected"},
      {"pp ff pp", "pp pf pp", "boundary flag 'pf'"},
      {"pp ff pp", "pp qq pp", "boundary flag 'qq'"},
      {"-5.9999999999999998e-01 7.2999999999999998e+00", "0 1", "the box has no extent along x"},
      {"-5.9999999999999998e-01 7.2999999999999998e+00", "0 nan", ":6: a number of the box expected, 'nan' found"},
      {" 1.2000000000000000e+00", "", ":6: 3 numbers of the box are expected, 2 words found"},
      {"ITEM: ATOMS id type xu yu zu", "ITEM: ATOMS id kind xu yu zu", ":9: no column 'type' or 'element'"},
      {"ITEM: ATOMS id type xu yu zu", "ITEM: ATOMS id type xu yu z", ":9: no columns x y z, nor xu yu zu"},
      {"ITEM: ATOMS id type xu yu zu", "ITEM: ATOMS id id xu yu zu", ":9: two columns 'id'"},
      {"ITEM: ATOMS id type xu yu zu", "ITEM: ENTRIES id type xu yu zu", "where an ITEM: line of a dump of atoms is expected"},
      {"1 2 1 2 3", "1 2 1 2", ":10: 5 columns are expected, 4 found"},
      {"1 2 1 2 3", "1 2 1 2 nan", ":10: a coordinate expected, 'nan' found"},
      {"1 2 1 2 3", "1 0 1 2 3", ":10: atom type 0: 1 to 100000 are expected"},
      {"1 2 1 2 3", "1 2000000000 1 2 3", ":10: atom type 2000000000"},
      {"1 2 1 2 3", "1 Cu 1 2 3", ":10: an atom type (a number) expected, 'Cu' found"},
      {"1 2 1 2 3", "2 2 1 2 3", ":11: atom 2 is also in line 10: ids must differ"},
      {"1 2 1 2 3", "1e3 2 1 2 3", ":10: the id of an atom (a whole number) expected, '1e3' found"},
      {"1 2 1 2 3", "99999999999999999999 2 1 2 3", ":10: the id of an atom"},
      {"ITEM: TIMESTEP", "ITEM: TIME", "no line 'ITEM: TIMESTEP': not a LAMMPS dump, or cut"},
  };
  for (const Case& bad : cases) {
    CAPTURE(bad.to);
    const std::string text = replaced(small, bad.from, bad.to), message = refusal([&] { (void)read(text); });
    CHECK_MESSAGE(contains(message, bad.message), message);
    CHECK(message.starts_with("glass.dump"));
  }
  CHECK(contains(refusal([] { (void)read(""); }), "glass.dump: is empty"));
  CHECK(contains(refusal([] { (void)read(replaced(dump, "metal", "real")); }), ":2: units 'real': only metal (or lj) is read"));
  CHECK(contains(refusal([] { (void)read(small, -1, {"Cu"}); }), ":10: atom type 2, but 1 element names"));
  CHECK(contains(refusal([] { (void)read(replaced(dump, "-3.25", "low")); }), "column 'c_pe': a number expected, 'low' found"));
  CHECK(contains(refusal([] { (void)read(replaced(dump, "63.545999999999999 1.5", "-1 1.5")); }),
                 "mass -1 u: it must be positive"));
  CHECK(contains(refusal([] { (void)read_lammps_dump("/nowhere.dump"); }), "/nowhere.dump: cannot be opened"));
}

TEST_CASE("cut or damaged files are refused or read, never more") {
  const auto size = [](const std::string& text) { return read(text).size(); };
  check_cut_at_every_line(dump, 3, size);
  check_cut_at_every_line(small, 3, size);
  check_damaged(dump, size);
  check_damaged(small + small, size);
}
