#pragma once
// The catalogue of a campaign in one file of SQLite: each search is committed when it is finished, so that a killed campaign loses those under way and no
// more, and goes on with the rest. The file holds the minimum too, and says what it was made with: searches with other parameters are refused, not mixed in.

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/sqlite.hpp"
#include "tarn/core/text.hpp"
#include "tarn/landscape/activation.hpp"
#include "tarn/landscape/campaign.hpp"
#include "tarn/landscape/displacement.hpp"

namespace tarn {

/// What decides what a search finds, beside the minimum, the atom and the number of the search: names and values, in an order that is fixed.
using Fingerprint = std::vector<std::pair<std::string, std::string>>;

/// How a catalogue is kept.
struct CatalogueOptions {
  bool saddles =
      false;  ///< keep where every atom is at a saddle (12 bytes an atom), not only those that moved by more than 0.02 Å
  std::string remedy = "name another file, or move this one away";  ///< ends the message where it belongs to other searches
};

/// A search as it was saved.
struct SavedSearch {
  std::int64_t atom = 0;  ///< its id
  int search = 0;
  AtomActivation found;  ///< `saddle` only where it was kept and asked for
  Displacement moved;    ///< at the saddle
};

/// Thrown for a catalogue that is whole, but of another minimum or other parameters.
class OtherSearches : public Error {
 public:
  using Error::Error;
};

/// A SearchSink; see the head. For one thread at a time, and one process.
class SqliteSink {
 public:
  /// Makes a catalogue of searches around `minimum`, or goes on with the one that is there. Throws Error where the file cannot be used, or belongs to another
  /// minimum (a position differs by more than 1e-6 Å) or another fingerprint.
  SqliteSink(const std::filesystem::path& path, const Sample& minimum, const Fingerprint& fingerprint,
             CatalogueOptions options = {})
      : database_(path), options_(std::move(options)) {
    const bool fresh = is_new();
    database_.write_ahead();
    if (fresh) {
      minimum.check();
      Transaction all(database_);
      make(minimum, fingerprint);
      all.commit();
    }
    read_head();
    require_same(minimum, fingerprint, "asked for");
  }
  /// Opens one that is there, whatever it belongs to.
  explicit SqliteSink(const std::filesystem::path& path, CatalogueOptions options = {})
      : database_(path, DatabaseMode::write), options_(std::move(options)) {
    if (is_new()) throw Error(path.string(), ": holds no catalogue yet: its run was ended before its first search");
    read_head();
  }
  SqliteSink(const SqliteSink&) = delete;
  SqliteSink& operator=(const SqliteSink&) = delete;

  [[nodiscard]] const Sample& minimum() const { return minimum_; }
  [[nodiscard]] const Fingerprint& fingerprint() const { return fingerprint_; }

  /// Saves a search, in the place of an earlier one of the same name.
  void put(std::int64_t atom, int search, const AtomActivation& found) {
    if (!insert_) insert_.emplace(database_.prepare("INSERT OR REPLACE INTO searches VALUES (" + placeholders() + ")"));
    std::optional<Displacement> moved;
    std::optional<std::vector<float>> saddle;
    if (found.found()) {
      moved = displacement(minimum_, found.saddle, minimum_.cell.periodic == std::array<bool, 3>{} ? 0 : 0.02);
      if (options_.saddles) {
        saddle.emplace();
        for (const Moved& m : displacement(minimum_, found.saddle, 0)) saddle->insert(saddle->end(), m.by.begin(), m.by.end());
      }
    }
    const auto at_saddle = [&](double value) { return found.found() ? std::optional(value) : std::nullopt; };
    std::array<std::int64_t, 2 * SearchCost::phases.size()> cost{};
    std::size_t at = 0;
    for (const auto& [phase_name, phase] : SearchCost::phases)
      cost[at++] = (found.cost.*phase).forces, cost[at++] = (found.cost.*phase).products;
    std::apply(
        [&](const auto&... evaluations) {
          insert_->run(atom, search, name(found.end), found.detail, found.loose_barrier, at_saddle(found.barrier),
                       at_saddle(found.max_force), at_saddle(found.lowest.value), at_saddle(found.lowest.residual),
                       at_saddle(found.second.value), at_saddle(found.second.residual), at_saddle(found.centre_moved),
                       found.atoms_moved, at_saddle(found.jump_participation), name(found.connected), found.own,
                       found.sides_converged, at_saddle(found.side_energy[0]), at_saddle(found.side_energy[1]),
                       at_saddle(found.side_distance[0]), at_saddle(found.side_distance[1]), evaluations..., bytes_of(moved),
                       bytes_of(saddle));
        },
        cost);
  }

  /// What need not be searched again: where saddles are kept, searches that were saved without theirs are.
  [[nodiscard]] std::vector<FinishedSearch> done() const {
    auto rows = database_.prepare(
        "SELECT atom, search, loose_barrier IS NOT NULL FROM searches WHERE ?1 = 0 OR status <> 'saddle' OR saddle IS NOT NULL");
    rows.bind(options_.saddles);
    std::vector<FinishedSearch> out;
    while (rows.step()) out.push_back({rows.integer(0), static_cast<int>(rows.integer(1)), rows.integer(2) != 0});
    return out;
  }

  /// Calls visit(const SavedSearch&) for each, ascending by atom and search. Throws Error where one cannot be understood.
  template <class Visit>
  void for_each(Visit&& visit, bool with_saddles = false) const {
    auto rows = database_.prepare("SELECT " + columns() + (with_saddles ? ", saddle" : ", NULL") +
                                  " FROM searches ORDER BY atom, search");
    while (rows.step()) visit(saved(rows));
  }

  /// Takes over what another catalogue of the same searches has and this one has not. Throws Error where it belongs to others.
  void merge(const SqliteSink& other) {
    require_same(other.minimum_, other.fingerprint_, "in " + other.database_.path().string());
    database_.prepare("ATTACH ? AS other").run(other.database_.path().string());
    try {
      Transaction all(database_);
      database_.run(
          "INSERT OR REPLACE INTO searches SELECT o.* FROM other.searches o LEFT JOIN searches m USING (atom, search) "
          "WHERE m.atom IS NULL OR (m.saddle IS NULL AND o.saddle IS NOT NULL)");
      all.commit();
    } catch (...) {
      database_.run("DETACH other");
      throw;
    }
    database_.run("DETACH other");
  }

  /// A text that goes with the catalogue; empty where there is none of that name.
  [[nodiscard]] std::string note(const std::string& name) const {
    auto rows = database_.prepare("SELECT value FROM notes WHERE name = ?");
    rows.bind(name);
    return rows.step() ? rows.text(0) : std::string();
  }
  void set_note(const std::string& name, const std::string& value) {
    database_.prepare("INSERT OR REPLACE INTO notes VALUES (?, ?)").run(name, value);
  }

 private:
  static_assert(std::endian::native == std::endian::little, "numbers are stored as they are in memory");
  static constexpr int application = 0x7461726e, version = 1;  // "tarn"
  static std::string columns() {
    std::string out =
        "atom, search, status, detail, loose_barrier, barrier, max_force, lowest, lowest_residual, second, second_residual, "
        "centre_moved, atoms_moved, jump_participation, connected, own, sides_converged, near_energy, far_energy, near_distance, "
        "far_distance, ";
    for (const auto& [phase_name, phase] : SearchCost::phases)
      for (const char* what : {"_forces, ", "_products, "}) out.append(phase_name).append(what);
    return out + "moved";
  }
  static std::string placeholders() {
    std::string out = "?";
    for (const char c : columns())
      if (c == ',') out += ", ?";
    return out + ", ?";  // and the saddle
  }
  template <class Item>
  static std::span<const std::byte> bytes_of(const std::vector<Item>& items) {
    return std::as_bytes(std::span(items));
  }
  template <class Item>
  static std::optional<std::span<const std::byte>> bytes_of(const std::optional<std::vector<Item>>& items) {
    return items ? std::optional(bytes_of(*items)) : std::nullopt;
  }
  [[nodiscard]] Error damaged(const std::string& what) const {
    return Error(database_.path().string(), ": is damaged (", what, "): bring back a copy, or move it away and begin again");
  }
  template <class Item>
  std::vector<Item> items(const Statement& row, int column) const {
    const auto bytes = row.bytes(column);
    if (bytes.size() % sizeof(Item) != 0) throw damaged("a list of numbers is cut");
    std::vector<Item> out(bytes.size() / sizeof(Item));
    if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
    return out;
  }

  /// Whether nothing is in it yet. Throws Error where it is not one of ours.
  bool is_new() {
    const auto number = [&](const char* sql) {
      auto rows = database_.prepare(sql);
      return rows.step() ? rows.integer(0) : 0;
    };
    const auto whose = number("PRAGMA application_id");
    if (whose == 0 && number("SELECT count(*) FROM sqlite_master") == 0) return true;
    if (whose != application)
      throw Error(database_.path().string(), ": is a database, but no catalogue of searches: ", options_.remedy);
    if (const auto made = number("PRAGMA user_version"); made != version)
      throw Error(database_.path().string(), ": is a catalogue of version ", made, ", this is for version ", version, ": ",
                  options_.remedy);
    database_.check();
    return false;
  }
  void make(const Sample& minimum, const Fingerprint& fingerprint) {
    database_.run("PRAGMA application_id = " + std::to_string(application) +
                  "; PRAGMA user_version = " + std::to_string(version));
    database_.run("CREATE TABLE searches (" + columns() + ", saddle, PRIMARY KEY (atom, search)) WITHOUT ROWID");
    database_.run(
        "CREATE TABLE fingerprint (place INTEGER PRIMARY KEY, name, value); CREATE TABLE notes (name PRIMARY KEY, value);"
        "CREATE TABLE elements (place INTEGER PRIMARY KEY, name); CREATE TABLE minimum (cell, periodic, ids, species, positions, "
        "masses)");
    auto add = database_.prepare("INSERT INTO fingerprint (name, value) VALUES (?, ?)");
    for (const auto& [key, value] : fingerprint) add.run(key, value);
    auto element = database_.prepare("INSERT INTO elements (name) VALUES (?)");
    for (const auto& e : minimum.elements) element.run(e);
    const Sample& s = minimum;
    std::vector<double> cell(s.cell.vectors.data(), s.cell.vectors.data() + 9);
    cell.insert(cell.end(), s.cell.origin.data(), s.cell.origin.data() + 3);
    const std::vector<double> positions(s.positions.data(), s.positions.data() + s.positions.size());
    const std::vector<double> masses(s.masses.data(), s.masses.data() + s.masses.size());
    database_.prepare("INSERT INTO minimum VALUES (?, ?, ?, ?, ?, ?)")
        .run(bytes_of(cell), s.cell.periodic[0] + 2 * s.cell.periodic[1] + 4 * s.cell.periodic[2], bytes_of(s.ids),
             bytes_of(s.species), bytes_of(positions), bytes_of(masses));
  }
  void read_head() {
    auto names = database_.prepare("SELECT name, value FROM fingerprint ORDER BY place");
    while (names.step()) fingerprint_.emplace_back(names.text(0), names.text(1));
    auto elements = database_.prepare("SELECT name FROM elements ORDER BY place");
    while (elements.step()) minimum_.elements.push_back(elements.text(0));
    auto row = database_.prepare("SELECT * FROM minimum");
    if (!row.step()) throw damaged("it has no minimum");
    const auto cell = items<double>(row, 0), positions = items<double>(row, 4), masses = items<double>(row, 5);
    if (cell.size() != 12 || positions.size() % 3 != 0) throw damaged("its minimum is cut");
    minimum_.cell.vectors = Eigen::Map<const Mat3>(cell.data());
    minimum_.cell.origin = Eigen::Map<const Vec3>(cell.data() + 9);
    for (std::size_t k = 0; k < 3; ++k) minimum_.cell.periodic[k] = (row.integer(1) >> k & 1) != 0;
    minimum_.ids = items<std::int64_t>(row, 2);
    minimum_.species = items<int>(row, 3);
    minimum_.positions = Eigen::Map<const Vectors>(positions.data(), 3, static_cast<Eigen::Index>(positions.size() / 3));
    minimum_.masses = Eigen::Map<const Vector>(masses.data(), static_cast<Eigen::Index>(masses.size()));
    try {
      minimum_.check();
    } catch (const Error& problem) {
      throw damaged(problem.what());
    }
  }
  void require_same(const Sample& minimum, const Fingerprint& fingerprint, const std::string& where) const {
    const auto refuse = [&](const auto&... what) {
      throw OtherSearches(database_.path().string(), ": ", what..., ": ", options_.remedy);
    };
    const Sample &a = minimum_, &b = minimum;
    const auto elements = [](const Sample& s) {
      std::vector<std::string> out;
      for (Eigen::Index i = 0; i < s.size(); ++i) out.push_back(s.element(i));
      return out;
    };
    if (a.size() != b.size() || a.ids != b.ids || elements(a) != elements(b) || a.cell.periodic != b.cell.periodic ||
        !((a.cell.vectors - b.cell.vectors).cwiseAbs().maxCoeff() <= 1e-6) ||
        !((a.positions - b.positions).cwiseAbs().maxCoeff() <= 1e-6))
      refuse("holds searches around another minimum than the one ", where);
    for (std::size_t k = 0; k < std::max(fingerprint_.size(), fingerprint.size()); ++k) {
      if (k >= fingerprint.size() || k >= fingerprint_.size() || fingerprint_[k].first != fingerprint[k].first)
        refuse("holds searches with other kinds of parameters than those ", where);
      if (fingerprint_[k].second != fingerprint[k].second)
        refuse("holds searches with ", fingerprint_[k].first, ' ', fingerprint_[k].second, ", ", where, " is ",
               fingerprint[k].second);
    }
  }

  SavedSearch saved(const Statement& row) const {
    int at = 0;
    const auto real = [&] { return row.real(at++); };
    const auto whole = [&] { return static_cast<int>(row.integer(at++)); };
    SavedSearch out;
    out.atom = row.integer(at++);
    out.search = whole();
    const auto damaged_here = [&](const std::string& what) {
      return damaged("search " + std::to_string(out.search) + " of atom " + std::to_string(out.atom) + ": " + what);
    };
    const auto read_name = [&](auto& value, std::size_t count, const char* column) {
      const std::string word = row.text(at++);
      for (std::size_t k = 0; k < count; ++k)
        if (word == name(value = static_cast<std::remove_reference_t<decltype(value)>>(k))) return;
      throw damaged_here(std::string(column) + " is '" + shown(word) + "'");
    };
    AtomActivation& f = out.found;
    read_name(f.end, search_ends.size(), "status");
    f.detail = row.text(at++);
    f.loose_barrier = row.optional_real(at++);
    f.barrier = real(), f.max_force = real(), f.lowest.value = real(), f.lowest.residual = real();
    f.second.value = real(), f.second.residual = real(), f.centre_moved = real(), f.atoms_moved = whole();
    f.jump_participation = real();
    read_name(f.connected, connections.size(), "connected");
    f.own = whole() != 0, f.sides_converged = whole() != 0;
    for (double& e : f.side_energy) e = real();
    for (double& d : f.side_distance) d = real();
    for (const auto& [phase_name, phase] : SearchCost::phases)
      (f.cost.*phase).forces = whole(), (f.cost.*phase).products = whole();
    out.moved = items<Moved>(row, at++);
    const auto saddle = items<float>(row, at);
    bool fits = saddle.empty() || saddle.size() == static_cast<std::size_t>(minimum_.positions.size());
    for (const Moved& m : out.moved) fits = fits && m.atom >= 0 && m.atom < minimum_.size();
    if (!fits) throw damaged_here("its saddle is of another number of atoms");
    if (!saddle.empty())
      f.saddle = minimum_.positions + Eigen::Map<const Eigen::Matrix3Xf>(saddle.data(), 3, minimum_.size()).cast<double>();
    return out;
  }

  mutable Database database_;
  CatalogueOptions options_;
  Sample minimum_;
  Fingerprint fingerprint_;
  std::optional<Statement> insert_;
};
static_assert(SearchSink<SqliteSink>);

}  // namespace tarn
