#include "common/activation_options.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <set>
#include <string_view>

#include "tarn/core/random.hpp"
#include "tarn/core/text.hpp"

namespace tarn::programs {

namespace {

struct Range {
  std::int64_t first = 0, last = 0;
};

/// "1-60,75"; empty where it is no such text.
std::vector<Range> parse_atoms(std::string_view text) {
  std::vector<Range> out;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, comma);
    const auto dash = part.find('-', 1);
    Range r;
    if (!parse_number(part.substr(0, dash), r.first)) return {};
    r.last = r.first;
    if (dash != part.npos && !parse_number(part.substr(dash + 1), r.last)) return {};
    if (r.last < r.first) return {};
    out.push_back(r);
    if (comma == text.size()) return out;
    text.remove_prefix(comma + 1);
  }
  return {};
}
/// N of "random:N"; 0 where it is no such text.
std::size_t parse_random(std::string_view text) {
  std::size_t count = 0;
  return text.starts_with("random:") && parse_number(text.substr(7), count) ? count : 0;
}
std::string check_atoms(const std::string& text) {
  return text == "all" || parse_random(text) > 0 || !parse_atoms(text).empty()
             ? std::string()
             : "'" + text + "' is neither all, nor random:N, nor ids as 1-60,75";
}

bool parse_shard(std::string_view text, int& index, int& count) {
  const auto slash = text.find('/');
  return slash != text.npos && parse_number(text.substr(0, slash), index) && parse_number(text.substr(slash + 1), count) &&
         index >= 1 && index <= count;
}
std::string check_shard(const std::string& text) {
  int index = 0, count = 0;
  return parse_shard(text, index, count) ? std::string() : "'" + text + "' is no shard I/N, 1 <= I <= N";
}

}  // namespace

void ActivationOptions::add_to(CLI::App& cli) {
  cli.add_option("--atoms", atoms, "around which atoms: all, random:N for N drawn by the seed, or their ids as 1-60,75")
      ->check(check_atoms)
      ->capture_default_str()
      ->type_name("ATOMS");
  searches_given_ = cli.add_option("--searches", searches, "searches around each atom, whatever comes of them")
                        ->check(CLI::Range(1, 1000000))
                        ->capture_default_str()
                        ->type_name("N");
  auto* retry =
      cli.add_option("--successes", successes,
                     "search around each atom until so many have reached a loose point (every force below --loose-force)")
          ->check(CLI::Range(1, 1000000))
          ->type_name("S");
  attempts_given_ = cli.add_option("--attempts", attempts, "but at most so often [3 S]")
                        ->check(CLI::Range(1, 1000000))
                        ->needs(retry)
                        ->type_name("M");
  cli.add_option("--minutes", minutes, "begin no search after so many minutes, and give what there is; 0: no limit")
      ->check(CLI::Range(0.0, 1e7))
      ->capture_default_str()
      ->type_name("M");
  cli.add_option("--shard", shard, "only the I-th of N parts of the atoms; `tarn-activation merge` unites them")
      ->check(check_shard)
      ->capture_default_str()
      ->type_name("I/N");
  cli.add_flag("--saddles", saddles, "write the saddles' positions too, saddles.extxyz");
  cli.add_flag("--prefactors", prefactors,
               "write the harmonic rate prefactor of each distinct saddle too, prefactors.csv (dense Hessians: small samples)");
  cli.add_option("--way-out", search.way_out, "out of the basin with what is far frozen at first, or all mobile as in the paper")
      ->check(CLI::IsMember(way_out_names()))
      ->capture_default_str()
      ->type_name("NAME");
  const auto number = [&](const char* name, double& value, const char* what, double low, double high) {
    cli.add_option(name, value, what)->check(CLI::Range(low, high))->capture_default_str()->type_name("X");
  };
  number("--push", search.push, "length of the first displacement, A", 1e-6, 10);
  number("--push-radius", search.push_radius, "atoms nearer than this are displaced too, A", 0, 100);
  number("--curvature", search.curvature, "lowest eigenvalue at which the basin is left, eV/A^2", -1e6, -1e-6);
  number("--loose-force", search.loose_force, "of a loose point, on any atom, eV/A", 1e-9, 1e3);
  number("--tight-force", search.tight_force, "of a saddle, eV/A", 1e-9, 1e3);
  number("--side-force", search.side_force, "of the minima beside it, eV/A", 1e-9, 1e3);
  number("--frozen-radius", search.frozen_radius, "what is farther is frozen at first (--way-out frozen), A", 0.1, 1e6);
  number("--release-force", search.release_force, "until no force is larger, eV/A", 1e-9, 1e3);
  cli.add_option("--max-evaluations", search.max_evaluations, "forces and Hessian products of one search at most")
      ->check(CLI::Range(1, 1000000000))
      ->capture_default_str()
      ->type_name("N");
}

Json ActivationOptions::to_json() const {
  const CampaignPlan p = plan();
  Json out = {{"atoms", atoms},         {"shard", shard},     {"searches", p.searches}, {"successes", p.successes},
              {"attempts", p.attempts}, {"minutes", minutes}, {"saddles", saddles},     {"prefactors", prefactors}};
  for (const auto& [key, value] : search.fingerprint()) out[key] = value;
  return out;
}

CampaignPlan ActivationOptions::plan() const {
  if (successes == 0) return {searches, 0, 0};
  const int most = attempts_given_ && attempts_given_->count() > 0 ? attempts : 3 * successes;
  if (most < successes) throw Error("--attempts ", most, ": at least as many as --successes, ", successes, ", are needed");
  return {searches_given_ && searches_given_->count() > 0 ? searches : 0, successes, most};
}

std::vector<Eigen::Index> ActivationOptions::select(const Sample& sample, std::uint64_t seed) const {
  int index = 1, count = 1;
  (void)parse_shard(shard, index, count);
  if (const std::size_t wanted = parse_random(atoms); wanted > 0) {
    std::vector<Eigen::Index> out(static_cast<std::size_t>(sample.size()));
    std::iota(out.begin(), out.end(), Eigen::Index{0});
    RandomStream(seed).shuffle(out);  // the first of one order: more atoms are those of before, and others
    out.resize(std::min(wanted, out.size()));
    return tarn::shard(out, index, count);
  }
  const std::set<std::int64_t> ids(sample.ids.begin(), sample.ids.end());
  const auto ranges = atoms == "all" ? std::vector<Range>{{*ids.begin(), *ids.rbegin()}} : parse_atoms(atoms);
  for (const Range& r : ranges)
    for (const std::int64_t end : {r.first, r.last})
      if (ids.count(end) == 0)
        throw Error("--atoms ", atoms, ": the sample has no atom ", end, ": its ids go from ", *ids.begin(), " to ",
                    *ids.rbegin());
  std::vector<Eigen::Index> out;
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    const std::int64_t id = sample.ids[static_cast<std::size_t>(i)];
    if (std::any_of(ranges.begin(), ranges.end(), [&](const Range& r) { return r.first <= id && id <= r.last; }))
      out.push_back(i);
  }
  return tarn::shard(out, index, count);
}

Fingerprint ActivationOptions::fingerprint(const Job& job) const {
  Fingerprint out{{"version", TARN_VERSION},
                  {"potential", job.request["potential"].get<std::string>()},
                  {"raw-table", job.options.raw_table ? "yes" : "no"},
                  {"seed", std::to_string(job.options.seed)}};
  for (auto& entry : search.fingerprint()) out.push_back(std::move(entry));
  return out;
}

}  // namespace tarn::programs
