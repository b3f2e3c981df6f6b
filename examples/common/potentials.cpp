#include "common/potentials.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "tarn/core/text.hpp"

namespace tarn::programs {

namespace {

constexpr std::string_view lj_keys = "units, elements, masses, pairs, smooth_derivatives";

Json parse(const TextReader& text) {
  const std::string_view all = text.text();
  try {
    return Json::parse(all);
  } catch (const Json::parse_error& problem) {
    const auto read = all.substr(0, std::min(all.size(), std::max<std::size_t>(problem.byte, 1) - 1));
    throw Error(text.name(), ':', 1 + std::count(read.begin(), read.end(), '\n'),
                ": is no JSON: a comma, a quote or a bracket is missing or one too many, here or before");
  } catch (const Json::out_of_range&) {
    throw Error(text.name(), ": holds a number that is too large");
  }
}

LennardJonesSource read_lennard_jones(const std::string& path) {
  const TextReader text{std::filesystem::path(path)};
  const Json json = parse(text);
  try {
    if (!json.is_object()) throw Error("an object with the keys ", lj_keys, " is expected");
    for (const auto& [key, value] : json.items())
      if (std::set<std::string>{"units", "elements", "masses", "pairs", "smooth_derivatives", "comment"}.count(key) == 0)
        throw Error("the key \"", shown(key), "\" is not known: there are ", lj_keys);
    const std::string units = json.at("units");
    if (units != "metal" && units != "reduced") throw Error("units \"", shown(units), "\": \"metal\" or \"reduced\" is expected");
    const auto elements = json.at("elements").get<std::vector<std::string>>();
    const auto masses = json.at("masses").get<std::vector<double>>();
    for (const auto& element : elements)
      if (!is_name(element)) throw Error("'", shown(element), "' is not the name of an element");
    if (std::set<std::string>(elements.begin(), elements.end()).size() != elements.size())
      throw Error("an element is named twice");
    std::vector<LennardJonesPair> pairs;
    const Json& all = json.at("pairs");
    for (const auto& a : elements)
      for (const auto& b : elements) {
        const std::string name = all.contains(a + "-" + b) ? a + "-" + b : b + "-" + a;
        if (!all.contains(name)) throw Error("no pair \"", a, '-', b, "\"");
        const Json& pair = all.at(name);
        pairs.push_back({pair.at("epsilon"), pair.at("sigma"), pair.at("cutoff")});
      }
    double order = 3;
    if (const auto given = json.find("smooth_derivatives"); given != json.end()) order = *given;
    if (!(order >= -1 && order <= 3 && order == std::floor(order)))
      throw Error("smooth_derivatives: -1, 0, 1, 2 or 3 is expected, ", order, " found");
    return {{elements, masses, pairs, {static_cast<int>(order)}}, units == "reduced"};
  } catch (const nlohmann::json::exception& problem) {
    const std::string_view what = problem.what();  // "[json.exception.type_error.302] type must be …"
    throw Error(path, ": ", what.substr(what.find(' ') + 1));
  } catch (const Error& problem) {
    throw Error(path, ": ", problem.what());
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
