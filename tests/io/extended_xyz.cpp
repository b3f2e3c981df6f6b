#include "tarn/io/extended_xyz.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <random>

#include "io/damage.hpp"
#include "tarn/io/write_extended_xyz.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

const std::string text = R"(3
Lattice="0 5 1 -4 0 0.5 0.1 0.2 6" Properties=species:S:1:pos:R:3:id:I:1:masses:R:1:forces:R:3:label:S:1:free:L:1:count:I:2 pbc="T F T" energy=-12.5 what="a \"glass\"" frozen
Zr 1 2 3 7 91.224 0.5 -0.5 1e-3 core T 4 5
Cu 1.5 2.5 -3.5 2 63.546 0 0 0 shell F -1 9007199254740992
Cu 4 0.1 2D0 3 65 1 2 3 shell F 0 0
)";

Frame read(const std::string& from, std::ptrdiff_t frame = -1, const std::vector<std::string>& elements = {}) {
  TextReader reader("glass.xyz", from);
  return read_extended_xyz(reader, frame, elements);
}
std::string refused(const std::string& from, const std::vector<std::string>& elements = {}) {
  return refusal([&] { (void)read(from, -1, elements); });
}

}  // namespace

TEST_CASE("every kind of column and of key") {
  const auto [sample, info] = read(text);
  Mat3 cell;
  cell << 0, -4, 0.1, 5, 0, 0.2, 1, 0.5, 6;
  CHECK(sample.cell.vectors == cell);
  CHECK(sample.cell.origin == Vec3::Zero());
  CHECK(sample.cell.periodic == std::array{true, false, true});
  CHECK(sample.elements == std::vector<std::string>{"Cu", "Zr"});
  CHECK(sample.species == std::vector<int>{1, 0, 0});
  CHECK(sample.ids == std::vector<std::int64_t>{7, 2, 3});
  CHECK(sample.masses == Vec3(91.224, 63.546, 65));
  CHECK(sample.positions.col(2) == Vec3(4, 0.1, 2));
  CHECK(sample.fields.size() == 3);  // the column of text is left out
  CHECK(sample.fields.at("force").col(0) == Vec3(0.5, -0.5, 1e-3));
  CHECK(sample.fields.at("free") == Matrix(Eigen::RowVector3d(1, 0, 0)));
  CHECK(sample.fields.at("count").col(1) == Eigen::Vector2d(-1, 9007199254740992.0));
  CHECK(info == std::map<std::string, std::string>{{"energy", "-12.5"}, {"what", "a \"glass\""}, {"frozen", "T"}});
  CHECK(read(replaced(text, "masses:R", "mass:R")).sample.masses == sample.masses);
  CHECK(read(replaced(text, "pbc=\"T F T\"", "")).sample.cell.periodic == std::array{true, true, true});
  CHECK(read(replaced(text, "pbc=\"T F T\"", "pbc=[1 0 true] Origin={1 2 3}")).sample.cell.origin == Vec3(1, 2, 3));
}

TEST_CASE("mass and masses: one of them, or both where they agree") {
  const std::string both =
      replaced(replaced(replaced(replaced(text, "masses:R:1", "masses:R:1:mass:R:1"), "7 91.224", "7 91.224 91.224"), "2 63.546",
                        "2 63.546 63.546"),
               "3 65", "3 65 65");
  CHECK(read(both).sample.masses == Vec3(91.224, 63.546, 65));
  CHECK(read(both).sample.fields.count("mass") == 0);
  const std::string message = refused(replaced(both, "3 65 65", "3 65 64"));
  CHECK(message == "glass.xyz:5: column mass says 64 u, column masses 65 u: keep one of them");
}

TEST_CASE("plain XYZ: any comment, a cell around the atoms, not periodic") {
  const auto [sample, info] = read("2\na \"glass, T: 300 K\nCu 0 0 1\nZr 3 4 5\n\n\n");
  CHECK(info.at("comment") == "a \"glass, T: 300 K");
  CHECK(sample.cell.periodic == std::array{false, false, false});
  CHECK(sample.cell.origin == Vec3(-1, -1, 0));
  CHECK(sample.cell.vectors == Mat3(Vec3(5, 6, 6).asDiagonal()));
  CHECK(sample.masses.size() == 0);
  CHECK(sample.ids == std::vector<std::int64_t>{1, 2});
  CHECK(read("1\n\nCu 1 1 1").sample.cell.volume_A3() == 8);
  CHECK(read("1\nLattice=\"0 0 0 0 0 0 0 0 0\" pbc=\"F F F\"\nCu 1 1 1").sample.cell.volume_A3() == 8);
  CHECK(contains(refused("1\nglass\nCu 0 0 1 5\n"),
                 ":3: 4 words are expected, 5 found (say what further columns are by Properties=…"));
}

TEST_CASE("names of species, or numbers of types") {
  CHECK(read(text, -1, {"Zr", "Al", "Cu"}).sample.species == std::vector<int>{0, 2, 2});
  CHECK(contains(refused(text, {"Cu", "Al"}), "glass.xyz: has atoms of element 'Zr', which is none of those given: Cu, Al"));
  const std::string numbered = replaced(replaced(replaced(text, "Zr 1", "2 1"), "Cu 1.5", "1 1.5"), "Cu 4", "1 4");
  CHECK(read(replaced(numbered, "65", "63.546")).sample.elements == std::vector<std::string>{"Cu", "Zr"});
  CHECK(read(numbered, -1, {"Ni", "Nb"}).sample.species == std::vector<int>{1, 0, 0});
  CHECK(contains(refused(numbered, {"Ni"}), "1 element names for 2 atom types"));
  CHECK(contains(refused(replaced(numbered, "2 1", "0 1")), "'0' is neither an element nor an atom type"));
}

TEST_CASE("frames") {
  const std::string three = "1\na=1\nCu 1 1 1\n\n1\na=2\nCu 2 2 2\n2\na=3\nCu 3 3 3\nCu 4 4 4\n";
  CHECK(read(three).info.at("a") == "3");
  CHECK(read(three, 0).info.at("a") == "1");
  CHECK(read(three, -2).sample.positions(0, 0) == 2);
  CHECK(contains(refusal([&] { (void)read(three, 3); }), "glass.xyz: no frame 3: the file has 3"));
  CHECK(contains(refused(replaced(three, "2\na=3", "1\na=3")), ":11: the number of atoms of a frame expected, 'Cu' found"));
}

TEST_CASE("writing and reading gives the same sample, bit for bit") {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> real(-1, 1);
  const auto any = [&] { return std::ldexp(real(random), static_cast<int>(random() % 80) - 60); };
  for (int round = 0; round < 50; ++round) {
    Sample sample;
    sample.cell.vectors = Mat3::NullaryExpr([&] { return real(random); }) + 4 * Mat3::Identity();
    if (round % 2) sample.cell.origin = Vec3::NullaryExpr(any);
    sample.cell.periodic = {round % 2 == 0, round % 3 == 0, true};
    sample.elements = {"Al", "Cu", "Zr"};
    const Eigen::Index n = 3 + round % 5;
    for (Eigen::Index i = 0; i < n; ++i) {
      sample.species.push_back(static_cast<int>(i % 3));
      sample.ids.push_back(static_cast<std::int64_t>(random() >> 1) + i);
    }
    sample.positions = Vectors::NullaryExpr(3, n, any);
    if (round % 4) sample.masses = Vector::NullaryExpr(n, [&] { return 2 + real(random); });
    sample.fields["force"] = Matrix::NullaryExpr(3, n, any);
    sample.fields["c_1[2]"] = Matrix::NullaryExpr(1, n, any);
    sample.fields["image"] = Matrix::NullaryExpr(3, n, [&] { return std::round(5 * real(random)); });
    const std::map<std::string, std::string> info{
        {"barrier_eV", "0.25"}, {"empty", ""}, {"said", "a = \"b\" \\ {c}\nd"}, {"on", "T"}};
    const auto [back, info_back] = read(format_extended_xyz(sample, info));
    CHECK(back.cell.vectors == sample.cell.vectors);
    CHECK(back.cell.origin == sample.cell.origin);
    CHECK(back.cell.periodic == sample.cell.periodic);
    CHECK(back.elements == sample.elements);
    CHECK(back.species == sample.species);
    CHECK(back.ids == sample.ids);
    CHECK(back.positions == sample.positions);
    CHECK(back.masses == sample.masses);
    CHECK(back.fields == sample.fields);
    CHECK(info_back == info);
  }
}

TEST_CASE("several frames to a file and back; names that cannot be written") {
  const std::vector<Frame> frames{read(text), read("1\na=1\nCu 1 1 1\n")};
  const auto path = std::filesystem::temp_directory_path() / "tarn_extended_xyz_test.xyz";
  write_extended_xyz(path, frames);
  const auto back = read_extended_xyz_frames(path);
  std::filesystem::remove(path);
  REQUIRE(back.size() == 2);
  CHECK(back[0].sample.positions == frames[0].sample.positions);
  CHECK(back[1].info == frames[1].info);
  Sample sample = frames[0].sample;
  const auto written = [&](const std::map<std::string, std::string>& info = {}) {
    return refusal([&] { (void)format_extended_xyz(sample, info); });
  };
  CHECK(contains(written({{"a b", "1"}}), "a key 'a b' cannot be written"));
  CHECK(contains(written({{"lattice", "1"}}), "the key lattice is the sample's own"));
  sample.fields["a:b"] = Matrix::Zero(1, 3);
  CHECK(contains(written(), "a field named 'a:b' cannot be written"));
  sample.fields = {{"masses", Matrix::Zero(1, 3)}};
  CHECK(contains(written(), "a field named 'masses' would be read back as something else"));
  sample.fields = {{"f", Matrix::Zero(1, 2)}};
  CHECK(contains(written(), "field 'f' has 1 × 2 numbers for 3 atoms"));
  sample.fields = {{"f", Matrix::Constant(1, 3, std::nan(""))}};
  CHECK(contains(written(), "field 'f' holds what is not a number"));
  sample.fields.clear();
  sample.elements[0] = "C u";
  CHECK(contains(written(), "'C u' cannot be written as the name of a species"));
}

TEST_CASE("bad input, each with its message") {
  struct Case {
    std::string from, to, message;
  };
  const std::vector<Case> cases{
      {"3\n", "4\n", ":5: the frame ends after 3 of 4 atoms"},
      {"3\n", "2\n", ":5: the number of atoms of a frame expected, 'Cu' found"},
      {"3\n", "0\n", ":1: 0 atoms: a sample needs at least one"},
      {"3\n", "-3\n", ":1: -3 atoms"},
      {"3\n", "99999999999\n", "the frame ends after 3 of 99999999999 atoms"},
      {"3\n", "99999999999999999999\n", ":1: the number of atoms of a frame expected"},
      {"3\n", "3 4\n", ":1: the number of atoms alone is expected, 2 words found"},
      {"0 5 1 -4", "0 5 1 4", ":2: the cell is left-handed"},
      {"0 5 1 -4 0 0.5", "0 5 1 0 10 2", ":2: the cell is singular"},
      {"0 5 1 -4", "0 5 1", ":2: Lattice has 8 numbers, 9 are expected"},
      {"0 5 1 -4", "0 5 nan -4", ":2: a number of Lattice expected, 'nan' found"},
      {"6\"", "6", ":2: "},
      {"frozen", "frozen=\"very", ":2: the comment line has an opening \" without its end"},
      {"frozen", "energy=1", ":2: the key energy is given twice"},
      {"frozen", "Lattice=1", ":2: the key Lattice is given twice"},
      {"frozen", "=3", ":2: the comment line has a value without a key"},
      {"T F T", "T F", ":2: pbc=\"T F\": three of T and F are expected"},
      {"T F T", "T F maybe", ":2: pbc=\"T F maybe\": three"},
      {"Lattice", "Lettuce", ":2: pbc=\"T F T\" is periodic, but the frame has no Lattice"},
      {"count:I:2", "count:I", "triples name:type:columns are expected"},
      {"count:I:2", "count:X:2", ":2: Properties: type 'X' of count: S, R, I or L is expected"},
      {"count:I:2", "count:I:0", ":2: Properties: 0 columns of count"},
      {"count:I:2", "count:I:4000000000", ":2: Properties: 4000000000 columns of count"},
      {"count:I:2", "id:I:2", ":2: Properties names id twice"},
      {"count:I:2", "force:I:2", "has both a column force and a column forces"},
      {"species:S:1", "name:S:1", ":2: Properties has no column 'species'"},
      {"pos:R:3", "place:R:3", ":2: Properties has no column 'pos'"},
      {"pos:R:3", "pos:R:2", ":2: Properties: pos is R:2, but R:3 is expected"},
      {"id:I:1", "id:R:1", ":2: Properties: id is R:1, but I:1 is expected"},
      {"Zr 1 2 3", "Zr 1 2", ":3: 13 words are expected, 12 found"},
      {"Zr 1 2 3", "Zr 1 2 nan", ":3: column pos: a number expected, 'nan' found"},
      {"Zr 1 2 3", "Zr 1 2 up", ":3: column pos: a number expected, 'up' found"},
      {"core T", "core 2", ":3: column free: T or F expected, '2' found"},
      {"4 5\n", "4 5.5\n", ":3: column count: a whole number expected, '5.5' found"},
      {"9007199254740992", "9007199254740994", ":4: column count: 9007199254740994 is too large for an integer field (2^53)"},
      {"3 7 91.224", "3 2 91.224", ":4: atom 2 is also in line 3: ids must differ"},
      {"3 7 91.224", "3 99999999999999999999 91.224", ":3: the id of an atom (a whole number) expected"},
      {"3 7 91.224", "3 7 0", ":3: mass 0 u: it must be positive"},
  };
  for (const Case& bad : cases) {
    CAPTURE(bad.to);
    const std::string message = refused(replaced(text, bad.from, bad.to));
    CHECK_MESSAGE(contains(message, bad.message), message);
    CHECK(message.starts_with("glass.xyz"));
  }
  CHECK(contains(refused(""), "glass.xyz: is empty"));
  CHECK(contains(refused("\n \n"), "glass.xyz: has only blank lines"));
  CHECK(contains(refused("5"), "glass.xyz:1: the comment line is missing: the file is cut"));
  CHECK(contains(refusal([] { (void)read_extended_xyz("/tmp"); }), "/tmp: is a folder"));
}

TEST_CASE("cut or damaged files are refused or read, never more") {
  const auto size = [](const std::string& from) { return read(from).sample.size(); };
  check_cut_at_every_line(text, 3, size);
  check_damaged(text, size);
  check_damaged(text + text, size);
}
