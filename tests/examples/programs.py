"""The programs as a user meets them: files and columns, options, exit statuses, bad input, folders, interrupted runs.

ctest gives TARN_BIN (the folder of the built programs) and TARN_SOURCE (the sources).
"""
import csv
import json
import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import numpy as np

BIN, SOURCE = os.environ["TARN_BIN"], os.environ["TARN_SOURCE"]
REFERENCE = os.path.join(SOURCE, "tests", "data")
TABLE = os.path.join(SOURCE, "examples", "data", "CuZr_MKO2009.eam.fs")
SMOOTH = os.path.join(REFERENCE, "CuZr_smooth.eam.fs")
GLASS = os.path.join(REFERENCE, "cuzr256_minimum.data")
STRAINED = os.path.join(REFERENCE, "cuzr256_strained.data")


def run(program, *words, **more):
    return subprocess.run([os.path.join(BIN, program), *map(str, words)], capture_output=True, text=True, timeout=600, **more)


def table(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def columns(path):
    head, rows = table(path)
    return {name: [row[k] for row in rows] for k, name in enumerate(head)}


def numbers(path, name):
    return np.array([float(x) for x in columns(path)[name]])


def summary(folder):
    with open(os.path.join(folder, "summary.json")) as file:
        return json.load(file)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tarn-test-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.out = os.path.join(self.folder, "out")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def good(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done

    def one_line(self, done, *says):
        """Exit status 1, one line on stderr that says these."""
        self.assertEqual(done.returncode, 1, done.stderr + done.stdout)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for text in says:
            self.assertIn(text, done.stderr)


class Usage(Case):
    def test_bad_usage_is_two_and_says_what_there_is(self):
        for words, says in ((("tarn-evaluate",), "SAMPLE"), (("tarn-evaluate", GLASS, "--bogus"), "--bogus"), (("tarn-evaluate", GLASS, "--precision", "half"), "mixed"),
                            (("tarn-vibrations", GLASS, "--precision", "mixed"), "double"), (("tarn-vibrations", GLASS, "--solver", "magic"), "spectra"),
                            (("tarn-vibrations", GLASS, "--broadening", "box"), "histogram"), (("tarn-vibrations", GLASS, "--modes", "some"), "lowest:K"),
                            (("tarn-vibrations", GLASS, "--modes", "lowest:0"), "lowest:K"), (("tarn-vibrations", GLASS, "--window", "5"), "FIRST:LAST"),
                            (("tarn-vibrations", GLASS, "--window", "9:2"), "FIRST:LAST"), (("tarn-vibrations", GLASS, "--width", "-1"), "width"),
                            (("tarn-evaluate", GLASS, "--threads", "-2"), "threads"), (("tarn-study", GLASS, "--quick"), "quick")):
            done = run(*words, cwd=self.folder)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertIn(says, done.stderr)
            self.assertEqual(os.listdir(self.folder), [])

    def test_help_and_version(self):
        for program in ("tarn-evaluate", "tarn-vibrations", "tarn-study"):
            self.assertIn("--potential", self.good(run(program, "--help")).stdout)
            self.assertRegex(self.good(run(program, "--version")).stdout, rf"^{program} \d+\.\d+\.\d+\n$")


class Evaluate(Case):
    def test_reference_forces(self):
        done = self.good(run("tarn-evaluate", STRAINED, "--potential", SMOOTH, "--raw-table", "--out", self.out, "--time"))
        head, _ = table(f"{self.out}/forces.csv")
        self.assertEqual(",".join(head), "id,element,x_A,y_A,z_A,fx_eV_per_A,fy_eV_per_A,fz_eV_per_A")
        mine = {int(i): k for k, i in enumerate(columns(f"{self.out}/forces.csv")["id"])}
        theirs = columns(os.path.join(REFERENCE, "cuzr256_strained.forces.csv"))
        order = [mine[int(i)] for i in theirs["id"]]
        for c in "xyz":
            f = numbers(f"{self.out}/forces.csv", f"f{c}_eV_per_A")[order]
            self.assertLess(np.abs(f - np.array(theirs[f"f{c}_ev_per_a"], float)).max(), 2e-4)
        with open(os.path.join(REFERENCE, "cuzr256.json")) as file:
            reference = json.load(file)["strained"]
        s = summary(self.out)
        self.assertLess(abs(s["energy_eV"] - reference["energy_ev"]), 256 * 2e-6)
        np.testing.assert_allclose(s["pressure_bar"], reference["pressure_tensor_bar_xx_yy_zz_xy_xz_yz"], atol=5)
        for key in ("program", "version", "sample", "options", "atoms", "volume_A3", "table_noise", "force_us_per_atom", "wall_s", "peak_rss_MB"):
            self.assertIn(key, s)
        self.assertIn("energy", done.stdout)

    def test_threads_do_not_change_a_bit_and_precisions_agree(self):
        def forces(*words):
            out = os.path.join(self.folder, "-".join(words).replace("--", ""))
            self.good(run("tarn-evaluate", STRAINED, "--quiet", "--out", out, *words))
            with open(f"{out}/forces.csv") as file:
                return file.read(), numbers(f"{out}/forces.csv", "fx_eV_per_A")
        one, exact = forces("--threads", "1")
        self.assertEqual(one, forces("--threads", "3")[0])
        self.assertLess(np.abs(forces("--precision", "mixed")[1] - exact).max(), 1e-4)
        self.assertLess(np.abs(forces("--precision", "single")[1] - exact).max(), 1e-3)

    def test_quiet_and_masses(self):
        with open(GLASS) as file:
            heavy = self.write("heavy.data", file.read().replace("1 63.546", "1 64.0"))
        done = self.good(run("tarn-evaluate", heavy, "--out", self.out, "--elements", "Cu,Zr"))
        self.assertIn("mass of Cu: 64 u in the sample", done.stdout)
        self.assertEqual(len(summary(self.out)["notes"]), 1)
        self.assertEqual(self.good(run("tarn-evaluate", heavy, "--out", self.out, "--elements", "Cu,Zr", "--quiet")).stdout, "")

    def test_a_sample_without_masses_takes_those_of_the_table(self):
        self.good(run("tarn-evaluate", GLASS, "--out", self.out))
        with open(GLASS) as file:
            low, high = map(float, re.search(r"^(\S+) (\S+) xlo xhi", file.read(), re.M).groups())
        given = columns(f"{self.out}/forces.csv")
        atoms = zip(*(given[name] for name in ("element", "x_A", "y_A", "z_A")))
        lines = [str(len(given["id"])), f'Lattice="{high - low!r} 0 0 0 {high - low!r} 0 0 0 {high - low!r}" Properties=species:S:1:pos:R:3']
        bare = self.write("bare.xyz", "\n".join(lines + [" ".join(atom) for atom in atoms]) + "\n")
        self.good(run("tarn-evaluate", bare, "--out", self.out + "2"))
        self.assertEqual(summary(self.out + "2")["notes"], [])
        self.assertAlmostEqual(summary(self.out + "2")["density_g_per_cm3"], summary(self.out)["density_g_per_cm3"], places=5)
        self.assertAlmostEqual(summary(self.out + "2")["energy_eV"], summary(self.out)["energy_eV"], places=5)

    def test_lennard_jones(self):
        lines = [f"{'A' if (i + j + k) % 4 else 'B'} {1.2 * i} {1.2 * j} {1.2 * k + 0.05 * math.sin(7 * i + 3 * j)}" for i in range(5) for j in range(5) for k in range(5)]
        sample = self.write("lj.xyz", f"{len(lines)}\nLattice=\"6 0 0 0 6 0 0 0 6\" Properties=species:S:1:pos:R:3\n" + "\n".join(lines) + "\n")
        potential = "lj:" + os.path.join(SOURCE, "examples", "data", "kob_andersen.json")
        self.good(run("tarn-vibrations", sample, "--potential", potential, "--relax", "--window", "10:300", "--width", "10", "--step", "1", "--out", self.out))
        self.assertEqual((summary(self.out)["zero_modes"], summary(self.out)["unstable_modes"]), (3, 0))
        broken = self.write("lj.json", '{"units": "metal", "elements": ["A"], "masses": [1], "pairs": {}}')
        self.one_line(run("tarn-evaluate", sample, "--potential", "lj:" + broken, "--out", self.out + "2"), "lj.json", "A-A")
        self.one_line(run("tarn-evaluate", sample, "--potential", "lj:" + self.write("cut.json", '{"units": '), "--out", self.out + "2"), "cut.json")
        pair = '"A-A": {"epsilon": 1, "sigma": 1, "cutoff": 2.5}'
        good = '{"units": "reduced", "elements": ["A"], "masses": [1],\n"pairs": {%s}}' % pair
        for old, new, says in (('"masses"', '"mass\x1bes"', ":1: is no JSON"), ("2.5", "1e999", "a number that is too large"), ("2.5", '"2.5"', "type must be number"),
                               ("reduced", "a\\nb", 'units "a?b"'), ('["A"]', '["A", "A"]', "named twice"), ('["A"]', '["\\n"]', "'?' is not the name"),
                               ("\n", '"smooth_derivatives": 1e30,', "smooth_derivatives: -1, 0, 1, 2 or 3"), ("}}}", "}}\n", ":3: is no JSON"), (good, good + "\0", "a byte 0")):
            self.assertIn(old, good)
            broken = self.write("broken.json", good.replace(old, new))
            self.one_line(run("tarn-evaluate", sample, "--potential", "lj:" + broken, "--out", self.out + "2"), broken + ":", says)
        self.one_line(run("tarn-evaluate", sample, "--potential", potential, "--raw-table", "--out", self.out + "2"), "no table")


class Vibrations(Case):
    def test_files_and_sums(self):
        self.good(run("tarn-vibrations", GLASS, "--potential", SMOOTH, "--raw-table", "--vectors", "--out", self.out))
        self.assertEqual(sorted(os.listdir(self.out)), ["atoms.csv", "dos.csv", "modes.bin", "modes.csv", "summary.json"])
        names = {"modes": "mode,omega_rad_per_ps,participation_ratio,phonon_weight", "dos": "omega_rad_per_ps,g_ps,reduced_ps3,g_Cu_ps,g_Zr_ps",
                 "atoms": "id,element,x_A,y_A,z_A,boson_peak_ps3,omega_at_peak_rad_per_ps,at_sample_peak_ps3,msd_A2_per_K"}
        for file, head in names.items():
            self.assertEqual(",".join(table(f"{self.out}/{file}.csv")[0]), head)
        omega, s = numbers(f"{self.out}/modes.csv", "omega_rad_per_ps"), summary(self.out)
        self.assertEqual(len(omega), 768)
        self.assertTrue((np.diff(omega) >= 0).all())
        reference = np.sort(np.array(columns(os.path.join(REFERENCE, "cuzr256_minimum.omega.csv"))["omega_rad_per_ps"], float))
        self.assertLess(np.abs(omega[3:] - reference[3:]).max(), 5e-4)
        self.assertEqual((s["zero_modes"], s["unstable_modes"], s["peak_resolved"]), (3, 0, False))
        for key in ("debye_ps3", "elastic_GPa", "elastic_born_GPa", "bulk_GPa", "shear_GPa"):
            self.assertIsNone(s[key])
        grid, g = numbers(f"{self.out}/dos.csv", "omega_rad_per_ps"), numbers(f"{self.out}/dos.csv", "g_ps")
        self.assertAlmostEqual(g.sum() * (grid[1] - grid[0]), 765 / 768, places=4)
        np.testing.assert_allclose(numbers(f"{self.out}/dos.csv", "g_Cu_ps") + numbers(f"{self.out}/dos.csv", "g_Zr_ps"), g, rtol=1e-9, atol=1e-18)
        self.assertAlmostEqual(numbers(f"{self.out}/atoms.csv", "at_sample_peak_ps3").sum() / s["boson_peak_ps3"], 1, places=9)
        self.assertTrue((numbers(f"{self.out}/atoms.csv", "boson_peak_ps3") >= numbers(f"{self.out}/atoms.csv", "at_sample_peak_ps3")).all())
        with open(f"{self.out}/modes.bin", "rb") as file:
            header = file.read(128)
        rows, count = (int.from_bytes(header[k:k + 8], "little") for k in (16, 24))
        e = np.fromfile(f"{self.out}/modes.bin", "<f8", offset=128).reshape(count, rows)
        self.assertLess(np.abs(e @ e.T - np.eye(768)).max(), 1e-10)

    def test_some_of_the_modes(self):
        whole = os.path.join(self.folder, "all")
        self.good(run("tarn-vibrations", GLASS, "--relax", "--out", whole))
        everything = numbers(f"{whole}/modes.csv", "omega_rad_per_ps")
        for words in (("--modes", "lowest:120"), ("--modes", "below:15", "--solver", "eigen"), ("--modes", "lowest:60", "--solver", "spectra")):
            self.good(run("tarn-vibrations", GLASS, "--relax", "--force", "--out", self.out, *words))
            omega, s = numbers(f"{self.out}/modes.csv", "omega_rad_per_ps"), summary(self.out)
            np.testing.assert_allclose(omega[3:], everything[3:len(omega)], atol=1e-4)
            self.assertFalse(s["modes_complete"])
            self.assertLess(s["boson_peak_window_rad_per_ps"][1], omega[-1])
            self.assertIn("window ends", s["notes"][0])
            self.assertEqual(set(columns(f"{self.out}/atoms.csv")["msd_A2_per_K"]), {""})  # a sum over some modes is another quantity
        self.good(run("tarn-vibrations", GLASS, "--relax", "--force", "--out", self.out, "--modes", "lowest:4"))
        self.assertIsNone(summary(self.out)["boson_peak_ps3"])
        self.assertEqual(set(columns(f"{self.out}/atoms.csv")["boson_peak_ps3"]), {""})

    def test_the_seed_reaches_the_solver(self):
        files, omega = {}, {}
        for out, seed in (("a", 1), ("b", 1), ("c", 2)):
            path = os.path.join(self.folder, out)
            self.good(run("tarn-vibrations", GLASS, "--relax", "--modes", "lowest:20", "--solver", "spectra", "--seed", seed, "--out", path))
            omega[out] = numbers(f"{path}/modes.csv", "omega_rad_per_ps")
            with open(f"{path}/modes.csv") as file:
                files[out] = file.read()
        self.assertEqual(files["a"], files["b"])
        self.assertNotEqual(files["a"], files["c"])
        np.testing.assert_allclose(omega["a"][3:], omega["c"][3:], rtol=1e-6)

    def test_histogram(self):
        self.good(run("tarn-vibrations", GLASS, "--relax", "--out", self.out, "--broadening", "histogram", "--width", "0.5", "--step", "0.5"))
        omega, grid, g = numbers(f"{self.out}/modes.csv", "omega_rad_per_ps")[3:], numbers(f"{self.out}/dos.csv", "omega_rad_per_ps"), numbers(f"{self.out}/dos.csv", "g_ps")
        k = len(grid) // 3
        self.assertAlmostEqual(g[k] * 768 * 0.5, np.sum((omega >= grid[k] - 0.25) & (omega < grid[k] + 0.25)), places=6)

    def test_a_sample_that_is_no_minimum(self):
        done = self.good(run("tarn-vibrations", STRAINED, "--out", self.out))
        s = summary(self.out)
        self.assertGreater(s["unstable_modes"], 0)
        self.assertEqual(s["unstable_modes"], np.sum(numbers(f"{self.out}/modes.csv", "omega_rad_per_ps") < -2e-2))
        self.assertIn("unstable modes", done.stdout)
        self.assertIn("--relax", done.stdout)


class BadInput(Case):
    def test_samples(self):
        with open(GLASS) as file:
            text = file.read()
        lines = text.splitlines(True)
        first = next(k for k, line in enumerate(lines) if line.startswith("Atoms")) + 2
        atom = lines[first].split()

        def changed(word, to):
            words = list(atom)
            words[word] = to
            return "".join(lines[:first] + [" ".join(words) + "\n"] + lines[first + 1:])
        other = lines[first + 1].split()
        cases = {
            "missing": (None, "no such file"), "empty": ("", "empty"), "words": ("not a sample\nat all\n", ""), "cut": ("".join(lines[:first + 9]), ""), "nan": (changed(2, "nan"), "nan"),
            "text": (changed(3, "here"), "here"), "type": (changed(1, "7"), ""), "twice": (changed(0, other[0]), other[0]), "zero": (re.sub(r"256 atoms", "0 atoms", text), ""),
            "count": (re.sub(r"256 atoms", "255 atoms", text), ""), "coincident": (changed(2, other[2]).replace(" ".join([atom[0], atom[1], other[2], atom[3], atom[4]]),
                                                                                                      " ".join([atom[0], atom[1], *other[2:5]])), ""),
            "flat": (re.sub(r"^\S+ \S+ xlo xhi", "3 3 xlo xhi", text, flags=re.M), ""), "inverted": (re.sub(r"^\S+ \S+ xlo xhi", "9 3 xlo xhi", text, flags=re.M), ""),
            "iron": (text.replace("1 63.546", "1 55.845"), "Fe"), "massless": (re.sub(r"Masses\n\n.*\n.*\n", "", text), "--elements"),
        }
        for name, (content, says) in cases.items():
            with self.subTest(name):
                path = os.path.join(self.folder, name + ".data") if content is None else self.write(name + ".data", content)
                done = run("tarn-evaluate", path, "--out", self.out)
                self.one_line(done, says)
                self.assertFalse(os.path.exists(self.out))
        self.one_line(run("tarn-evaluate", self.folder, "--out", self.out), "folder")
        self.one_line(run("tarn-evaluate", GLASS, "--out", self.out, "--elements", "Cu"), "2")
        self.one_line(run("tarn-evaluate", GLASS, "--out", self.out, "--elements", "Cu,Xx"), "Xx", "Cu, Zr")

    def test_tables(self):
        with open(TABLE) as file:
            text = file.read()
        cases = {"missing": None, "empty": "", "cut": text[:len(text) // 2], "cut early": "\n".join(text.splitlines()[:5]), "nan": text[:200000] + " nan " + text[200010:], "long": text + "\n1.0 2.0\n"}
        for name, content in cases.items():
            with self.subTest(name):
                path = os.path.join(self.folder, name + ".eam.fs") if content is None else self.write(name + ".eam.fs", content)
                self.one_line(run("tarn-evaluate", GLASS, "--potential", path, "--out", self.out), name + ".eam.fs")
                self.assertFalse(os.path.exists(self.out))

    def test_all_modes_that_do_not_fit(self):
        lines = ["60000", 'Lattice="104 0 0 0 104 0 0 0 104" Properties=species:S:1:pos:R:3']
        lines += [f"Cu {2.6 * (k % 40)} {2.6 * (k // 40 % 40)} {2.6 * (k // 1600)}" for k in range(60000)]
        self.one_line(run("tarn-vibrations", self.write("big.xyz", "\n".join(lines) + "\n"), "--solver", "lapack", "--out", self.out), "GB", "--modes lowest")


class Folders(Case):
    def test_what_is_refused(self):
        self.one_line(run("tarn-evaluate", GLASS, "--out", self.write("file", "x")), "is a file")
        self.one_line(run("tarn-evaluate", GLASS, "--out", self.write("file", "x") + "/below"), "file")
        self.good(run("tarn-evaluate", GLASS, "--out", self.out))
        self.one_line(run("tarn-evaluate", STRAINED, "--out", self.out), "another sample", "--force")
        self.one_line(run("tarn-vibrations", GLASS, "--out", self.out), "tarn-evaluate", "--force")
        before = summary(self.out)
        self.assertEqual(before["sample"]["file"], GLASS)
        self.good(run("tarn-evaluate", STRAINED, "--out", self.out, "--force"))
        self.assertEqual(summary(self.out)["sample"]["file"], STRAINED)
        with open(f"{self.out}/summary.json", "w") as file:
            file.write("{ not json")
        self.one_line(run("tarn-evaluate", STRAINED, "--out", self.out), "something else")
        if os.path.isdir("/proc/self"):
            self.one_line(run("tarn-evaluate", GLASS, "--out", "/proc/tarn"), "/proc/tarn")

    def test_if_needed(self):
        words = ("tarn-evaluate", GLASS, "--out", self.out, "--if-needed")
        self.good(run(*words))
        stamp = os.stat(f"{self.out}/summary.json").st_mtime_ns
        self.assertIn("already", self.good(run(*words)).stdout)
        self.assertEqual(stamp, os.stat(f"{self.out}/summary.json").st_mtime_ns)
        self.good(run(*words, "--raw-table"))
        self.assertNotEqual(stamp, os.stat(f"{self.out}/summary.json").st_mtime_ns)

    def test_full_disk(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        for program in ("tarn-evaluate", "tarn-vibrations"):
            self.one_line(run(program, GLASS, "--out", self.out, preexec_fn=limit), "cannot be written")
            self.assertFalse(os.path.exists(self.out))

    def test_killed_at_any_moment(self):
        for k in range(12):
            process = subprocess.Popen([os.path.join(BIN, "tarn-evaluate"), GLASS, "--out", self.out, "--quiet"])
            time.sleep(0.01 * k)
            process.kill()
            process.wait()
            names = os.listdir(self.out) if os.path.isdir(self.out) else []
            if "summary.json" in names:
                self.assertIn("forces.csv", names)
                summary(self.out)
            if "forces.csv" in names:
                self.assertEqual(len(table(f"{self.out}/forces.csv")[1]), 256)
        self.good(run("tarn-evaluate", GLASS, "--out", self.out, "--quiet"))
        self.assertEqual(sorted(os.listdir(self.out)), ["forces.csv", "summary.json"])


class Study(Case):
    def test_quick(self):
        first = self.good(run("tarn-study", "--quick", "--out", self.out)).stdout
        report = os.path.join(self.out, "report.html")
        self.assertIn("report: " + report, first)
        with open(report, encoding="utf-8") as file:
            page = file.read()
        self.assertNotRegex(page, r'(src|href)="(?!data:|#)', "the page loads something")
        self.assertNotRegex(page, r"@import|fetch\(|XMLHttpRequest|url\((?!#|data:)")
        for text in ("No boson peak is resolved", "<svg", "Quick run", "not computed", "rad/ps", "THz", "meV", "how sure"):
            self.assertIn(text, page)
        again = self.good(run("tarn-study", "--quick", "--out", self.out)).stdout
        self.assertIn("already", again)
        self.one_line(run("tarn-study", GLASS, "--out", self.out), "another sample")
        s = summary(self.out)
        self.assertEqual((s["program"], s["report"]), ("tarn-study", "report.html"))
        self.assertEqual(summary(f"{self.out}/activation")["searches"], 60)
        self.assertEqual(summary(f"{self.out}/correlation")["program"], "tarn-correlation")

    def test_own_sample_that_is_no_minimum(self):
        self.good(run("tarn-study", STRAINED, "--out", self.out))
        with open(f"{self.out}/report.html", encoding="utf-8") as file:
            self.assertIn("not at a minimum", file.read())
        self.assertFalse(os.path.exists(f"{self.out}/activation"))
        self.assertIn("no searches", " ".join(summary(self.out)["notes"]))

    def test_a_stage_that_fails(self):
        done = run("tarn-study", GLASS, "--elements", "Fe,Xx", "--out", self.out)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Fe", done.stderr)
        self.assertFalse(os.path.exists(f"{self.out}/summary.json"))

    def test_the_report_claims_what_the_numbers_say(self):
        sys.path.insert(0, os.path.join(SOURCE, "examples"))
        from report import results, verdict
        from report.page import build
        self.good(run("tarn-vibrations", GLASS, "--relax", "--out", self.out))
        v = results.load(self.out)
        self.assertFalse(verdict.headline(v)[0])
        self.check_debye_estimate(v)
        self.check_what_a_maximum_is_made_of(v)
        v.summary.update(omega_1_rad_per_ps=1.6, peak_resolved=True, debye_ps3=101.7e-6)
        resolved, title, _ = verdict.headline(v)
        self.assertTrue(resolved)
        self.assertIn(f"{v.summary['boson_peak_omega_rad_per_ps']:.2f} rad/ps", title)
        self.assertIn("Debye level of this sample", "Debye level of this sample" if "101.7" in build(v) else "")
        v.summary["boson_peak_omega_rad_per_ps"] = v.window[0]
        self.assertFalse(verdict.headline(v)[0], "a maximum on the window's edge is no peak")
        os.remove(f"{self.out}/dos.csv")
        self.assertRaises(results.Missing, results.load, self.out)

    def check_debye_estimate(self, v):
        from report import spectrum, verdict
        kept = dict(v.summary)
        v.summary.update(omega_1_rad_per_ps=4.5)
        law, found = spectrum.debye(v), spectrum.excess(v, 5.0)
        # a cube of side L has 4π/3 (L/2π)³ waves below |k| = 1; v_T = ω₁ L/2π, so below ω there are 4π/3 (ω/ω₁)³ of each transverse polarisation
        waves = 4 / 3 * math.pi * (5 / 4.5) ** 3 * (2 + 2.2**-3)
        self.assertAlmostEqual(found.debye, waves, delta=0.02 * waves, msg="the cell is a cube to 2 %")
        self.assertTrue(found.low < found.debye < found.high)
        # elastic constants of the 864-atom sample give v_L = 2.43 v_T: the range has to hold what was measured
        self.assertTrue(spectrum.SPEEDS_RANGE[0] < 2.43 < spectrum.SPEEDS_RANGE[1])
        self.assertIn("taken as 1.9 to 2.5 times", verdict.source_of_debye(v))
        self.assertAlmostEqual(law.level * v.count * law.omega**3, 3 * v.count)
        self.assertEqual(found.counted, sum(0 < w < 5 for w in v.omega))
        v.summary["omega_1_rad_per_ps"] = 5.5
        self.assertIsNone(spectrum.excess(v, 5.0), "no wave of the box is below 5 rad/ps")
        v.summary["debye_ps3"] = 101.7e-6
        self.assertEqual((spectrum.debye(v).low, spectrum.debye(v).high), (101.7e-6, 101.7e-6))
        v.summary.clear()
        v.summary.update(kept)

    def check_what_a_maximum_is_made_of(self, v):
        from report import verdict
        kept, weight = dict(v.summary), v.modes["phonon_weight"]
        peak = v.summary["boson_peak_omega_rad_per_ps"]
        v.modes["phonon_weight"] = 0 * weight + 0.31
        v.summary.update(omega_1_rad_per_ps=peak, peak_resolved=False)
        text = " ".join(verdict.headline(v)[2])
        self.assertIn("31 % of it is carried by plane waves", text)
        self.assertIn("may move with the size of the box", text)
        v.summary["omega_1_rad_per_ps"] = peak / 0.45
        text = " ".join(verdict.headline(v)[2] + [cell for row in verdict.rows(v) for cell in row])
        self.assertIn("0.45 ω₁, below every wave that fits the box", text)
        self.assertNotIn("plane waves of the box’s first three shells", text)
        v.modes["phonon_weight"] = weight
        v.summary.clear()
        v.summary.update(kept)


if __name__ == "__main__":
    unittest.main()
