#pragma once
// LAMMPS data files of atom style `atomic`, written in the form that every LAMMPS reads; lammps_data.hpp reads them.
//
// Format: https://docs.lammps.org/read_data.html. Units "metal" (or "lj", taken as they are).

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Geometry>

#include "tarn/atoms/elements.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/file.hpp"
#include "tarn/core/text.hpp"

namespace tarn {

/// The sample turned so that a lies along x and b in the xy plane, as LAMMPS wants its cells; positions turn with it about the
/// cell's origin, and so do the fields "velocity" and "force". A sample that is so already comes back bit for bit. Throws Error
/// where Cell::check does.
[[nodiscard]] inline Sample restricted(Sample sample) {
  sample.cell.check();
  Mat3& m = sample.cell.vectors;
  if (m(1, 0) == 0 && m(2, 0) == 0 && m(2, 1) == 0 && m(0, 0) > 0 && m(1, 1) > 0) return sample;
  Mat3 axes;
  axes.col(0) = m.col(0).normalized();
  axes.col(2) = m.col(0).cross(m.col(1)).normalized();
  axes.col(1) = axes.col(2).cross(axes.col(0));
  const Mat3 turn = axes.transpose();
  m = (turn * m).eval();
  m(1, 0) = m(2, 0) = m(2, 1) = 0;
  sample.positions = ((turn * (sample.positions.colwise() - sample.cell.origin)).colwise() + sample.cell.origin).eval();
  for (const char* name : {"velocity", "force"})
    if (const auto field = sample.fields.find(name); field != sample.fields.end() && field->second.rows() == 3)
      field->second = (turn * field->second).eval();
  return sample;
}

/// What is free in the form of a data file.
struct LammpsDataFormat {
  std::string title = "written by tarn";
  bool type_labels = false;  ///< a section Atom Type Labels: keeps the names of species; LAMMPS before September 2022 refuses it
};

/// The text of a data file in metal units, style atomic. A general cell is turned to LAMMPS's form by restricted(), positions and
/// velocities with it; tilts are not reduced. Of the fields, "image" and "velocity" are written. The format has no place for the
/// directions that are not periodic, for names of species (but see LammpsDataFormat; masses tell them) and for masses that differ
/// within a species (refused). Numbers read back bit for bit, but for a cell vector that is no difference of two bounds: it may
/// change by one rounding of the bound. Throws Error where Sample::check does, where an id is not positive or an image not whole.
[[nodiscard]] inline std::string format_lammps_data(const Sample& any, const LammpsDataFormat& format = {}) {
  any.check();
  const Sample sample = restricted(any);
  const auto n = static_cast<std::size_t>(sample.size());
  std::string out = format.title;
  for (char& c : out)
    if (c == '\n' || c == '\r') c = ' ';
  const auto put = [&](auto value, char after) {
    append_number(out, value);
    out += after;
  };
  out += "\n\n";
  put(n, ' ');
  out += "atoms\n";
  put(sample.elements.size(), ' ');
  out += "atom types\n\n";
  const Mat3& m = sample.cell.vectors;
  for (Eigen::Index axis = 0; axis < 3; ++axis) {
    const double lo = sample.cell.origin[axis], size = m(axis, axis);
    double hi = lo + size;  // and, of its neighbours, the one whose distance from lo is the size itself
    for (const double other : {std::nextafter(hi, HUGE_VAL), std::nextafter(hi, -HUGE_VAL)})
      if (hi - lo != size && other - lo == size) hi = other;
    put(lo, ' ');
    put(hi, ' ');
    out += "xyz"[axis];
    out += "lo ";
    out += "xyz"[axis];
    out += "hi\n";
  }
  if (m(0, 1) != 0 || m(0, 2) != 0 || m(1, 2) != 0) {
    put(m(0, 1), ' ');
    put(m(0, 2), ' ');
    put(m(1, 2), ' ');
    out += "xy xz yz\n";
  }
  if (format.type_labels) {
    out += "\nAtom Type Labels\n\n";
    for (std::size_t type = 0; type < sample.elements.size(); ++type) {
      const std::string& name = sample.elements[type];
      if (!is_named(name)) throw Error("species ", name, " has no name that a type label could give");
      if (words(name).size() != 1 || words(name)[0] != name || name.find('#') != name.npos || (name[0] >= '0' && name[0] <= '9'))
        throw Error("'", shown(name), "' cannot be a type label: LAMMPS wants a word that begins with no digit and has no #");
      put(type + 1, ' ');
      out += name + '\n';
    }
  }
  if (sample.masses.size() != 0) {
    std::vector<double> masses(sample.elements.size(), 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      double& mass = masses[static_cast<std::size_t>(sample.species[i])];
      const double own = sample.masses[static_cast<Eigen::Index>(i)];
      if (mass != 0 && mass != own)
        throw Error("atom ", sample.ids[i], " has mass ", own, " u, another ",
                    sample.elements[static_cast<std::size_t>(sample.species[i])], ' ', mass,
                    " u: a LAMMPS data file has one mass for each type; write extended XYZ");
      mass = own;
    }
    out += "\nMasses\n\n";
    for (std::size_t type = 0; type < masses.size(); ++type) {
      put(type + 1, ' ');
      put(masses[type] != 0 ? masses[type] : standard_mass(sample.elements[type]).value_or(1.0), ' ');  // a species without atoms
      out += "# " + sample.elements[type] + '\n';
    }
  }
  const auto field = [&](const char* name) -> const Matrix* {
    const auto at = sample.fields.find(name);
    if (at == sample.fields.end()) return nullptr;
    if (at->second.rows() != 3 || at->second.cols() != sample.size() || !at->second.allFinite())
      throw Error("the field '", name, "' must hold three finite numbers for each atom");
    return &at->second;
  };
  const Matrix* images = field("image");
  out += "\nAtoms # atomic\n\n";
  for (std::size_t i = 0; i < n; ++i) {
    const auto atom = static_cast<Eigen::Index>(i);
    if (sample.ids[i] < 1) throw Error("atom id ", sample.ids[i], ": LAMMPS wants ids of 1 or more");
    put(sample.ids[i], ' ');
    put(sample.species[i] + 1, ' ');
    for (Eigen::Index axis = 0; axis < 3; ++axis) put(sample.positions(axis, atom), axis == 2 && !images ? '\n' : ' ');
    for (Eigen::Index axis = 0; images && axis < 3; ++axis) {
      const double image = (*images)(axis, atom);
      if (std::rint(image) != image || std::abs(image) > 1e9)
        throw Error("atom ", sample.ids[i], " has image number ", image, ": it must be whole");
      put(static_cast<std::int64_t>(image), axis == 2 ? '\n' : ' ');
    }
  }
  if (const Matrix* velocity = field("velocity")) {
    out += "\nVelocities\n\n";
    for (std::size_t i = 0; i < n; ++i) {
      put(sample.ids[i], ' ');
      for (Eigen::Index axis = 0; axis < 3; ++axis) put((*velocity)(axis, static_cast<Eigen::Index>(i)), axis == 2 ? '\n' : ' ');
    }
  }
  return out;
}

/// Writes format_lammps_data() to a file, whole or not at all. Throws Error.
inline void write_lammps_data(const std::filesystem::path& path, const Sample& sample, const LammpsDataFormat& format = {}) {
  write_file(path, format_lammps_data(sample, format));
}

}  // namespace tarn
