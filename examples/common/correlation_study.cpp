#include "common/correlation_study.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "common/atom_table.hpp"
#include "tarn/core/openmp.hpp"
#include "tarn/io/write_extended_xyz.hpp"
#include "tarn/statistics/autocorrelation.hpp"
#include "tarn/statistics/binned.hpp"
#include "tarn/statistics/coarse_grain.hpp"
#include "tarn/statistics/correlation_scan.hpp"
#include "tarn/statistics/field_map.hpp"
#include "tarn/statistics/fit.hpp"
#include "tarn/statistics/groups.hpp"
#include "tarn/statistics/kernel.hpp"
#include "tarn/statistics/partial_correlation.hpp"
#include "tarn/statistics/radial_distribution.hpp"
#include "tarn/statistics/shift_null.hpp"

namespace tarn::programs {

namespace {

/// The one place where the name of a kernel becomes its type.
template <class F>
void with_kernel(const std::string& name, F&& f) {
  if (name == "gaussian")
    f(Gaussian{});
  else if (name == "exponential")
    f(Exponential{});
  else
    f(TopHat{});
}

Json optional(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

/// Whether a fit, or whatever else a small sample may refuse, can be had; else its word. What f appends to a table it appends as a whole, so that
/// nothing half done is left where it is refused.
template <class F>
Json or_word(F&& f) {
  try {
    return f();
  } catch (const Cancelled&) {
    throw;
  } catch (const Error& error) {
    return {{"word", error.what()}};
  }
}

}  // namespace

struct CorrelationStudy::Part {
  std::string barrier;
  AtomSelection atoms;  // of the whole sample
  Sample sample;        // those alone
  Vector inverse, energy;
  std::vector<AtomGroup> groups;  // of `sample`; none with fewer than 10 atoms
  Json left_out = Json::array();  // the elements that are no group, and why
};

CorrelationStudy::CorrelationStudy(const Sample& sample, const Vector& peak_ps3, std::vector<Rival> rivals,
                                   const CorrelationOptions& options, Console& console)
    : sample_(sample),
      inverse_(peak_ps3.cwiseInverse()),
      rivals_(std::move(rivals)),
      options_(options),
      console_(console),
      fields_(sample),
      pearson_({"barrier", "kernel", "element", "length_A", "pearson", "low", "high", "null_sd", "null_share",
                "effective_samples", "spearman", "spearman_low", "spearman_high", "spearman_null_share", "ends_at_half_box"}),
      autocorrelation_({"field", "barrier", "element", "r_A", "correlation", "error", "pairs"}),
      binned_({"barrier", "element", "kernel", "length_A", "inverse_boson_peak_per_ps3", "activation_eV", "error_eV", "atoms"}),
      groups_({"barrier", "element", "group", "activation_eV", "density"}),
      maps_({"barrier", "x_A", "y_A", "z_A", "inverse_boson_peak_per_ps3", "coarse_inverse_boson_peak_per_ps3", "activation_eV",
             "coarse_activation_eV"}),
      predictors_(
          {"barrier", "length_A", "predictor", "given", "pearson", "low", "high", "null_sd", "null_share", "effective_samples"}) {
  fields_.fields["inverse_boson_peak_per_ps3"] = inverse_.transpose();
  with_kernel(options_.kernels[0], [&](const auto& kernel) {
    fields_.fields["coarse_inverse_boson_peak_per_ps3"] =
        coarse_grain(sample.cell, sample.positions, inverse_.transpose(), options_.length_A, kernel, OpenMP(options_.threads))
            .values;
  });
  for (const char* key : {"barriers", "best_length", "autocorrelation", "law", "groups"}) summary_[key] = Json::array();
}

void CorrelationStudy::structure() {
  const auto g = radial_distribution(sample_);
  rdf_.add("r_A", g.r_A).add("g", g.total);
  const auto report = [&](const Vector& values) {
    const Extrema found = extrema(g.r_A, values);
    return Json{{"maxima_A", found.maxima}, {"minima_A", found.minima}};
  };
  summary_["radial_distribution"]["all"] = report(g.total);
  for (std::size_t k = 0; k < g.pairs.size(); ++k) {
    const Vector values = g.partial.col(static_cast<Eigen::Index>(k));
    rdf_.add("g_" + g.pairs[k], values);
    summary_["radial_distribution"][g.pairs[k]] = report(values);
  }
  const auto minima = extrema(g.r_A, g.total).minima;
  shell_A_ = minima.empty() ? std::min(4.0, half_box_A(sample_.cell)) : minima[0];
  autocorrelate("inverse_boson_peak", "", sample_, inverse_, inverse_, groups_by_element(sample_));
}

void CorrelationStudy::add(const ActivationField& field) {
  Part part;
  part.barrier = field.barrier;
  part.atoms = atoms_with_value(field.energy_eV);
  if (part.atoms.size() < fewest)
    throw Error(field.barrier, ": ", part.atoms.size(), " atoms have a value, ", fewest,
                " are needed: search from more atoms, or more often");
  part.sample = pick(sample_, part.atoms);
  part.inverse = pick(inverse_, part.atoms);
  part.energy.resize(part.inverse.size());
  for (std::size_t k = 0; k < part.atoms.size(); ++k)
    part.energy[static_cast<Eigen::Index>(k)] = *field.energy_eV[static_cast<std::size_t>(part.atoms[k])];
  require_spread(part.energy, field.barrier);
  require_spread(part.inverse, "the boson peak of the atoms with a value of " + field.barrier);
  for (AtomGroup& group : groups_by_element(part.sample)) {
    const Vector own = pick(part.energy, group.atoms), peak = pick(part.inverse, group.atoms);
    std::string word;
    if (group.atoms.size() < 10)
      word = std::to_string(group.atoms.size()) + " atoms have a value, too few";
    else if (own.maxCoeff() == own.minCoeff() || peak.maxCoeff() == peak.minCoeff())
      word = "a field is constant there";
    if (word.empty()) {
      part.groups.push_back(std::move(group));
    } else {
      console_.note(field.barrier + ", " + group.name + ": " + word +
                    ": no correlation of their own, and none of them in the tenths");
      part.left_out.push_back({{"element", group.name}, {"atoms", group.atoms.size()}, {"word", word}});
    }
  }
  summary_["barriers"].push_back(
      {{"barrier", field.barrier}, {"atoms_with_value", part.atoms.size()}, {"mean_eV", part.energy.mean()}});
  scan(part);
  autocorrelate("activation", part.barrier, part.sample, part.energy, part.energy, part.groups);
  autocorrelate("cross", part.barrier, part.sample, part.inverse, part.energy, part.groups);
  bin(part);
  split(part);
  predict(part);
  map(part);
}

void CorrelationStudy::scan(const Part& part) {
  const double half = half_box_A(sample_.cell);
  const Vector even = scan_lengths(sample_.cell, options_.step_A > 0 ? options_.step_A : std::max(1.0, half / 16));
  std::vector<double> lengths(even.begin(), even.end());
  if (std::ranges::find(lengths, options_.length_A) == lengths.end() && options_.length_A <= half)
    lengths.push_back(options_.length_A);
  std::ranges::sort(lengths);
  for (const std::string& name : options_.kernels)
    with_kernel(name, [&](const auto& kernel) {
      Stage stage(console_, part.barrier + ", " + name + ": shifts");
      const auto scans = correlation_scan(
          part.sample.cell, part.sample.positions, part.inverse, part.energy, part.groups,
          Eigen::Map<const Vector>(lengths.data(), static_cast<Eigen::Index>(lengths.size())), kernel,
          {.shifts = options_.shifts, .seed = options_.seed, .name_a = "1/I_BP", .name_b = "the " + part.barrier + " barrier"},
          OpenMP(options_.threads), stage.observer());
      for (const CorrelationScan& scan : scans) {
        for (const auto& at : scan.lengths)
          pearson_.add(part.barrier, name, scan.group, at.length_A, at.pearson.r, at.pearson.interval.low,
                       at.pearson.interval.high, at.pearson.sd, at.pearson.share, at.pearson.effective_samples, at.spearman,
                       at.of_ranks.interval.low, at.of_ranks.interval.high, at.of_ranks.share, at.ends_at_half_box ? 1 : 0);
        Json best = {{"barrier", part.barrier}, {"element", scan.group}, {"kernel", name}, {"atoms", scan.atoms}};
        best["length_A"] = scan.best ? Json(scan.best->length_A) : Json();
        best["low_A"] = scan.best ? Json(scan.best->low_A) : Json();
        best["high_A"] = scan.best ? Json(scan.best->high_A) : Json();
        best["pearson"] = scan.best ? Json(scan.best->r) : Json();
        best["null_share"] = scan.null_share;
        best["word"] = scan.word;
        summary_["best_length"].push_back(std::move(best));
      }
    });
}

void CorrelationStudy::autocorrelate(const std::string& field, const std::string& barrier, const Sample& sample, const Vector& a,
                                     const Vector& b, const std::vector<AtomGroup>& groups) {
  const OpenMP executor(options_.threads);
  const auto put = [&](const std::string& name, const std::string& element, const Sample& some, const Vector& x, const Vector& y,
                       const std::vector<int>& species) {
    Json fits = {{"field", name}, {"barrier", barrier}, {"element", element}};
    fits.update(or_word([&] {
      const auto c = pair_correlation(some.cell, some.positions, x, y, {}, species, executor);
      RowTable rows = autocorrelation_.without_rows();
      for (Eigen::Index k = 0; k < c.r_A.size(); ++k)
        rows.add(name, barrier, element, c.r_A[k], c.correlation[k], c.error[k], c.pairs[static_cast<std::size_t>(k)]);
      autocorrelation_.append(rows);
      Json out = Json::object();
      out["at_paper_length"] = or_word([&] {
        const auto at = correlation_at(c, 5.9);
        return Json{{"r_A", 5.9}, {"correlation", at.value}, {"error", at.error}, {"paper", std::exp(-3)}};
      });
      AtomSelection used;
      for (Eigen::Index k = 1; k < c.r_A.size(); ++k)
        if (c.error[k] > 0) used.push_back(k);
      for (const bool free : {true, false})
        out[free ? "free" : "fixed"] = or_word([&] {
          const auto fit = fit_exponential(c.r_A(used), c.correlation(used), c.error(used),
                                           free ? std::nullopt : std::optional(1.0), c.without(Eigen::all, used));
          return Json{{"amplitude", fit.amplitude}, {"amplitude_error", fit.amplitude_error},
                      {"xi_A", fit.xi_A},           {"xi_error_A", fit.xi_error_A},
                      {"chi2", fit.chi2},           {"points", fit.points}};
        });
      return out;
    }));
    summary_["autocorrelation"].push_back(std::move(fits));
  };
  put(field, "all", sample, a, b, {});
  if (groups.size() > 2) put(field + "_from_element_mean", "all", sample, a, b, sample.species);
  for (const AtomGroup& group : groups)
    if (group.name != "all") put(field, group.name, pick(sample, group.atoms), pick(a, group.atoms), pick(b, group.atoms), {});
}

void CorrelationStudy::bin(const Part& part) {
  for (const double length : {0.0, options_.length_A})
    with_kernel(options_.kernels[0], [&](const auto& kernel) {
      if (length > half_box_A(sample_.cell)) return;
      Matrix both(2, part.energy.size());
      both << part.inverse.transpose(), part.energy.transpose();
      const Matrix averaged =
          coarse_grain(part.sample.cell, part.sample.positions, both, length, kernel, OpenMP(options_.threads)).values;
      for (const AtomGroup& group : part.groups) {
        const Vector x = averaged.row(0)(group.atoms).transpose(), y = averaged.row(1)(group.atoms).transpose();
        Json law = {{"barrier", part.barrier}, {"element", group.name}, {"kernel", options_.kernels[0]}, {"length_A", length}};
        law.update(or_word([&] {
          const auto means = binned_means(x, y);
          RowTable rows = binned_.without_rows();
          for (Eigen::Index k = 0; k < means.x.size(); ++k)
            rows.add(part.barrier, group.name, options_.kernels[0], length, means.x[k], means.y[k], means.error[k],
                     means.atoms[static_cast<std::size_t>(k)]);
          binned_.append(rows);  // the means stand whatever becomes of the fits
          const Vector errors = means.error.minCoeff() > 0 ? means.error : Vector();
          const auto line = fit_power(means.x, means.y, errors, 1.0), free = fit_power(means.x, means.y, errors);
          // averaged atoms share their companions and are no samples of their own: the bins scatter less than b does from sample to
          // sample, 4.7 times at 5.9 Å, so errors, intervals and χ² by them mean nothing
          const auto told = [&](const std::optional<double>& value) { return length > 0 ? Json() : optional(value); };
          return Json{{"linear",
                       {{"a_eV", line.a},
                        {"a_error_eV", told(line.a_error)},
                        {"b_eV_ps3", line.b},
                        {"b_error_eV_ps3", told(line.b_error)},
                        {"chi2", told(line.chi2)}}},
                      {"power",
                       {{"a_eV", free.a},
                        {"b", free.b},
                        {"p", free.p},
                        {"p_low", told(free.p_low)},
                        {"p_high", told(free.p_high)},
                        {"chi2", told(free.chi2)}}},
                      {"bins", free.points}};
        }));
        summary_["law"].push_back(std::move(law));
      }
    });
}

void CorrelationStudy::split(const Part& part) {
  const Vectors shifts = random_shifts(part.sample.cell, options_.shifts, options_.seed);
  // highest and lowest I_BP are lowest and highest 1/I_BP, within each element; after a shift an atom takes the value of the nearest of its element
  Extremes all;
  Vector all_shifted_high = Vector::Zero(shifts.cols()), all_shifted_low = all_shifted_high;
  const auto put = [&](const std::string& element, const Extremes& found, const Vector& shifted) {
    const Vector high = pick(part.energy, found.lowest), low = pick(part.energy, found.highest);
    Json out = {{"barrier", part.barrier}, {"element", element}};
    if (element == "all") out["left_out"] = part.left_out;
    out.update(or_word([&] {
      const auto test = mann_whitney(high, low);
      const double difference = high.mean() - low.mean();
      const double share = (1 + static_cast<double>((shifted.array().abs() >= std::abs(difference)).count())) /
                           (static_cast<double>(shifted.size()) + 1);
      return Json{{"atoms", high.size() + low.size()},
                  {"highest_mean_eV", high.mean()},
                  {"lowest_mean_eV", low.mean()},
                  {"difference_eV", difference},
                  {"u", test.u},
                  {"z", test.z},
                  {"p_value", test.p},
                  {"exact", test.exact},
                  {"effect_size", test.superiority},
                  {"null_share", share}};
    }));
    summary_["groups"].push_back(std::move(out));
    const double lowest = part.energy.minCoeff(), top = part.energy.maxCoeff();
    const int bins = std::clamp(static_cast<int>(std::sqrt(static_cast<double>(high.size() + low.size()))), 5, 40);
    for (const auto& [name, values] : {std::pair("highest", high), std::pair("lowest", low)}) {
      const auto density = histogram(values, lowest, top, bins);
      for (int k = 0; k < bins; ++k) groups_.add(part.barrier, element, name, density.centre[k], density.density[k]);
    }
  };
  if (part.groups.size() == 1) {  // tenths of all elements together would tell the elements apart, and nothing else
    summary_["groups"].push_back({{"barrier", part.barrier},
                                  {"element", "all"},
                                  {"left_out", part.left_out},
                                  {"word", "no element has tenths of its own"}});
    return;
  }
  std::vector<std::function<void()>> later;  // the elements' rows follow that of all
  for (const AtomGroup& group : part.groups) {
    if (group.name == "all") continue;
    const Extremes found = extremes(part.inverse, group.atoms);
    const NearestAtom nearest(part.sample.cell, part.sample.positions(Eigen::all, group.atoms));
    const Vector own = pick(part.energy, group.atoms);
    const auto sum_at = [&](const AtomSelection& some, Eigen::Index s) {
      const Vectors points = part.sample.positions(Eigen::all, some).colwise() + shifts.col(s);
      double sum = 0;
      for (const Eigen::Index k : nearest(points)) sum += own[k];
      return sum;
    };
    Vector shifted(shifts.cols());
    OpenMP(options_.threads).for_each(static_cast<std::size_t>(shifts.cols()), [&](std::size_t task) {
      const auto s = static_cast<Eigen::Index>(task);
      const double high = sum_at(found.lowest, s), low = sum_at(found.highest, s);
      all_shifted_high[s] += high, all_shifted_low[s] += low;
      shifted[s] = high / static_cast<double>(found.lowest.size()) - low / static_cast<double>(found.highest.size());
    });
    all.lowest.insert(all.lowest.end(), found.lowest.begin(), found.lowest.end());
    all.highest.insert(all.highest.end(), found.highest.begin(), found.highest.end());
    later.push_back([put, name = group.name, found, shifted] { put(name, found, shifted); });
  }
  put("all", all,
      all_shifted_high / static_cast<double>(all.lowest.size()) - all_shifted_low / static_cast<double>(all.highest.size()));
  for (const auto& row : later) row();
}

void CorrelationStudy::predict(const Part& part) {
  // Fields are freed of what is given atom by atom, then averaged: the residuals are fields like any other.
  const Sample& sample = part.sample;
  const Matrix composition = composition_controls(sample_, shell_A_)(Eigen::all, part.atoms);
  struct Predictor {
    std::string name;
    Vector values;
  };
  std::vector<Predictor> predictors{{"inverse_boson_peak_per_ps3", part.inverse}};
  for (const Rival& rival : rivals_) predictors.push_back({rival.name, pick(rival.values, part.atoms)});
  struct Row {
    std::string predictor, given;
  };
  std::vector<Row> rows;
  std::vector<Vector> a, b;
  const auto put = [&](const Predictor& p, const std::string& given, const Matrix& controls) {
    const Json word = or_word([&] {
      Vector x = regress_out(p.values, controls), y = regress_out(part.energy, controls);
      require_spread(x, p.name);
      a.push_back(std::move(x)), b.push_back(std::move(y));
      rows.push_back({p.name, given});
      return Json();
    });
    if (!word.is_null()) console_.note(part.barrier + ", " + p.name + " given " + given + ": " + word["word"].get<std::string>());
  };
  for (const Predictor& p : predictors) {
    put(p, "nothing", Matrix(0, sample.size()));
    put(p, "element_and_composition", composition);
    for (const Predictor& other : predictors) {
      if (&other == &p) continue;
      Matrix controls(composition.rows() + 1, composition.cols());
      controls << composition, other.values.transpose() / other.values.cwiseAbs().maxCoeff();
      put(p, "element_and_composition_and_" + other.name, controls);
    }
  }
  if (rows.empty()) return;
  Matrix all_a(static_cast<Eigen::Index>(rows.size()), sample.size()), all_b = all_a;
  for (std::size_t k = 0; k < rows.size(); ++k)
    all_a.row(static_cast<Eigen::Index>(k)) = a[k].transpose(), all_b.row(static_cast<Eigen::Index>(k)) = b[k].transpose();
  AtomGroup everybody{"all", {}};
  for (Eigen::Index i = 0; i < sample.size(); ++i) everybody.atoms.push_back(i);
  const OpenMP executor(options_.threads);
  const Eigen::MatrixXi places =
      shifted_atoms(sample.cell, sample.positions, random_shifts(sample.cell, options_.shifts, options_.seed), executor);
  for (const double length : {0.0, options_.length_A})
    with_kernel(options_.kernels[0], [&]<class K>(const K& kernel) {
      if (length > half_box_A(sample.cell)) return;
      const auto averaged = [&](const Matrix& fields) {
        return coarse_grain(sample.cell, sample.positions, fields, length, kernel, executor).values;
      };
      const Matrix here = averaged(all_a), other = averaged(all_b);
      for (std::size_t k = 0; k < rows.size(); ++k) {
        const auto row = static_cast<Eigen::Index>(k);
        const Matrix moved = averaged(shifted_field(all_b.row(row).transpose(), places));
        const auto shifted = shifted_correlations(here.row(row).transpose(), moved, {everybody}, false, executor);
        const ShiftNull null = shift_null(pearson(here.row(row), other.row(row)), shifted.pearson.col(0), everybody.atoms.size());
        predictors_.add(part.barrier, length, rows[k].predictor, rows[k].given, null.r, null.interval.low, null.interval.high,
                        null.sd, null.share, null.effective_samples);
      }
    });
}

void CorrelationStudy::map(const Part& part) {
  const MapPoints slice = slice_points(sample_.cell, 2, 0.5, options_.map_step_A);
  const OpenMP executor(options_.threads);
  with_kernel(options_.kernels[0], [&]<class K>(const K& kernel) {
    const auto field = [&](const Sample& sample, const Vector& values, double length, const Vectors& points) {
      return coarse_grain(sample.cell, sample.positions, values.transpose(), length, points, kernel, executor).values;
    };
    const Matrix raw_x = field(sample_, inverse_, 0, slice.positions),
                 x = field(sample_, inverse_, options_.length_A, slice.positions);
    const Matrix raw_y = field(part.sample, part.energy, 0, slice.positions),
                 y = field(part.sample, part.energy, options_.length_A, slice.positions);
    for (Eigen::Index k = 0; k < slice.positions.cols(); ++k)
      maps_.add(part.barrier, slice.positions(0, k), slice.positions(1, k), slice.positions(2, k), raw_x(0, k), x(0, k),
                raw_y(0, k), y(0, k));
    fields_.fields["coarse_" + part.barrier + "_eV"] = field(part.sample, part.energy, options_.length_A, sample_.positions);
  });
  Matrix own = Matrix::Zero(1, sample_.size()), known = own;
  for (std::size_t k = 0; k < part.atoms.size(); ++k)
    own(0, part.atoms[k]) = part.energy[static_cast<Eigen::Index>(k)], known(0, part.atoms[k]) = 1;
  fields_.fields[part.barrier + "_eV"] = own;
  fields_.fields[part.barrier + "_known"] = known;
}

std::vector<std::string> CorrelationStudy::write(ResultFolder& folder) const {
  write_csv(folder / "pearson.csv", pearson_.csv());
  write_csv(folder / "autocorrelation.csv", autocorrelation_.csv());
  write_csv(folder / "binned.csv", binned_.csv());
  write_csv(folder / "groups.csv", groups_.csv());
  write_csv(folder / "maps.csv", maps_.csv());
  write_csv(folder / "predictors.csv", predictors_.csv());
  write_csv(folder / "rdf.csv", rdf_);
  write_extended_xyz(folder / "fields.extxyz", fields_);
  return {"pearson.csv", "autocorrelation.csv", "binned.csv", "groups.csv",
          "maps.csv",    "predictors.csv",      "rdf.csv",    "fields.extxyz"};
}

}  // namespace tarn::programs
