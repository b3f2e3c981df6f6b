#include "common/potentials.hpp"

#include <filesystem>
#include <fstream>
#include <set>

namespace tarn::programs {

namespace {

constexpr std::string_view lj_keys = "units, elements, masses, pairs, smooth_derivatives";

LennardJonesFunctions read_lennard_jones(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw Error(path, ": is a folder, a file is expected");
  std::ifstream file(path);
  if (!file) throw Error(path, ": cannot be opened: no such file, or not readable");
  try {
    const Json json = Json::parse(file);
    if (!json.is_object()) throw Error(path, ": an object with the keys ", lj_keys, " is expected");
    for (const auto& [key, value] : json.items())
      if (std::set<std::string>{"units", "elements", "masses", "pairs", "smooth_derivatives", "comment"}.count(key) == 0)
        throw Error(path, ": the key \"", key, "\" is not known: there are ", lj_keys);
    const std::string units = json.at("units");
    if (units != "metal" && units != "reduced")
      throw Error(path, ": units \"", units, "\": \"metal\" or \"reduced\" is expected");
    const auto elements = json.at("elements").get<std::vector<std::string>>();
    const auto masses = json.at("masses").get<std::vector<double>>();
    std::vector<LennardJonesPair> pairs;
    for (const auto& a : elements)
      for (const auto& b : elements) {
        const Json& all = json.at("pairs");
        const std::string name = all.contains(a + "-" + b) ? a + "-" + b : b + "-" + a;
        if (!all.contains(name)) throw Error(path, ": no pair \"", a, '-', b, "\"");
        const Json& pair = all.at(name);
        pairs.push_back({pair.at("epsilon"), pair.at("sigma"), pair.at("cutoff")});
      }
    return {elements, masses, pairs, {json.value("smooth_derivatives", 3)}};
  } catch (const nlohmann::json::exception& problem) {
    throw Error(path, ": ", problem.what());
  } catch (const Error& problem) {
    const std::string what = problem.what();
    throw Error(what.starts_with(path) ? "" : path + ": ", what);
  }
}

}  // namespace

PotentialSource read_potential(const std::string& text, bool raw_table) {
  if (text.starts_with("lj:")) {
    if (raw_table) throw Error("--raw-table: a Lennard-Jones potential has no table");
    return read_lennard_jones(text.substr(3));
  }
  Conditioning how;
  how.raw = raw_table;
  return TableSource{read_setfl(std::filesystem::path(text)), how};
}

Json to_json(const std::vector<Residual>& residuals) {
  Json list = Json::array();
  for (const auto& r : residuals)
    list.push_back({{"function", r.what},
                    {"noise", r.noise},
                    {"residual_rms", r.rms},
                    {"residual_worst", r.worst},
                    {"worst_at", r.worst_at},
                    {"knots", r.knots}});
  return list;
}

}  // namespace tarn::programs
