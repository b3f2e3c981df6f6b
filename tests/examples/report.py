"""What the report says of numbers that are known: a study written here, with a correlation or without one, and single numbers of every kind.

ctest gives TARN_SOURCE (the folder of the sources); no program is run.
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

SOURCE = os.environ["TARN_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "examples"))  # before this file's own folder: there is a package of this file's name


def write(path, head, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([head.split(","), *rows])


def cell(x):
    return "" if x is None or not np.isfinite(x) else repr(float(x))


class Invented:
    """A study of a jittered fcc lattice whose 1/I_BP and barriers are invented: smooth fields, ΔQ = 1 eV + slope · z(1/I_BP) + noise."""

    def __init__(self, folder, slope=0.15, cells=4, searches=3, seed=1, own=0.5):
        rng = self.rng = np.random.default_rng(seed)
        self.folder, a = folder, 4.08
        base = np.array([(0, 0, 0), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)])
        grid = np.stack(np.meshgrid(*[np.arange(cells)] * 3, indexing="ij"), -1).reshape(-1, 3)
        self.side, self.x = a * cells, a * (grid[:, None] + base[None] + 0.25).reshape(-1, 3)
        self.x += rng.normal(0, 0.25, self.x.shape)
        self.x %= self.side
        self.n = len(self.x)
        self.element = np.where(rng.random(self.n) < 0.5, "Cu", "Zr")
        d = self.x[:, None] - self.x[None]
        d -= self.side * np.rint(d / self.side)
        self.r = np.sqrt((d.astype(np.float32) ** 2).sum(-1))
        smooth = self.mean_within(rng.normal(size=self.n), 3.4)
        z = (smooth - smooth.mean()) / smooth.std()
        self.inverse = self.n * 800.0 * np.exp(0.28 * z + np.where(self.element == "Cu", 0.0, 0.12))  # ps⁻³
        z = (self.inverse - self.inverse.mean()) / self.inverse.std()
        other = self.mean_within(rng.normal(size=self.n), 3.4)
        truth = 1.0 + slope * z + 0.1 * (other - other.mean()) / other.std()
        self.truth = np.maximum(truth, 0.05)
        self.searches, self.own_share = searches, own
        self.vibrations()
        self.activation()

    def mean_within(self, field, length):
        out, weight = np.zeros(self.n), self.r <= length
        good = np.isfinite(field)
        count = weight[:, good].sum(1)
        out = np.full(self.n, np.nan)
        out[count > 0] = (weight[:, good] @ field[good])[count > 0] / count[count > 0]
        return out

    def vibrations(self):
        base, rng, n = os.path.join(self.folder, "vibrations"), self.rng, self.n
        omega = np.sort(np.concatenate([np.zeros(3), 2.5 + 45 * rng.beta(2, 2.2, 3 * n - 3)]))
        write(f"{base}/modes.csv", "mode,omega_rad_per_ps,participation_ratio,phonon_weight", [(k + 1, w, rng.uniform(0.1, 0.6), rng.uniform(0, 0.3)) for k, w in enumerate(omega)])
        grid = np.arange(0, 50, 0.25)
        g = np.exp(-0.5 * ((grid[:, None] - omega[None, 3:]) / 0.35) ** 2).sum(1) / (0.35 * np.sqrt(2 * np.pi) * 3 * n)
        write(f"{base}/dos.csv", "omega_rad_per_ps,g_ps,reduced_ps3,g_Cu_ps,g_Zr_ps", [(w, y, y / max(w, 0.1) ** 2, 0.5 * y, 0.5 * y) for w, y in zip(grid, g)])
        self.msd = 1e-5 * (self.n * 800 / self.inverse) ** 0.8 * np.exp(rng.normal(0, 0.15, n))
        write(f"{base}/atoms.csv", "id,element,x_A,y_A,z_A,boson_peak_ps3,omega_at_peak_rad_per_ps,at_sample_peak_ps3,msd_A2_per_K",
              [(i + 1, self.element[i], *self.x[i], 1 / self.inverse[i], rng.uniform(2, 9), 0.7 / self.inverse[i], self.msd[i]) for i in range(n)])
        self.json(base, {"program": "tarn-vibrations", "version": "0", "atoms": n, "modes_computed": 3 * n, "zero_modes": 3, "unstable_modes": 0, "boson_peak_ps3": 2.5e-4,
                         "boson_peak_omega_rad_per_ps": 3.0, "peak_resolved": False, "omega_1_rad_per_ps": 4.5, "cell_A": np.diag([self.side] * 3).tolist(), "options": {}, "sample": {"file": "invented.data"}})

    def json(self, base, tree):
        os.makedirs(base, exist_ok=True)
        sizes = {name: os.path.getsize(f"{base}/{name}") for name in os.listdir(base) if name.endswith(".csv")}
        with open(f"{base}/summary.json", "w") as file:
            json.dump(tree | {"files": sizes}, file)

    def activation(self):
        base, rng, rows = os.path.join(self.folder, "activation"), self.rng, []
        self.values = {name: [[] for _ in range(self.n)] for name in ("loose", "tight", "own")}
        ends = ("no_negative_curvature", "back_in_basin", "other_basin", "not_converged", "higher_order", "explosion")
        for i in range(self.n):
            for s in range(self.searches):
                q = self.truth[i] * np.exp(rng.normal(0, 0.25))
                found, loose = rng.random() < 0.7, rng.random() < 0.85
                mine = found and rng.random() < self.own_share
                tight = q - min(0.03, 0.3 * q)
                for name, known, value in (("loose", loose, q), ("tight", found, tight), ("own", mine, tight)):
                    if known:
                        self.values[name][i].append(value)
                connected = ("initial" if rng.random() < 0.6 else "twin") if mine else ("no" if rng.random() < 0.7 else "initial")
                rows.append((i + 1, s, "saddle" if found else ends[rng.choice(6, p=(0.2, 0.3, 0.2, 0.2, 0.08, 0.02))], cell(q if loose else None), cell(tight if found else None), cell(8e-4 if found else None),
                             cell(-0.4 if found else None), cell(0.1 if found else None), connected if found else "", int(mine) if found else "", cell(0.8 if mine else 0.05 if found else None),
                             rng.integers(2, 30) if found else "", cell(0.6 * q if found else None), rng.integers(0, 2 * self.n) if found else "", rng.integers(120, 900)))
        write(f"{base}/events.csv", "atom,search,status,loose_barrier_eV,barrier_eV,max_force_eV_per_A,lowest_eigenvalue_eV_per_A2,second_eigenvalue_eV_per_A2,connected,own,centre_moved_A,"
              "atoms_moved,other_side_eV,event,evaluations", rows)
        self.mean = {name: np.array([np.mean(v) if v else np.nan for v in lists]) for name, lists in self.values.items()}
        write(f"{base}/atoms.csv", "id,element,x_A,y_A,z_A,searches," + ",".join(f"{b}_eV,{b}_sd_eV,{b}_count" for b in self.values),
              [(i + 1, self.element[i], *self.x[i], self.searches, *(c for b in self.values for c in (cell(self.mean[b][i]), cell(np.std(self.values[b][i], ddof=1) if len(self.values[b][i]) > 1 else None),
                                                                                                 len(self.values[b][i])))) for i in range(self.n)])
        tries = {b: [x for x in sum(lists, [])] for b, lists in self.values.items()}
        first = {b: [x[0] for x in lists if x] for b, lists in self.values.items()}
        moments = lambda x: {"mean": float(np.mean(x)), "sd": float(np.std(x, ddof=1)), "n": len(x)} if len(x) > 1 else {"mean": None, "sd": None, "n": len(x)}  # noqa: E731
        barriers = {b: {"count": len(tries[b]), "tries": {"mean_eV": moments(tries[b])["mean"], "sd_eV": moments(tries[b])["sd"], "count": len(tries[b])},
                        "retry": {"mean_of_atoms_eV": moments(first[b])["mean"], "sd_of_atoms_eV": moments(first[b])["sd"], "atoms": len(first[b])}} for b in self.values}
        self.json(base, {"program": "tarn-activation", "version": "0", "searches": len(rows), "barriers": barriers, "counting": {"tries": self.searches, "retry_successes": 1, "retry_attempts": self.searches},
                         "evaluations": {k: {"total": 100} for k in ("way_out", "following", "refining", "order", "sides")} | {"all": {"total": 500}},
                         "events": {"distinct": 70, "found": 200, "once": 30, "twice": 10, "unseen_at_least": 45.0, "sd": 12.0, "coverage": 0.85}})
        self.correlation()

    def pearson_rows(self, rng):
        """r against L with the top hat; the null's spread as of as many independent regions as fit the box (rough, and enough for pictures)."""
        rows = []
        for barrier, q in self.mean.items():
            for length in sorted({5.9, *np.arange(0, 0.5 * self.side, 0.5 if self.n > 1000 else 0.95)}):
                x, y = (self.mean_within(np.where(np.isfinite(q), f, np.nan), length + 1e-9) for f in (self.inverse, q))
                for element in ("all", "Cu", "Zr"):
                    mine = np.isfinite(q) & ((self.element == element) | (element == "all"))
                    r = np.corrcoef(x[mine], y[mine])[0, 1] if mine.sum() > 3 else np.nan
                    alike = max(1.0, 4 / 3 * np.pi * max(length, 2.5) ** 3 * self.n / self.side**3 / 6)
                    n = max(4.0, mine.sum() / alike)
                    sd = 1 / np.sqrt(n - 1)
                    z, half = np.arctanh(np.clip(r, -0.999, 0.999)), 1.96 / np.sqrt(max(n - 3, 1))
                    share = float(np.mean(np.abs(rng.normal(0, sd, 999)) >= abs(r)))
                    for kernel in ("top_hat", "gaussian", "exponential"):
                        rows.append((barrier, kernel, element, length, *map(cell, (r * (1 if kernel == "top_hat" else 0.95), np.tanh(z - half), np.tanh(z + half), sd, share, n, r))))
        return rows

    def correlation(self):
        base, rng = os.path.join(self.folder, "correlation"), self.rng
        write(f"{base}/pearson.csv", "barrier,kernel,element,length_A,pearson,low,high,null_sd,null_share,effective_samples,spearman", self.pearson_rows(rng))
        auto, laws, binned, groups, tests = [], [], [], [], []
        bins = np.arange(0, 0.5 * self.side, 0.8)
        upper = np.triu_indices(self.n, 1)
        for field, barrier, f in [("inverse_boson_peak", "", self.inverse), *(("activation", b, q) for b, q in self.mean.items())]:
            good = np.isfinite(f)
            if not good.any():
                continue
            d = np.where(good, f - f[good].mean(), 0)
            which = np.digitize(self.r[upper], bins)
            for k in range(1, len(bins)):
                at = which == k
                i, j = upper[0][at], upper[1][at]
                both = good[i] & good[j]
                if both.any():
                    auto.append((field, barrier, "all", bins[k - 1] + 0.4, *map(cell, ((d[i] * d[j])[both].mean() / d[good].var(), 2 / np.sqrt(self.n / 8))), int(both.sum())))
        for barrier, q in self.mean.items():
            for element in ("all", "Cu", "Zr"):
                mine = np.nonzero(np.isfinite(q) & ((self.element == element) | (element == "all")))[0]
                if len(mine) < 20:
                    continue
                mine = mine[np.argsort(self.inverse[mine])]
                parts = np.array_split(mine, max(4, len(mine) // 100))
                points = [(self.inverse[p].mean(), q[p].mean(), q[p].std(ddof=1) / np.sqrt(len(p)), len(p)) for p in parts]
                binned += [(barrier, element, "top_hat", 0.0, *point) for point in points]
                x, y, e, _ = np.array(points).T
                b, a = np.polyfit(x, y, 1, w=1 / e)
                laws.append({"barrier": barrier, "element": element, "kernel": "top_hat", "length_A": 0.0, "linear": {"a_eV": a, "b_eV_ps3": b}, "power": {"a_eV": a, "b": b, "p": 1.0, "p_low": 0.2, "p_high": 2.1}})
                tenth = max(5, len(mine) // 10)
                edges = np.linspace(np.nanmin(q), np.nanmax(q), 13)
                for group, p in (("highest", mine[:tenth]), ("lowest", mine[-tenth:])):
                    groups += [(barrier, element, group, *pair) for pair in zip(0.5 * (edges[1:] + edges[:-1]), np.histogram(q[p], edges, density=True)[0])]
                tests.append({"barrier": barrier, "element": element, "difference_eV": q[mine[:tenth]].mean() - q[mine[-tenth:]].mean(), "null_share": 0.005, "p_value": 1e-4, "effect_size": 0.3,
                              "atoms": 2 * tenth})
        write(f"{base}/autocorrelation.csv", "field,barrier,element,r_A,correlation,error,pairs", auto)
        write(f"{base}/binned.csv", "barrier,element,kernel,length_A,inverse_boson_peak_per_ps3,activation_eV,error_eV,atoms", binned)
        write(f"{base}/groups.csv", "barrier,element,group,activation_eV,density", groups)
        fits = [{"field": f, "barrier": b, "element": "all", "at_paper_length": {"correlation": 0.05, "error": 0.01}, "free": {"amplitude": 0.7, "xi_A": 2.5, "xi_error_A": 0.2}, "fixed": {"xi_A": 2.0, "xi_error_A": 0.1}} for f, b in
                [("inverse_boson_peak", ""), *(("activation", b) for b in self.mean)]]
        given = {"inverse_boson_peak_per_ps3": ("nothing", "element_and_composition", "element_and_composition_and_msd_A2_per_K"),
                 "msd_A2_per_K": ("nothing", "element_and_composition", "element_and_composition_and_inverse_boson_peak_per_ps3")}
        write(f"{base}/predictors.csv", "barrier,length_A,predictor,given,pearson,low,high,null_sd,null_share,effective_samples",
              [(b, length, p, g, s * 0.3, s * 0.3 - 0.15, s * 0.3 + 0.15, 0.1, 0.005, 90) for b in self.mean for length in (0.0, 5.9) for p, s in (("inverse_boson_peak_per_ps3", 1), ("msd_A2_per_K", -1))
               for g in given[p]])
        self.json(base, {"program": "tarn-correlation", "version": "0", "radial_distribution": {"all": {"maxima_A": [2.7], "minima_A": [3.6, 6.33]}}, "law": laws, "groups": tests, "autocorrelation": fits, "best_length": [{"barrier": b, "element": "all", "length_A": 5.5, "low_A": 4.0, "high_A": 7.5} for b in self.mean]})


def pearson_table(values):
    """(barrier, element, length) → (r, low, high, null_sd, null_share, effective_samples) as the columns of pearson.csv."""
    names = ("pearson", "low", "high", "null_sd", "null_share", "effective_samples")
    keys = list(values)
    out = {"barrier": np.array([k[0] for k in keys]), "element": np.array([k[1] for k in keys]), "length_A": np.array([k[2] for k in keys], float), "kernel": np.array(["top_hat"] * len(keys))}
    return out | {name: np.array([values[k][j] for k in keys], float) for j, name in enumerate(names)}


KINDS = {"positive": (0.6, 0.4, 0.75, 0.1, 0.0, 80), "negative": (-0.6, -0.75, -0.4, 0.1, 0.0, 80), "weakly negative": (-0.46, -0.72, -0.07, 0.2, 0.02, 25), "null": (0.1, -0.1, 0.3, 0.12, 0.4, 80), "few": (0.8, 0.3, 0.95, 0.4, 0.01, 6),
         "missing": (np.nan,) * 6, "hint": (0.46, 0.07, 0.72, 0.2, 0.02, 25), "tried thrice": (0.3, 0.05, 0.5, 0.1, 0.04, 80), "large by chance": (0.9, 0.8, 0.95, 0.5, 0.3, 80), "interval holds 0": (0.3, -0.02, 0.6, 0.1, 0.01, 80)}


def correlation(all_=("positive",) * 3, elements=("positive",) * 3, summary=None):
    """A Correlation whose r, at every length, are of these kinds by the loose, tight and own barrier."""
    from report.landscape import BARRIERS, Correlation
    rows = {(b, e, length): KINDS[kind] for e, kinds in (("all", all_), ("Cu", elements), ("Zr", elements)) for b, kind in zip(BARRIERS, kinds) for length in (0.0, 5.9)}
    return Correlation("", summary or {}, pearson_table(rows), {}, {}, {}, {}, {})


def plain(html):
    return re.sub(r"<[^>]*>", "", " ".join(html) if not isinstance(html, str) else html)


class Words(unittest.TestCase):
    """The words follow from the numbers, whatever they are."""

    def test_a_single_correlation(self):
        from report import evidence
        expect = {"large by chance": "null", "interval holds 0": "null", "hint": "positive", "weakly negative": "negative", "tried thrice": "positive"}
        for name, numbers in KINDS.items():
            found = evidence.judge(dict(zip(("pearson", "low", "high", "null_sd", "null_share", "effective_samples"), numbers)))
            self.assertEqual(found.kind, expect.get(name, name), name)
            self.assertEqual(found.firm, name in ("positive", "negative"))
            if name not in ("missing", "few", "hint", "weakly negative"):
                self.assertIn("N<sub>eff</sub> = 80", found.words)
        self.assertEqual(evidence.judge(None).kind, "missing")
        for n in (9, 29, 30):
            words = evidence.judge(dict(pearson=0.6, low=0.4, high=0.7, null_sd=0.1, null_share=0.0, effective_samples=n)).words
            self.assertEqual(("cannot tell" in words, ", few" in words), (n == 9, n == 29))

    def test_the_headline(self):
        from report import claims
        cases = ((("positive",) * 3, False, "shallower where the boson peak is large, by all three"), (("negative",) * 3, True, "deeper, not shallower"), (("null",) * 3, True, "No correlation"),
                 (("few",) * 3, True, "cannot tell"), (("missing",) * 3, True, "cannot tell"), (("positive", "null", "missing"), True, "by the loose barrier; not shown by the tight and own"),
                 (("positive", "negative", "null"), True, "deeper by the tight barrier"), (("negative", "null", "null"), True, "deeper, not shallower"), (("large by chance",) * 3, True, "No correlation"), (("interval holds 0", "few", "few"), True, "No correlation"), (("hint", "null", "missing"), True, "A hint, no more"), (("tried thrice",) * 3, True, "A hint, no more"), (("weakly negative", "hint", "few"), True, "shallower by the tight barrier and deeper by the loose barrier"),
                 (("positive", "hint", "null"), True, "by the loose barrier; not shown by the tight and own"))
        for kinds, unsure, says in cases:
            open_, title, text = claims.headline(correlation(kinds, ("null",) * 3 if "positive" not in kinds else ("positive",) * 3))
            self.assertEqual(open_, unsure, kinds)
            self.assertIn(says, title, kinds)
            if "positive" not in kinds:
                self.assertFalse(title.startswith("Basins are shallower"), title)
            if not {"positive", "hint", "tried thrice"} & set(kinds):
                self.assertNotIn("shallower where", title)
                self.assertNotIn("positive within", plain(text))

    def test_elements_that_differ_hide_no_finding(self):
        from report import claims
        open_, title, text = claims.headline(correlation(("null",) * 3, ("null", "positive", "tried thrice")))
        self.assertTrue(open_)
        self.assertIn("those of one element do: a hint", title)
        for said in ("Cu, tight, atom by atom", "Zr, tight, averaged within 5.9 Å"):
            self.assertIn(said, plain(text))
        self.assertNotIn("own, atom by atom", plain(text))  # too common a chance for as many as are tried

    def test_elements_that_differ_make_no_finding(self):
        from report import claims
        open_, _, text = claims.headline(correlation(elements=("null",) * 3))
        self.assertTrue(open_)
        self.assertIn("no element by itself shows it", plain(text))
        open_, _, text = claims.headline(correlation(elements=("positive", "positive", "null")))
        self.assertIn("within Cu and Zr too, by the loose and tight barriers", plain(text))
        self.assertIn("By the own barrier no element by itself", plain(text))

    def test_tags(self):
        from report import claims
        for kinds, tag in ((("positive",) * 3, ">shown<"), (("null",) * 3, ">not shown<"), (("negative", "null", "null"), ">the opposite sign<"), (("positive", "null", "few"), ">by some definitions<"),
                           (("few", "few", "missing"), ">this sample cannot tell<"), (("positive", "negative", "null"), ">contradictory<"), (("hint", "null", "missing"), ">a hint<"), (("tried thrice",) * 3, ">a hint<"), (("positive", "positive", "tried thrice"), ">shown, with care<")):
            self.assertIn(tag, claims.correlation_row(correlation(kinds), "", "all", 5.9, "")[3], kinds)

    def test_no_best_length_without_samples_or_without_a_correlation(self):
        from report import claims
        best = {"best_length": [{"barrier": b, "element": "all", "length_A": 5.0, "low_A": 4.0, "high_A": 5.5} for b in ("loose", "tight", "own")]}
        told = claims.best_length_row(self.near(best, KINDS["positive"]))
        self.assertIn("5.0 Å (4.0 to 5.5)", told[2])
        self.assertIn("leaves out 5.9 Å", told[3])
        for numbers, says in ((KINDS["null"], "no positive correlation"), (KINDS["negative"], "no positive correlation"), ((0.8, 0.6, 0.9, 0.1, 0.0, 29), "N<sub>eff</sub> = 29, under 30"), (KINDS["missing"], "too few atoms")):
            row = claims.best_length_row(self.near(best, numbers))
            self.assertNotIn("5.0", row[2])
            self.assertIn("cannot tell", row[3])
            self.assertIn(says, row[3])

    def near(self, summary, numbers):
        c = correlation(summary=summary)
        c.pearson = pearson_table({(b, "all", length): numbers for b in ("loose", "tight", "own") for length in (0.0, 5.0, 5.9)})
        return c

    def test_the_law_needs_a_correlation_of_single_atoms(self):
        from report import claims
        law = {"law": [{"barrier": b, "element": "all", "length_A": 0.0, "linear": {"a_eV": 0.5, "b_eV_ps3": 1e-6}, "power": {"a_eV": 0.5, "b": 1e-6, "p": 1.0, "p_low": 0.6, "p_high": 1.5}} for b in ("loose", "tight", "own")]}
        self.assertIn("a power of 1 lies inside 0.6 to 1.5", claims.law_row(correlation(summary=law))[3])
        self.assertIn("no law of all atoms to speak of", claims.law_row(correlation(("null",) * 3, summary=law))[3])
        self.assertIn("of the opposite sign", claims.law_row(correlation(("negative",) * 3, summary=law))[3])
        self.assertIn("not computed", claims.law_row(correlation(("missing",) * 3, summary=law))[3])

    def test_what_is_left_when_softness_is_held_fixed(self):
        from report import claims, rivals
        peak, softness = "inverse_boson_peak_per_ps3", "msd_A2_per_K"
        both = [(peak, f"element_and_composition_and_{softness}"), (softness, f"element_and_composition_and_{peak}")]
        for kinds, tags in ((("positive", "negative"), (">shown<", ">shown<")), (("null", "negative"), (">not shown<", ">shown<")), (("negative", "positive"), (">the opposite sign<", ">the opposite sign<")),
                            (("few", "missing"), (">this sample cannot tell<", ">this sample cannot tell<"))):
            c = correlation()
            lines = [(b, *pair, kind) for b in ("loose", "tight", "own") for pair, kind in zip(both, kinds)]
            c.predictors = {"barrier": np.array([x[0] for x in lines]), "predictor": np.array([x[1] for x in lines]), "given": np.array([x[2] for x in lines]), "length_A": np.full(len(lines), 5.9)}
            for k, name in enumerate(("pearson", "low", "high", "null_sd", "null_share", "effective_samples")):
                c.predictors[name] = np.array([KINDS[x[3]][k] for x in lines], float)
            rows = list(rivals.rows(c, ("loose", "tight", "own"), claims.lines, claims.tag))
            self.assertEqual(len(rows), 2)
            for row, tag in zip(rows, tags):
                self.assertIn(tag, row[3], kinds)

    def test_powers_groups_and_comparisons(self):
        from report import evidence
        for numbers, kind, says in (((1, 0.5, 1.5), "part", "inside"), ((1, -3, 6), "no", "any smooth law"), ((3, 2, 4), "no", "outside"), ((1, np.nan, np.nan), "no", "not bounded"), ((np.nan, 0, 1), "none", "no power")):
            found = evidence.exponent(*numbers)
            self.assertEqual(found[0], kind)
            self.assertIn(says, found[1])
        for numbers, kind in (((-0.2, 0.005, 1e-5, 0.3, 80), "negative"), ((0.2, 0.005, 1e-5, 0.7, 80), "positive"), ((-0.2, 0.2, 1e-5, 0.45, 80), "null"), ((-0.5, 0.005, 1e-5, 0.1, 12), "few"),
                              ((np.nan,) * 4 + (0,), "missing"), ((-0.5, np.nan, 1e-5, 0.1, 80), "few")):
            self.assertEqual(evidence.groups(*numbers).kind, kind)
        truth = np.exp(-3)
        for value, error, kind, says in ((0.05, 0.01, "part", "agrees"), (0.05, 0.1, "no", "none at all"), (0.2, 0.02, "differs", "differs"), (np.nan, np.nan, "none", "not computed")):
            found = evidence.compare(value, error, truth)
            self.assertEqual(found[0], kind)
            self.assertIn(says, found[1])


class Numbers(unittest.TestCase):
    def test_reliability_of_means_with_a_known_scatter(self):
        from report.evidence import reliability
        rng = np.random.default_rng(3)
        for searches, spread in ((3, 1.0), (3, 0.3), (20, 1.0)):
            draws = rng.normal(size=4000)[:, None] + rng.normal(0, spread, (4000, searches))
            count = np.full(4000, searches)
            self.assertAlmostEqual(reliability(draws.mean(1), draws.std(1, ddof=1), count)[0], 1 / (1 + spread**2 / searches), delta=0.03)
        noise = rng.normal(size=(4000, 3))
        self.assertLess(reliability(noise.mean(1), noise.std(1, ddof=1), np.full(4000, 3))[0], 0.06, "atoms that are all alike")
        once = rng.normal(size=50)
        self.assertTrue(np.isnan(reliability(once, np.full(50, np.nan), np.ones(50))[0]), "one value an atom tells nothing of its scatter")

    def test_superiority(self):
        from report.evidence import superiority
        rng = np.random.default_rng(1)
        a, b = rng.integers(0, 9, 40), rng.integers(2, 11, 30)
        self.assertAlmostEqual(superiority(a, b)[0], np.mean([(x > y) + 0.5 * (x == y) for x in a for y in b]))
        draws = [superiority(rng.normal(size=40), rng.normal(size=30)) for _ in range(800)]
        self.assertAlmostEqual(np.std([d[0] for d in draws]) / draws[0][1], 1, delta=0.1)

    def test_a_selection_by_the_boson_peak_is_seen(self):
        from report import claims, results
        with tempfile.TemporaryDirectory() as folder:
            Invented(folder, cells=4)
            v = results.load(folder)
            self.assertIn("no difference is seen", claims.selection_row(v)[3])
            self.assertNotIn(">selected<", claims.selection_row(v)[3])
            v.activation.atoms["own"].mean[v.inverse > np.median(v.inverse)] = np.nan
            self.assertIn(">selected<", claims.selection_row(v)[3])
            self.assertIn("they have the larger 1/I", claims.selection_row(v)[3])

    def test_wilson(self):
        from report.searches import wilson
        # E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927); the values are those that textbooks tabulate
        for found, tried, interval in ((0, 10, (0, 0.2775)), (5, 10, (0.2366, 0.7634)), (10, 10, (0.7225, 1))):
            np.testing.assert_allclose(wilson(found, tried), interval, atol=1e-4)
        self.assertEqual(wilson(0, 0), (0, 1))

    def test_a_correlation_of_every_kind_comes_back_through_the_files(self):
        from report import claims, maps, results
        for slope, says in ((0.2, "shallower where"), (-0.2, "deeper, not shallower")):
            with tempfile.TemporaryDirectory() as folder:
                study = Invented(folder, slope=slope, cells=5)
                v = results.load(folder)
                self.assertIn(says, claims.headline(v.correlation)[1])
                # the maps' average is the plain sum over all pairs; in another cell of the same lattice too
                np.testing.assert_allclose(v.coarse_inverse, study.mean_within(study.inverse, 5.9), rtol=1e-12)
                for name in study.mean:  # the points of Fig. 5e are those behind r
                    x, y = v.coarse_points(name)
                    good = np.isfinite(y)
                    self.assertAlmostEqual(np.corrcoef(x[good], y[good])[0, 1], v.correlation.at(name, "all", 5.9)["pearson"], places=9)
                for name in ("loose", "own"):
                    np.testing.assert_allclose(v.coarse_energy[name], study.mean_within(study.mean[name], 5.9), rtol=1e-12)
                v.summary["cell_A"] = [[study.side, 0, 0], [study.side, study.side, 0], [0, 0, study.side]]
                np.testing.assert_allclose(maps.averages(v, [v.inverse])[:, 0], v.coarse_inverse, rtol=1e-12)

    def test_averages(self):
        from report import results, searches
        with tempfile.TemporaryDirectory() as folder:
            study = Invented(folder, cells=3)
            a = results.load(folder).activation
            for name, values in study.values.items():
                mean = searches.averages(a, name)
                self.assertAlmostEqual(mean["atoms"][0], np.mean([np.mean(x) for x in values if x]))
                everything = sum(values, [])
                self.assertAlmostEqual(mean["tries"][0], np.mean(everything))
                self.assertAlmostEqual(mean["tries"][1], np.std(everything, ddof=1) / np.sqrt(len(everything)))
                self.assertAlmostEqual(mean["retry"][0], np.mean([x[0] for x in values if x]))
                self.assertEqual(a.atoms[name].known.sum(), sum(map(bool, values)))
            self.assertIn("70 distinct tight saddles", searches.unseen(a))
            self.assertIn("a chance of 15 %", searches.unseen(a))
            self.assertIn("at least 45 ± 12 more", searches.unseen(a))
            self.assertIn("20 % went into the way out", searches.phases(a))
            a.summary = {"events": {"distinct": 288, "unseen_at_least": 41328.0, "sd": None, "coverage": 0.0}}
            self.assertEqual(searches.unseen(a), "288 distinct tight saddles were found, each once: nothing tells how many more there are.")
            a.summary = {"events": {"distinct": 0}}
            self.assertEqual((searches.unseen(a), searches.phases(a)), ("No tight saddle was found.", ""))


class Page(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tarn-test-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def report(self):
        return subprocess.run([sys.executable, "-B", os.path.join(SOURCE, "examples", "report.py"), self.folder], capture_output=True, text=True, timeout=600)

    def page(self):
        done = self.report()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with open(f"{self.folder}/report.html", encoding="utf-8") as file:
            return file.read()

    def test_all_of_it(self):
        Invented(self.folder, cells=4)
        page = self.page()
        for figure in ("Fig. 2a", "Fig. 2b", "Fig. 3", "Fig. 4", "Fig. 5a–d", "Fig. 5e", "Fig. S1", "Fig. S2", "Fig. S3", "does the boson peak add anything?", "What the boson peak adds"):
            self.assertIn(figure, page)
        for text in ("searches around each of 256 atoms", "random shifts", "Good and Turing", "Minima of this sample’s g(r): 3.60, 6.33 Å", "ΔQ, own", "retry until 1 loose"):
            self.assertIn(text, page)
        self.assertNotRegex(page, r'(src|href)="(?!data:|#)', "the page loads something")
        self.assertNotIn("vibrations only", page)
        scene = json.loads(re.search(r'id="scene">(.*?)</script>', page, re.S)[1])
        self.assertIn("ΔQ, tight, within 5.9 Å", [f["name"] for f in scene["fields"]])
        ids = re.findall(r'\bid="([^"]+)"', page)
        self.assertEqual(len(ids), len(set(ids)))

    def test_what_is_not_there_is_not_drawn(self):
        Invented(self.folder, cells=3, own=0.0)  # no own saddle at all
        text = self.chapters()
        self.assertIn("— (no atom has one)", plain(text))
        self.assertIn("too few atoms have a value", text)
        self.assertNotIn("nan", plain(re.sub(r"<svg.*?</svg>", "", text, flags=re.S)).lower())
        shutil.rmtree(f"{self.folder}/correlation")
        text = self.chapters()
        self.assertIn("How the searches ended", text)
        self.assertNotIn("Basins and boson peak", text)

    def test_an_element_left_out_of_the_tenths_is_named(self):
        Invented(self.folder, cells=3)
        path = f"{self.folder}/correlation/summary.json"
        with open(path) as file:
            summary = json.load(file)
        for row in summary["groups"]:
            if row["element"] == "all":
                row["left_out"] = [{"element": "Zr<", "atoms": 6, "word": "6 atoms have a value, too few"}]
        with open(path, "w") as file:
            json.dump(summary, file)
        self.assertIn("; without Zr&lt; (6 atoms)", self.chapters())

    def chapters(self):
        from report import chapters, page, picture, results
        v, drawn = results.load(self.folder), page.Page()
        chapters.add(drawn, v, picture.spheres(v, 60))
        return " ".join(drawn.parts)

    def test_damaged_results(self):
        from report import results
        Invented(self.folder, cells=3)
        for name in ("activation/events.csv", "activation/atoms.csv", "activation/summary.json", "correlation/pearson.csv", "correlation/autocorrelation.csv", "correlation/binned.csv",
                     "correlation/groups.csv", "correlation/summary.json"):
            path = os.path.join(self.folder, name)
            with open(path, "rb") as file:
                whole = file.read()
            damages = {"gone": None, "empty": b"", "cut": whole[:len(whole) // 2], "bytes": bytes(range(256)) * 3, "a list": b"[1]"}
            if name.endswith(".csv"):
                column = {"activation/events.csv": 9, "activation/atoms.csv": 5, "correlation/pearson.csv": 4, "correlation/groups.csv": 3}.get(name, 5)
                lines = whole.split(b"\r\n")
                cells = lines[1].split(b",")
                damages["words"] = b"\r\n".join([lines[0], b",".join(cells[:column] + [b"here"] + cells[column + 1:]), *lines[2:]])
                damages["other columns"] = b"a,b\r\n1,2\r\n"
            for what, content in damages.items():
                with self.subTest(name, damage=what):
                    os.remove(path)
                    if content is not None:
                        with open(path, "wb") as file:
                            file.write(content)
                    with self.assertRaises(results.Missing) as caught:
                        results.load(self.folder)
                    self.assertIn(path, str(caught.exception))
                    with open(path, "wb") as file:
                        file.write(whole)
        os.remove(f"{self.folder}/correlation/pearson.csv")
        done = self.report()
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)

    def test_another_sample(self):
        from report import results
        Invented(self.folder, cells=3)
        other = os.path.join(self.folder, "other")
        Invented(other, cells=4, seed=2)
        shutil.rmtree(f"{self.folder}/activation")
        shutil.copytree(f"{other}/activation", f"{self.folder}/activation")
        self.assertRaisesRegex(results.Missing, "different samples", results.load, self.folder)


if __name__ == "__main__":
    unittest.main()
