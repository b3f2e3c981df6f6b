"""tarn-correlation as a user meets it, on synthetic fields: files and columns, what is found and what is not, bad input.

ctest gives TARN_BIN (the folder of the built programs) and TARN_SOURCE (the sources).
"""
import csv
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import numpy as np

BIN, SOURCE = os.environ["TARN_BIN"], os.environ["TARN_SOURCE"]
GLASS = os.path.join(SOURCE, "tests", "data", "cuzr256_minimum.data")


def read_glass():
    """ids, elements, positions (Å) and the edge of the cubic box of the 256-atom glass."""
    with open(GLASS) as file:
        lines = file.read().splitlines()
    low, high = next(map(float, line.split()[:2]) for line in lines if line.endswith("xlo xhi"))
    start = next(k for k, line in enumerate(lines) if line.startswith("Atoms")) + 2
    rows = [line.split() for line in lines[start:start + 256]]
    return [int(r[0]) for r in rows], [("Cu", "Zr")[int(r[1]) - 1] for r in rows], np.array([r[2:5] for r in rows], float), high - low


IDS, ELEMENTS, X, EDGE = read_glass()


def columns(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    return {name: [row[k] for row in rows[1:]] for k, name in enumerate(rows[0])}


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tarn-test-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.out = os.path.join(self.folder, "out")
        random = np.random.default_rng(3)
        self.peak = 1e-6 * np.exp(0.4 * random.standard_normal(256))
        self.noise = random.standard_normal(256)

    def table(self, name, x=X, ids=IDS, elements=ELEMENTS, **more):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "element", "x_A", "y_A", "z_A", *more])
            for k, i in enumerate(ids):
                rows.writerow([i, elements[k], *map(repr, map(float, x[k])), *("" if v[k] is None else v[k] if isinstance(v[k], str) else repr(float(v[k])) for v in more.values())])
        return path

    def run_program(self, *words):
        return subprocess.run([os.path.join(BIN, "tarn-correlation"), GLASS, "--elements", "Cu,Zr", "--shifts", "60", "--out", self.out, *map(str, words)],
                              capture_output=True, text=True, timeout=600)

    def good(self, *words):
        done = self.run_program(*words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        with open(f"{self.out}/summary.json") as file:
            return done, json.load(file)

    def refused(self, *words, says):
        done = self.run_program(*words)
        self.assertEqual(done.returncode, 1, done.stderr + done.stdout)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for text in says:
            self.assertIn(text, done.stderr)


class Results(Case):
    def test_a_barrier_that_is_the_inverse_peak_is_found_at_every_length(self):
        energy = 2e-7 / self.peak
        tight = [None if k % 3 == 0 else energy[k] for k in range(256)]
        own = [energy[k] if k < 12 else None for k in range(256)]
        peak = self.table("peak/atoms.csv", boson_peak_ps3=self.peak, msd_A2_per_K=1e-4 * np.exp(0.3 * self.noise))
        activation = self.table("activation/atoms.csv", loose_eV=energy, tight_eV=tight, own_eV=own)
        done, s = self.good("--boson-peak", peak, "--activation", activation, "--kernel", "top_hat,gaussian", "--map-step", "2")
        self.assertIn("own: 12 atoms have a value", done.stdout)
        rows = columns(f"{self.out}/pearson.csv")
        self.assertEqual(",".join(list(rows)[:11]), "barrier,kernel,element,length_A,pearson,low,high,null_sd,null_share,effective_samples,spearman")
        self.assertEqual(set(rows["barrier"]), {"loose", "tight"})
        self.assertEqual(set(rows["element"]), {"all", "Cu", "Zr"})
        self.assertEqual(set(rows["kernel"]), {"top_hat", "gaussian"})
        self.assertLess(np.abs(np.array(rows["pearson"], float) - 1).max(), 1e-9)
        lengths = sorted({float(x) for x in rows["length_A"]})
        self.assertEqual(lengths[0], 0)
        self.assertAlmostEqual(lengths[-1], EDGE / 2)
        self.assertIn(5.9, lengths)
        law = next(x for x in s["law"] if (x["barrier"], x["element"], x["length_A"]) == ("loose", "all", 0))
        self.assertAlmostEqual(law["power"]["p"], 1, delta=0.2)
        self.assertAlmostEqual(law["linear"]["b_eV_ps3"], 2e-7, delta=1e-9)
        self.assertIsNotNone(law["linear"]["b_error_eV_ps3"])
        # averaged atoms are copies of each other: a law by them has no errors
        averaged = next(x for x in s["law"] if (x["barrier"], x["element"], x["length_A"]) == ("loose", "all", 5.9))
        self.assertAlmostEqual(averaged["linear"]["b_eV_ps3"], 2e-7, delta=1e-9)
        self.assertEqual([averaged["linear"][k] for k in ("a_error_eV", "b_error_eV_ps3", "chi2")], [None] * 3)
        self.assertEqual([averaged["power"][k] for k in ("p_low", "p_high", "chi2")], [None] * 3)
        group = next(x for x in s["groups"] if (x["barrier"], x["element"]) == ("loose", "all"))
        self.assertLess(group["difference_eV"], 0)
        self.assertEqual(group["effect_size"], 0)
        self.assertLess(group["p_value"], 1e-6)
        self.assertLess(group["null_share"], 0.05)
        for name, head in (("autocorrelation", "field,barrier,element,r_A,correlation,error,pairs"), ("groups", "barrier,element,group,activation_eV,density"),
                           ("binned", "barrier,element,kernel,length_A,inverse_boson_peak_per_ps3,activation_eV,error_eV,atoms"),
                           ("predictors", "barrier,length_A,predictor,given,pearson,low,high,null_sd,null_share,effective_samples")):
            self.assertEqual(",".join(columns(f"{self.out}/{name}.csv")), head)
        c = columns(f"{self.out}/autocorrelation.csv")
        self.assertTrue(all(abs(float(v) - 1) < 1e-9 for v, r, f in zip(c["correlation"], c["r_A"], c["field"]) if float(r) == 0 and f != "cross"))
        g = columns(f"{self.out}/rdf.csv")
        self.assertEqual(list(g), ["r_A", "g", "g_Cu-Cu", "g_Cu-Zr", "g_Zr-Zr"])
        self.assertTrue(2.4 < float(g["r_A"][int(np.argmax(np.array(g["g"], float)))]) < 3.2)
        self.assertTrue(3.3 < s["radial_distribution"]["all"]["minima_A"][0] < 4.3)
        with open(f"{self.out}/fields.extxyz") as file:
            head = [file.readline() for _ in range(2)][1]
        for name in ("inverse_boson_peak_per_ps3", "coarse_loose_eV", "tight_known"):
            self.assertIn(name, head)
        # the map's average over a ball is that of the atoms in it
        m = columns(f"{self.out}/maps.csv")
        point = np.array([float(m[k][7]) for k in ("x_A", "y_A", "z_A")])
        d = X - point
        d -= EDGE * np.rint(d / EDGE)
        inside = (d**2).sum(1) <= 5.9**2
        self.assertAlmostEqual(float(m["coarse_inverse_boson_peak_per_ps3"][7]) * 1e-6, (1e-6 / self.peak[inside]).mean(), delta=1e-9)

    def test_independent_fields_give_no_best_length_and_the_same_seed_the_same_bytes(self):
        peak = self.table("peak.csv", boson_peak_ps3=self.peak)
        energy = self.table("with:colon.csv", barrier_eV=1 + 0.1 * self.noise)
        words = ("--boson-peak", peak, "--activation", energy + ":barrier_eV", "--map-step", "5")
        done, s = self.good(*words, "--threads", "1")
        self.assertIn("cannot tell", done.stdout)
        best = next(x for x in s["best_length"] if x["element"] == "all")
        self.assertEqual((best["barrier"], best["length_A"]), ("barrier", None))
        files = {}
        for name in ("pearson.csv", "predictors.csv", "groups.csv", "autocorrelation.csv"):
            with open(f"{self.out}/{name}", "rb") as file:
                files[name] = file.read()
        self.good(*words, "--threads", "3")
        for name, bytes_ in files.items():
            with open(f"{self.out}/{name}", "rb") as file:
                self.assertEqual(file.read(), bytes_, name)
        self.assertIn("holds this result already", self.good(*words, "--if-needed")[0].stdout)

    def groups_of(self, **fields):
        peak = self.table("peak.csv", boson_peak_ps3=fields["peak"])
        done, s = self.good("--boson-peak", peak, "--activation", self.table("energy.csv", barrier_eV=fields["energy"]) + ":barrier_eV", "--map-step", "5")
        return done, {x["element"]: x for x in s["groups"]}

    def test_an_element_too_small_for_tenths_is_left_out_of_them_and_named(self):
        zirconium = [k for k in range(256) if ELEMENTS[k] == "Zr"]
        done, rows = self.groups_of(peak=self.peak, energy=[None if k in zirconium[6:] else 1 + 0.1 * x for k, x in enumerate(self.noise)])
        copper = 256 - len(zirconium)
        self.assertEqual(set(rows), {"all", "Cu"})
        self.assertEqual(rows["all"]["atoms"], 2 * round(0.1 * copper - 1e-9))
        self.assertEqual([(x["element"], x["atoms"]) for x in rows["all"]["left_out"]], [("Zr", 6)])
        self.assertIn("barrier, Zr: 6 atoms have a value, too few", done.stdout)
        self.assertIn("none of them in the tenths", done.stdout)
        done, rows = self.groups_of(peak=self.peak, energy=1 + 0.1 * self.noise)
        self.assertEqual(rows["all"]["left_out"], [])
        self.assertEqual(rows["all"]["atoms"], rows["Cu"]["atoms"] + rows["Zr"]["atoms"])

    def test_tenths_are_never_of_several_elements_together(self):
        done, rows = self.groups_of(peak=[1e-6 if e == "Cu" else 2e-6 for e in ELEMENTS], energy=1 + 0.1 * self.noise)
        self.assertEqual(list(rows), ["all"])
        self.assertNotIn("difference_eV", rows["all"])
        self.assertEqual([(x["element"], x["word"]) for x in rows["all"]["left_out"]], [(e, "a field is constant there") for e in ("Cu", "Zr")])


class Refusals(Case):
    def test_bad_input_is_one_line_that_says_what_to_do(self):
        peak = self.table("peak.csv", boson_peak_ps3=self.peak, zero=[0.0] * 256, flat=[1.0] * 256)
        energy = 1 + 0.1 * self.noise
        good = self.table("good.csv", loose_eV=energy, tight_eV=[None] * 256)
        moved = X.copy()
        moved[7] += 3
        few = self.table("few.csv", loose_eV=[1.0 + k if k < 20 else None for k in range(256)])
        cases = [((peak, self.table("ids.csv", ids=[i + 1000 for i in IDS], loose_eV=energy)), ("another sample",)),
                 ((peak, self.table("moved.csv", x=moved, loose_eV=energy)), (f"atom {IDS[7]}", "another sample")),
                 ((peak, self.table("elements.csv", elements=["Zr"] * 256, loose_eV=energy)), ("another sample", "--elements")),
                 ((peak, self.table("nan.csv", loose_eV=["nan" if k == 5 else repr(x) for k, x in enumerate(energy)])), ("nan.csv:7", "loose_eV", "nan")),
                 ((peak, self.table("flat.csv", loose_eV=[1.5] * 256)), ("all 256 values are 1.5",)),
                 ((peak + ":flat", good), ("flat", "constant")), ((peak + ":zero", good), ("must be positive",)),
                 ((peak + ":nothing", good), ("no column 'nothing'", "boson_peak_ps3")), ((good, good), ("no column 'boson_peak_ps3'", "tight_eV")),
                 ((peak, peak), ("no column 'loose_eV'", "boson_peak_ps3")), ((peak, few), ("fewer than 30 atoms",)), ((peak, few + ":loose_eV"), ("20 atoms have a value",)),
                 ((peak, good + ":tight_eV"), ("0 atoms have a value",)), ((peak, os.path.join(self.folder, "none.csv")), ("none.csv",)),
                 ((self.table("holes.csv", boson_peak_ps3=[None if k == 3 else v for k, v in enumerate(self.peak)]), good), (f"no value for atom {IDS[3]}",)),
                 ((peak, self.table("twice.csv", ids=[IDS[0], *IDS[:-1]], loose_eV=energy)), ("two rows for atom",))]
        for (first, second), says in cases:
            self.refused("--boson-peak", first, "--activation", second, says=says)
            self.assertFalse(os.path.exists(self.out), says)

    def test_earlier_results_outlive_a_failure(self):
        peak, good = self.table("peak.csv", boson_peak_ps3=self.peak), self.table("good.csv", loose_eV=1 + 0.1 * self.noise)
        self.good("--boson-peak", peak, "--activation", good, "--map-step", "5")
        before = sorted(os.listdir(self.out))
        self.refused("--boson-peak", peak, "--activation", self.table("flat.csv", loose_eV=[1.5] * 256), says=("constant",))
        self.assertEqual(sorted(os.listdir(self.out)), before)

    def test_bad_usage_is_two(self):
        for words in ((), ("--boson-peak", "a.csv"), ("--boson-peak", "a", "--activation", "b", "--kernel", "box"), ("--boson-peak", "a", "--activation", "b", "--shifts", "2")):
            done = self.run_program(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
