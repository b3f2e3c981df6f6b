#include "common/searchers.hpp"

#include <variant>

#include "tarn/core/error.hpp"
#include "tarn/core/text.hpp"
#include "tarn/landscape/atom_activation.hpp"
#include "tarn/landscape/way_out.hpp"

namespace tarn::programs {

const std::vector<std::string>& way_out_names() {
  static const std::vector<std::string> names{"frozen", "plain"};
  return names;
}

SearchChoice::SearchChoice() {
  const AtomSearchParams<> search;
  const FrozenWayOut way;
  way_out = "frozen";
  push = search.push;
  push_radius = search.push_radius;
  curvature = way.pushing.threshold;
  loose_force = search.search.loose_force;
  tight_force = search.search.tight_force;
  side_force = search.search.side_force;
  frozen_radius = way.radius;
  release_force = way.release_force;
  max_evaluations = search.search.limits.max_evaluations;
}

std::vector<std::pair<std::string, std::string>> SearchChoice::fingerprint() const {
  const auto number = [](double value) {
    std::string text;
    append_number(text, value);
    return text;
  };
  std::vector<std::pair<std::string, std::string>> out{{"way-out", way_out},
                                                       {"push", number(push)},
                                                       {"push-radius", number(push_radius)},
                                                       {"curvature", number(curvature)},
                                                       {"loose-force", number(loose_force)},
                                                       {"tight-force", number(tight_force)},
                                                       {"side-force", number(side_force)},
                                                       {"max-evaluations", std::to_string(max_evaluations)}};
  if (way_out == "frozen") {
    out.emplace_back("frozen-radius", number(frozen_radius));
    out.emplace_back("release-force", number(release_force));
  }
  return out;
}

namespace {

/// Both ways in one type: the search, which takes long to compile, is compiled once a potential.
struct EitherWayOut {
  std::variant<FrozenWayOut, PlainWayOut> way;
  template <class W>
  void operator()(W& walker, const Vector& push) const {
    std::visit([&](const auto& chosen) { chosen(walker, push); }, way);
  }
};

EitherWayOut way_out(const SearchChoice& choice) {
  if (choice.way_out == "plain") {
    PlainWayOut way;
    way.pushing.threshold = choice.curvature;
    return {way};
  }
  if (choice.way_out != "frozen") throw Error("no way out '", choice.way_out, "': there are frozen, plain");
  FrozenWayOut way;
  way.pushing.threshold = choice.curvature;
  way.radius = choice.frozen_radius;
  way.release_force = choice.release_force;
  return {way};
}

template <class P>
AnySearcher chosen(const Sample& minimum, std::shared_ptr<const P> potential, const SearchChoice& choice) {
  AtomSearchParams search;
  search.push = choice.push;
  search.push_radius = choice.push_radius;
  search.search.loose_force = choice.loose_force;
  search.search.tight_force = choice.tight_force;
  search.search.side_force = choice.side_force;
  search.search.limits.max_evaluations = choice.max_evaluations;
  auto one = std::make_shared<AtomSearcher<P, EitherWayOut>>(minimum, *potential, search, way_out(choice));
  return {[potential = std::move(potential), one = std::move(one)](Eigen::Index atom, RandomStream stream) {
    return one->find(atom, std::move(stream));
  }};
}

}  // namespace

AnySearcher make_searcher(const Sample& minimum, std::shared_ptr<const SerialEam> potential, const SearchChoice& choice) {
  return chosen(minimum, std::move(potential), choice);
}
AnySearcher make_searcher(const Sample& minimum, std::shared_ptr<const SerialLennardJones> potential,
                          const SearchChoice& choice) {
  return chosen(minimum, std::move(potential), choice);
}

}  // namespace tarn::programs
