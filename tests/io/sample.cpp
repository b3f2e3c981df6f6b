#include "tarn/io/sample.hpp"

#include <doctest/doctest.h>

#include "io/damage.hpp"
#include "support/data.hpp"
#include "tarn/io/write_extended_xyz.hpp"
#include "tarn/io/write_lammps_data.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

Sample read(const std::string& text, std::ptrdiff_t frame = -1) {
  TextReader reader("glass", text);
  return read_sample(reader, {}, frame);
}

const std::string lammps_data =
    "4\n\n2 atoms\n1 atom types\n0 4 xlo xhi\n0 4 ylo yhi\n0 4 zlo zhi\n\nMasses\n\n1 91.224\n\nAtoms\n\n1 1 1 2 3\n2 1 0 0 0\n";
const std::string lammps_dump =
    "ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS pp pp pp\n0 4\n0 4\n0 4\nITEM: ATOMS id type mass x y z\n1 1 "
    "91.224 1 2 3\n2 1 91.224 0 0 0\n";
const std::string xyz =
    "2\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1:pos:R:3:mass:R:1\nZr 1 2 3 91.224\nZr 0 0 0 91.224\n";

}  // namespace

TEST_CASE("the format is told by the content, and the sample is the same") {
  for (const auto& text : {lammps_data, lammps_dump, xyz, "\n" + xyz}) {
    const Sample sample = read(text);
    CHECK(sample.cell.vectors == Mat3(4 * Mat3::Identity()));
    CHECK(sample.positions == (Vectors(3, 2) << 1, 0, 2, 0, 3, 0).finished());
    CHECK(sample.elements == std::vector<std::string>{"Zr"});
    CHECK(sample.masses == Eigen::Vector2d(91.224, 91.224));
    CHECK(sample.ids == std::vector<std::int64_t>{1, 2});
  }
  CHECK(read_sample(std::filesystem::path(data("cuzr256_minimum.data"))).size() == 256);
  CHECK(read(xyz + replaced(xyz, "Zr 1", "Zr 2"), 0).positions(0, 0) == 1);
}

TEST_CASE("what is no sample") {
  CHECK(refusal([] { (void)read(""); }) == "glass: is empty, a sample is expected (LAMMPS data, LAMMPS dump or extended XYZ)");
  CHECK(refusal([] { (void)read("\n  \n"); }) ==
        "glass: is empty, a sample is expected (LAMMPS data, LAMMPS dump or extended XYZ)");
  CHECK(refusal([] { (void)read("id,x\n1,2\n"); }) ==
        "glass: is none of the formats of samples that are read: LAMMPS data, LAMMPS dump, extended XYZ");
  CHECK(refusal([] { (void)read(lammps_data, 2); }) == "glass: no frame 2: a LAMMPS data file has one");
  CHECK(contains(refusal([] { (void)read_sample("/nowhere"); }), "/nowhere: cannot be opened: no such file, or not readable"));
  CHECK(contains(refusal([] { (void)read_sample("/tmp"); }), "/tmp: is a folder, a file is expected"));
}

TEST_CASE("200 000 atoms are written and read again") {
  Sample sample;
  const int edge = 59;
  sample.cell = cubic(2.5 * edge);
  sample.elements = {"Cu"};
  sample.positions = Vectors::Random(3, edge * edge * edge) * 70;
  sample.species.assign(static_cast<std::size_t>(sample.size()), 0);
  sample.masses = Vector::Constant(sample.size(), 63.546);
  for (Eigen::Index i = 0; i < sample.size(); ++i) sample.ids.push_back(sample.size() - i);
  for (const std::string& text : {format_lammps_data(sample), format_extended_xyz(sample)}) {
    const Sample back = read(text);
    CHECK(back.positions == sample.positions);
    CHECK(back.ids == sample.ids);
  }
}

TEST_CASE("as many types, labels, sections and columns as a file may have are read") {
  const std::string head = "title\n\n1 atoms\n100000 atom types\n0 4 xlo xhi\n0 4 ylo yhi\n0 4 zlo zhi\n\n",
                    tail = "\nAtoms\n\n1 1 1 2 3\n";
  std::string masses = "Masses\n\n", labels = "\nAtom Type Labels\n\n", coefficients, columns, values, properties;
  for (int k = 1; k <= 100'000; ++k) {
    const std::string number = std::to_string(k);
    masses += number + " 63.546\n";
    labels += number + " L" + number + '\n';
    coefficients += 'K' + number + " Coeffs\n";
    columns += " c" + number;
    values += " 1";
    properties += ":c" + number + ":R:1";
  }
  CHECK(read(head + masses + tail).elements.size() == 100'000);  // all copper, so told apart by their numbers
  CHECK(read(head + masses + labels + tail).elements.back() == "L100000");
  CHECK(read(head + coefficients + tail).size() == 1);
  CHECK(read("ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS\n0 4\n0 4\n0 4\nITEM: ATOMS type x y z" + columns +
             "\n100000 1 2 3" + values)
            .fields.size() == 100'000);
  CHECK(read("1\nProperties=species:S:1:pos:R:3" + properties + "\nCu 1 2 3" + values).fields.size() == 100'000);
}

TEST_CASE("every format as other systems spell it: line ends, a mark, no last line end, Fortran's exponents") {
  for (const std::string& text : {lammps_data, lammps_dump, xyz}) {
    std::string windows, fortran = text;
    for (const char c : text) windows += c == '\n' ? "\r\n" : std::string(1, c);
    for (const std::string number : {" 1 2 3", " 0 0 0"})
      if (const auto at = fortran.rfind(number); at != fortran.npos)
        fortran.replace(at, number.size(), number == " 1 2 3" ? " 1.0D+00 +2 0.3d1" : " 0.0D-01 .0 0.");
    CHECK(fortran != text);
    for (const std::string& same : {windows, "\xEF\xBB\xBF" + text, "\xEF\xBB\xBF" + windows, text.substr(0, text.size() - 1),
                                    windows.substr(0, windows.size() - 2), windows.substr(0, windows.size() - 1), fortran}) {
      const Sample sample = read(same);
      CHECK(sample.positions == (Vectors(3, 2) << 1, 0, 2, 0, 3, 0).finished());
      CHECK(sample.cell.vectors == Mat3(4 * Mat3::Identity()));
      CHECK(sample.elements == std::vector<std::string>{"Zr"});
    }
  }
}

TEST_CASE("every format with what is no number in place of one, or what is no text: one line that says so") {
  for (const std::string& text : {lammps_data, lammps_dump, xyz}) {
    const auto at = text.rfind("1 2 3");  // the first atom's coordinates
    REQUIRE(at != text.npos);
    for (const char* word :
         {"1,0", "nan", "-NaN", "inf", "-Infinity", "1e999", "1.0.0", "0x10", "1_0", "1.0F+00", "\x1b[2J", "１"}) {
      CAPTURE(word);
      const std::string message = refusal([&] { (void)read(std::string(text).replace(at, 1, word)); });
      CHECK(message.starts_with("glass:"));
      CHECK(contains(message, std::string(" expected, '") + shown(word) + "' found"));
    }
    std::string wide = "\xff\xfe";
    for (const char c : text) (wide += c) += '\0';
    CHECK(contains(refusal([&] { (void)read(wide); }), "glass:1: a byte 0: this is no plain text"));
    CHECK(contains(refusal([&] { (void)read(text + '\0'); }), ": a byte 0: this is no plain text"));
    CHECK(contains(refusal([&] { (void)read(text.substr(0, text.find('\n'))); }), "glass"));  // its first line alone
    std::string old = text;  // line ends of systems that are gone: one long line
    std::ranges::replace(old, '\n', '\r');
    CHECK(contains(refusal([&] { (void)read(old); }), "glass"));
  }
}
