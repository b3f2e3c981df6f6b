"""The programs at the edges: odd cells and samples, odd tables, full and read-only disks, closed streams, kills, two runs at once, a torn report.

The law: a right answer, or one line on stderr that names the thing, the place and the remedy; nothing that was there before is lost.
"""
import ctypes
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest

from programs import BIN, GLASS, SOURCE, STRAINED, TABLE, Case, columns, numbers, run, summary, table

NOBODY = 65534
BRIEF = ("--atoms", "1")  # of a study: one search for a saddle
PAIR = [("Cu", 1.0, 2.0, 3.0), ("Zr", 3.5, 2.0, 3.0)]


def xyz(atoms, lattice=None, more=""):
    head = "no cell" if lattice is None else f'Lattice="{" ".join(map(repr, lattice))}" Properties=species:S:1:pos:R:3 {more}'
    return f"{len(atoms)}\n{head}\n" + "".join(f"{e} {x!r} {y!r} {z!r}\n" for e, x, y, z in atoms)


def box(a, b=None, c=None):
    return [a, 0.0, 0.0, 0.0, b or a, 0.0, 0.0, 0.0, c or a]


def limited(what, size):
    return lambda: resource.setrlimit(what, (size, size))


class Edge(Case):
    def energy(self, name, text, *words):
        out = os.path.join(self.folder, name + ".out")
        self.good(run("tarn-evaluate", self.write(name, text), "--out", out, *words))
        return summary(out)["energy_eV"]

    def refused(self, program, text, *says, words=(), **more):
        sample = self.write("sample", text)
        self.one_line(run(program, sample, "--out", self.out, *words, **more), *says)
        self.assertFalse(os.path.exists(self.out))

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()


class Cells(Edge):
    def test_what_the_pair_gives_in_any_cell(self):
        alone = self.energy("alone", xyz(PAIR, box(40.0)))
        million = 1e6
        for name, text in (("cluster", xyz(PAIR)), ("million", xyz(PAIR, box(million))), ("flat million", xyz(PAIR, box(million, million, 20.0))),
                           ("needle", xyz(PAIR, box(million, 20.0, 20.0))), ("tilted", xyz(PAIR, [40.0, 0.0, 0.0, 4000.0, 40.0, 0.0, 0.0, -400.0, 40.0])),
                           ("far", xyz([("Cu", 1.0 + 4e6, 2.0, 3.0 - 4e6), ("Zr", 3.5, 2.0 - 4e6, 3.0)], box(40.0))),
                           ("huge and flat", xyz(PAIR, box(1e12, 1e12, 20.0)))):
            with self.subTest(name):
                self.assertAlmostEqual(self.energy(name, text), alone, places=3 if name == "huge and flat" else 6)

    def test_small_cells_are_their_repetitions(self):
        atom = [("Cu", 0.0, 0.0, 0.0)]
        row = [("Cu", 3.0 * k, 0.0, 0.0) for k in range(6)]
        self.assertAlmostEqual(6 * self.energy("one", xyz(atom, box(3.0))), self.energy("six", xyz(row, box(18.0, 3.0, 3.0))), places=8)

    def test_many_atoms_in_a_nearly_empty_cell(self):
        random.seed(5)
        atoms = [("Zr", *(random.uniform(0, 1e6) for _ in range(3))) for _ in range(4000)]
        self.assertAlmostEqual(self.energy("sparse", xyz(atoms, box(1e6))), self.energy("sparse cluster", xyz(atoms)), places=6)

    def test_what_is_refused(self):
        alone = "one atom has no vibrations"  # looked at before the cell is
        for text, says, of_modes in ((xyz([("Cu", 0.0, 0.0, 0.0)], box(0.1)), "images", alone), (xyz(PAIR, box(10.0, 10.0, 1e-3)), "images", "images"),
                                     (xyz([("Cu", 1.0, 2.0, 3.0), ("Zr", 1.0 + 1e-9, 2.0, 3.0)], box(20.0)), "atoms 1 and 2", "atoms 1 and 2"),
                                     (xyz([("Cu", 0.0, 2.0, 3.0), ("Zr", 20.0, 2.0, 3.0)], box(20.0)), "atoms 1 and 2", "atoms 1 and 2"),
                                     (xyz([("Cu", 2e13, 2.0, 3.0)], box(20.0)), "wrap", alone), (xyz([("Cu", float("nan"), 2.0, 3.0)], box(20.0)), ":3:", ":3:")):
            for words in ((), ("--relax",)):
                self.refused("tarn-evaluate", text, says, words=words)
            self.refused("tarn-vibrations", text, of_modes)

    def test_a_sample_without_cell_is_a_cluster_and_says_so(self):
        done = self.good(run("tarn-evaluate", self.write("pair.xyz", xyz(PAIR)), "--relax", "--out", self.out))
        self.assertIn("cluster", done.stdout)
        self.assertNotIn("pressure in", done.stdout)
        s = summary(self.out)
        self.assertEqual((s["pressure_bar"], s["volume_A3"], s["density_g_per_cm3"]), (None, None, None))
        moved = s["relaxation"]
        self.assertIn(f"farthest atom moved by {moved['largest_displacement_A']:.3g} A", done.stdout)
        self.assertGreater(moved["largest_displacement_A"], 0)
        self.assertLessEqual(moved["rms_displacement_A"], moved["largest_displacement_A"])
        done = self.good(run("tarn-evaluate", self.write("slab.xyz", xyz(PAIR, box(20.0), 'pbc="T T F"')), "--out", self.out, "--force"))
        self.assertIn("not periodic along c", done.stdout)

    def test_few_atoms_have_few_modes(self):
        self.refused("tarn-vibrations", xyz(PAIR[:1], box(10.0)), "no vibrations")
        pair = self.write("pair.xyz", xyz(PAIR, box(40.0)))
        done = self.good(run("tarn-vibrations", pair, "--relax", "--out", self.out))
        self.assertIn("no boson peak", done.stdout)  # one stretching mode, far above the window
        omega = numbers(f"{self.out}/modes.csv", "omega_rad_per_ps")
        self.assertEqual(len(omega), 6)
        self.one_line(run("tarn-study", pair, "--relax", "--out", self.out + "2"), "boson peak")

    def test_one_element_and_elements_without_atoms(self):
        with open(GLASS) as file:
            text = file.read()
        copper = re.sub(r"(?m)^(\d+) 2 ", r"\1 1 ", text)
        self.good(run("tarn-vibrations", self.write("cu.data", copper), "--out", self.out))  # type 2 has no atom
        self.assertEqual(summary(self.out)["composition"], {"Cu": 256, "Zr": 0})
        self.assertEqual(set(columns(f"{self.out}/dos.csv")["g_Zr_ps"]), {"0"})
        shutil.rmtree(self.out)
        self.refused("tarn-evaluate", xyz([("Al", 1.0, 2.0, 3.0)], box(20.0)), "Al", "Cu, Zr")

    def test_pressure_tensor_is_printed(self):
        done = self.good(run("tarn-evaluate", STRAINED, "--out", self.out))
        printed = [float(x) for x in re.search(r"xx (\S+), yy (\S+), zz (\S+), xy (\S+), xz (\S+), yz (\S+)", done.stdout).groups()]
        for mine, theirs in zip(printed, summary(self.out)["pressure_bar"]):
            self.assertAlmostEqual(mine, theirs, delta=0.051)

    def test_reduced_units(self):
        r = 2 ** (1 / 6)
        sample = self.write("pair.xyz", xyz([("A", 1.0, 2.0, 3.0), ("A", 1.0 + r, 2.0, 3.0)], box(9.0)))
        potential = "lj:" + os.path.join(SOURCE, "examples", "data", "kob_andersen.json")
        done = self.good(run("tarn-evaluate", sample, "--potential", potential, "--out", self.out))
        self.assertIn("epsilon/sigma", done.stdout)
        self.assertNotIn("eV (", done.stdout)
        self.assertNotIn("pressure in bar", done.stdout)
        done = self.good(run("tarn-vibrations", sample, "--potential", potential, "--relax", "--window", "1000:3000", "--width", "20", "--step", "1", "--out", self.out, "--force"))
        self.assertIn("98.2 rad/ps", done.stdout)
        # a dimer's stretch: k = 72/(2^(1/3)) ε/σ² but for the smoothing of the cutoff, ω = (2 k/m)^½
        height, peak = map(float, re.search(r"largest.*: (\S+) tau.* at (\S+)/tau", done.stdout).groups())
        self.assertAlmostEqual(peak, (2 * 72 / 2 ** (1 / 3)) ** 0.5, delta=0.5)
        self.assertAlmostEqual(peak * 98.2269, summary(self.out)["boson_peak_omega_rad_per_ps"], delta=0.5)
        self.assertAlmostEqual(height / 98.2269**3 / summary(self.out)["boson_peak_ps3"], 1, places=3)


class Texts(Edge):
    def test_samples_of_other_systems(self):
        with open(GLASS) as file:
            text = file.read()
        fortran = re.sub(r"(?m)^(\d+ [12] )(\S+) (\S+) (\S+)", lambda m: m[1] + " ".join(f"{float(m[k]):.15E}".replace("E", "D") for k in (2, 3, 4)), text)
        energy = self.energy("plain", text)
        for name, other in (("windows", text.replace("\n", "\r\n")), ("mark", "\ufeff" + text), ("fortran", fortran)):
            with self.subTest(name):
                self.assertAlmostEqual(self.energy(name, other), energy, places=6)

    def test_tables_of_other_systems_and_sizes(self):
        with open(TABLE) as file:
            text = file.read()
        energy = self.energy("plain", xyz(PAIR, box(20.0)), "--potential", self.write("plain.fs", text))
        for name, other in (("windows", text.replace("\n", "\r\n")), ("mark", "\ufeff" + text), ("fortran", re.sub(r"(\d)E([+-]\d)", r"\1D\2", text))):
            with self.subTest(name):
                self.assertEqual(self.energy(name, xyz(PAIR, box(20.0)), "--potential", self.write(name + ".fs", other)), energy)

    def small_table(self, points, value="0.5"):
        head = f"a\nb\nc\n1 Cu\n{points} 1.0 {points} {6.0 / points} 6.0\n29 63.546 3.6 fcc\n"
        return head + "\n".join([" ".join([value] * points)] * 3) + "\n"

    def test_tables_of_two_points_of_zeros_and_of_nothing(self):
        sample = self.write("pair.xyz", xyz([("Cu", 1.0, 2.0, 3.0), ("Cu", 3.5, 2.0, 3.0)], box(20.0)))
        for points, value, says in ((2, "0.5", "density of Cu at Cu"), (2, "0", "F of Cu has 2 values"), (5, "0", "F of Cu has 5 values")):
            for raw in ((), ("--raw-table",)):
                with self.subTest((points, value, raw)):
                    done = run("tarn-evaluate", sample, "--potential", self.write("t.fs", self.small_table(points, value)), "--out", self.out, *raw)
                    self.one_line(done, "t.fs", says, "6 or more are needed")
        for value, energy in (("0", 0.0), ("0.5", 2 * 0.5 + 0.5 / 2.5)):  # F of both atoms, and φ of r φ = 0.5 at 2.5 Å
            for raw in ((), ("--raw-table",)):
                with self.subTest((value, raw)):
                    self.good(run("tarn-evaluate", sample, "--potential", self.write("t.fs", self.small_table(20, value)), "--out", self.out, "--force", *raw))
                    self.assertAlmostEqual(summary(self.out)["energy_eV"], energy, delta=1e-3)
        self.one_line(run("tarn-evaluate", sample, "--potential", self.write("n.fs", self.small_table(20, "nan")), "--out", self.out, "--force"), "n.fs", "nan")

    def test_names(self):
        sample = self.write("it's \"a\" ümlaut — sample.data", self.read(GLASS).decode())
        out = os.path.join(self.folder, "ré sults \"of\" it's")
        self.good(run("tarn-study", sample, *BRIEF, "--out", out))
        self.assertTrue(os.path.exists(f"{out}/report.html"))
        self.write("-dash.data", self.read(GLASS).decode())
        self.good(run("tarn-study", *BRIEF, "--out=-out", "--", "-dash.data", cwd=self.folder))
        self.assertTrue(os.path.exists(f"{self.folder}/-out/report.html"))
        latin = os.fsencode(self.folder) + b"/gl\xe4s.data"  # no UTF-8
        shutil.copy(GLASS, latin)
        done = subprocess.run([os.path.join(BIN, "tarn-study").encode(), latin, *map(os.fsencode, BRIEF), b"--out", os.fsencode(self.folder) + b"/\xe4"], capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.one_line(run("tarn-evaluate", GLASS, "--out", ""), "--out")
        self.one_line(run("tarn-evaluate", "", "--out", self.out), "empty name")

    def test_what_is_no_file(self):
        for path in ("/dev/zero", "/dev/null"):
            self.one_line(run("tarn-evaluate", path, "--out", self.out), path, "device")
            self.one_line(run("tarn-evaluate", GLASS, "--potential", path, "--out", self.out), path, "device")
        os.mkfifo(f"{self.folder}/pipe")
        self.one_line(run("tarn-evaluate", f"{self.folder}/pipe", "--out", self.out), "pipe")


class Numbers(Edge):
    def test_threads(self):
        one = self.good(run("tarn-evaluate", GLASS, "--threads", 1, "--out", self.out)).stdout.splitlines()
        for threads in (0, 3, 200):
            self.assertEqual(self.good(run("tarn-evaluate", GLASS, "--threads", threads, "--out", self.out)).stdout.splitlines(), one)
        for threads in (-1, 5000, "1e3", "two"):
            done = run("tarn-vibrations", GLASS, "--threads", threads, "--out", self.out)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
        self.good(run("tarn-vibrations", GLASS, "--threads", 200, "--out", self.out, "--force"))

    def test_options_that_make_no_sense_are_refused_before_the_work(self):
        for words in (("--seed", "-1"), ("--seed", "9" * 30), ("--width", "nan"), ("--width", "inf"), ("--width", "0.01"), ("--step", "nan"), ("--step", "1e-9"), ("--step", "7"),
                      ("--window", "2:2.01"), ("--window", "1e-300:15"), ("--window", "nan:15"), ("--window", "2:1e300"), ("--modes", "below:nan")):
            with self.subTest(words):
                done = run("tarn-vibrations", GLASS, *words, "--out", self.out)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)
                self.assertFalse(os.path.exists(self.out))

    def test_modes_that_cannot_be_are_refused_before_the_work(self):
        side = 28  # 21952 atoms
        atoms = [("Cu", 2.6 * i, 2.6 * j, 2.6 * k) for i in range(side) for j in range(side) for k in range(side)]
        big = self.write("big.xyz", xyz(atoms, box(2.6 * side)))
        limit = limited(resource.RLIMIT_AS, 20 << 30)
        for words, says in (((), "--modes lowest"), (("--relax", "--solver", "lapack"), "--modes lowest"), (("--relax", "--solver", "eigen"), "--modes lowest"),
                            (("--modes", "lowest:21000", "--solver", "spectra"), "fewer"), (("--modes", "lowest:60000", "--solver", "spectra"), "third"),
                            (("--modes", "lowest:70000", "--solver", "spectra"), "65856"), (("--solver", "spectra"), "third")):
            with self.subTest(words):
                done = run("tarn-vibrations", big, "--out", self.out, *words, preexec_fn=limit)
                self.one_line(done, says, *(["GB"] if says == "--modes lowest" else []))
                self.assertEqual(done.stdout, "")  # not even relaxed
                self.assertFalse(os.path.exists(self.out))

    def test_a_limit_of_memory(self):
        glass = os.path.join(SOURCE, "examples", "data", "cuzr4000_minimum.data")
        for megabytes in (700, 1500):
            self.one_line(run("tarn-vibrations", glass, "--out", self.out, preexec_fn=limited(resource.RLIMIT_AS, megabytes << 20)), "of memory")
        self.one_line(run("tarn-vibrations", GLASS, "--threads", 200, "--out", self.out, preexec_fn=limited(resource.RLIMIT_AS, 2 << 30)), "ulimit -v", "--threads")

    def test_two_hundred_thousand_atoms(self):
        side = 58  # 195112
        atoms = [("Cu" if (i + j + k) % 2 else "Zr", 2.7 * i, 2.7 * j, 2.7 * k + 0.01 * (i % 3)) for i in range(side) for j in range(side) for k in range(side)]
        big = self.write("big.xyz", xyz(atoms, box(2.7 * side)))
        self.good(run("tarn-evaluate", big, "--out", self.out, "--precision", "mixed"))
        self.assertEqual(len(table(f"{self.out}/forces.csv")[1]), side**3)
        self.one_line(run("tarn-vibrations", big, "--out", self.out + "2"), "GB", "--modes lowest")
        self.one_line(run("tarn-vibrations", big, "--modes", "lowest:50000", "--out", self.out + "2"), "GB", "fewer")


class Streams(Edge):
    def test_closed_and_full_stdout(self):
        words = [os.path.join(BIN, "tarn-vibrations"), GLASS, "--out", self.out]
        for redirection in (">&-", "2>&-", "<&- >&- 2>&-", "| head -c 0", ">/dev/full"):
            with self.subTest(redirection):
                done = subprocess.run(["bash", "-c", f'set -o pipefail; "$@" {redirection}', "bash", *words], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(table(f"{self.out}/modes.csv")[0][0], "mode")
                self.assertEqual(len(table(f"{self.out}/modes.csv")[1]), 768)
                self.assertEqual(sorted(os.listdir(self.out)), ["atoms.csv", "dos.csv", "modes.csv", "summary.json"])
                shutil.rmtree(self.out)
        done = subprocess.run(f"'{words[0]}' --help > /dev/full", shell=True, capture_output=True, text=True)
        self.one_line(done, "stdout")

    def test_homes_and_tongues(self):
        for more in ({"HOME": "/does/not/exist", "MPLCONFIGDIR": "/does/not/exist", "LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "C", "TZ": "Nowhere/Land", "PYTHONWARNINGS": "default"}):
            with self.subTest(more):
                self.good(run("tarn-study", GLASS, *BRIEF, "--out", self.out, env=dict(os.environ, **more)))


@unittest.skipUnless(os.getuid() == 0, "needs root: mounts, and gives up its rights")
class Disks(Edge):
    libc = ctypes.CDLL(None, use_errno=True)

    def mounted(self, options):
        """A small file system in memory; unmounted when the test ends."""
        path = os.path.join(self.folder, "disk")
        os.makedirs(path, exist_ok=True)
        if self.libc.mount(b"tarn", path.encode(), b"tmpfs", 0, options.encode()) != 0:
            self.skipTest(f"cannot mount a tmpfs: {os.strerror(ctypes.get_errno())}")
        self.addCleanup(self.libc.umount2, path.encode(), 2)
        return path

    def test_a_full_disk_loses_nothing(self):
        for size, program, keep in (("128k", "tarn-evaluate", ("--precision", "mixed")), ("512k", "tarn-vibrations", ("--modes", "lowest:30")), ("1m", "tarn-study", None)):
            with self.subTest(program):
                disk = self.mounted(f"size={size}")
                out = os.path.join(disk, "out")
                before = {}
                if keep:
                    self.good(run(program, GLASS, "--out", out, *keep))
                    before = {name: self.read(f"{out}/{name}") for name in os.listdir(out)}
                with open(f"{disk}/filler", "wb") as filler:
                    try:
                        filler.write(b"x" * (8 << 20))
                    except OSError:
                        pass
                self.assertEqual(os.statvfs(disk).f_bavail, 0)
                if not keep:
                    os.truncate(f"{disk}/filler", 760 << 10)
                done = run(program, GLASS, "--out", out, *(() if keep else ("--searches", "0")))
                self.one_line(done, "No space left", "free some space", "disk/out")
                if keep:
                    self.assertEqual({name: self.read(f"{out}/{name}") for name in os.listdir(out)}, before)
                else:
                    self.assertEqual([name for name in os.listdir(out) if name != "vibrations"], [])
                os.remove(f"{disk}/filler")
                if program != "tarn-study":
                    self.good(run(program, GLASS, "--out", out))
                self.libc.umount2(disk.encode(), 2)

    def test_read_only(self):
        disk = self.mounted("size=4m")
        out = os.path.join(disk, "out")
        for program in ("tarn-evaluate", "tarn-vibrations"):
            self.good(run(program, GLASS, "--out", f"{out}/{program}"))
        self.assertEqual(self.libc.mount(b"tarn", disk.encode(), b"tmpfs", 32 | 1, b""), 0)  # remount, read-only
        for program in ("tarn-evaluate", "tarn-vibrations"):
            self.one_line(run(program, GLASS, "--out", f"{out}/{program}"), "Read-only", out, "write elsewhere")
            self.assertIn("already", self.good(run(program, GLASS, "--out", f"{out}/{program}", "--if-needed")).stdout)
        self.one_line(run("tarn-study", GLASS, "--out", f"{out}/new"), "Read-only", out, "write elsewhere")

    def test_no_right_to_write(self):
        os.chmod(self.folder, 0o755)
        os.mkdir(self.out, 0o755)
        for program in ("tarn-evaluate", "tarn-vibrations", "tarn-study"):
            for out in (self.out, f"{self.out}/below"):
                try:
                    done = run(program, GLASS, "--out", out, preexec_fn=lambda: os.setuid(NOBODY))
                except (PermissionError, subprocess.SubprocessError):
                    self.skipTest("another user cannot run the programs where they are")
                if "cannot be opened" in done.stderr:
                    self.skipTest("another user cannot read the sources where they are")
                self.one_line(done, "Permission denied", self.out, "write elsewhere")
        self.assertEqual(os.listdir(self.out), [])


class Interrupted(Edge):
    def test_killed_at_any_moment_loses_nothing_and_goes_on(self):
        random.seed(11)
        results = {"tarn-evaluate": ["forces.csv"], "tarn-vibrations": ["atoms.csv", "dos.csv", "modes.csv"]}
        for program, names in results.items():
            whole, out = os.path.join(self.folder, program + "-whole"), os.path.join(self.folder, program)
            start = time.monotonic()
            self.good(run(program, GLASS, "--threads", 1, "--out", whole))
            lasts = time.monotonic() - start
            expected = {name: self.read(f"{whole}/{name}") for name in names}
            there_before = False
            for k in range(15):
                process = subprocess.Popen([os.path.join(BIN, program), GLASS, "--threads", "1", "--out", out, "--quiet"], stderr=subprocess.PIPE, text=True)
                time.sleep(random.uniform(0, 1.2 * lasts))
                process.send_signal((signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[k % 3])
                self.assertEqual(process.communicate()[1], "")
                there = {name for name in (os.listdir(out) if os.path.isdir(out) else []) if not name.startswith(".")}
                if "summary.json" in there:
                    self.assertEqual(there, {*names, "summary.json"})
                    summary(out)
                elif there_before:  # on the way to their place: the newer ones are whole
                    self.assertTrue(os.path.exists(f"{out}/.finished/summary.json"))
                there_before = there_before or "summary.json" in there
                for name in there - {"summary.json"}:
                    self.assertEqual(self.read(f"{out}/{name}"), expected[name], name)
            self.good(run(program, GLASS, "--threads", 1, "--out", out))
            self.assertEqual(sorted(os.listdir(out)), sorted([*names, "summary.json"]))
            for name in names:
                self.assertEqual(self.read(f"{out}/{name}"), expected[name])

    def test_killed_while_results_come_to_their_place(self):
        words = ("tarn-vibrations", GLASS, "--threads", 1, "--out", self.out)
        self.good(run(*words, "--vectors"))
        earlier = {name: self.read(f"{self.out}/{name}") for name in os.listdir(self.out)}
        whole = os.path.join(self.folder, "whole")
        self.good(run(*words[:-1], whole))
        names = ["atoms.csv", "dos.csv", "modes.csv", "summary.json"]
        expected = {name: self.read(f"{whole}/{name}") for name in names}
        for moved in range(len(names) + 1):  # as many have come to their place; summary.json is the last
            with self.subTest(moved):
                shutil.rmtree(self.out)
                os.makedirs(f"{self.out}/.finished")
                for name in earlier:
                    if name != "summary.json" and (moved == 0 or name != "modes.bin"):
                        with open(f"{self.out}/{name}", "wb") as file:
                            file.write(earlier[name])
                for k, name in enumerate(names):
                    with open(f"{self.out}/{name}" if k < moved else f"{self.out}/.finished/{name}", "wb") as file:
                        file.write(expected[name])
                with open(f"{self.out}/.finished/.replaced", "w") as file:
                    file.write("modes.bin\n")
                done = self.good(run(*words, "--if-needed"))
                self.assertIn("already", done.stdout)
                self.assertEqual({name: self.read(f"{self.out}/{name}") for name in os.listdir(self.out) if name != ".finished"}, expected)
                self.good(run(*words))
                self.assertEqual(sorted(os.listdir(self.out)), names)

    def test_a_study_that_is_killed_goes_on(self):
        random.seed(12)
        for k in range(4):
            process = subprocess.Popen([os.path.join(BIN, "tarn-study"), GLASS, *BRIEF, "--out", self.out, "--quiet"], stderr=subprocess.PIPE, text=True)
            time.sleep(random.uniform(0, 3))
            process.send_signal((signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[k % 3])
            process.communicate()
            if os.path.exists(f"{self.out}/report.html"):
                self.assertTrue(self.read(f"{self.out}/report.html").rstrip().endswith(b"</html>"))
        self.good(run("tarn-study", GLASS, *BRIEF, "--out", self.out))
        self.assertEqual(sorted(os.listdir(self.out)), ["activation", "report.html", "summary.json", "vibrations"])
        self.assertEqual(sorted(os.listdir(f"{self.out}/vibrations")), ["atoms.csv", "dos.csv", "modes.csv", "summary.json"])

    def test_a_failure_leaves_the_earlier_results(self):
        self.good(run("tarn-vibrations", GLASS, "--out", self.out))
        before = {name: self.read(f"{self.out}/{name}") for name in os.listdir(self.out)}
        self.one_line(run("tarn-vibrations", GLASS, "--out", self.out, "--modes", "lowest:1"), "--modes")
        os.mkdir(f"{self.out}/modes.bin")
        self.one_line(run("tarn-vibrations", GLASS, "--out", self.out, "--vectors"), "modes.bin", "folder")
        os.rmdir(f"{self.out}/modes.bin")
        self.assertEqual({name: self.read(f"{self.out}/{name}") for name in os.listdir(self.out)}, before)

    def test_a_result_that_is_torn_is_made_again(self):
        words = ("tarn-vibrations", GLASS, "--out", self.out, "--if-needed")
        self.good(run(*words))
        whole = self.read(f"{self.out}/atoms.csv")
        os.truncate(f"{self.out}/atoms.csv", len(whole) // 2)
        self.assertNotIn("already", self.good(run(*words)).stdout)
        self.assertEqual(len(self.read(f"{self.out}/atoms.csv")), len(whole))
        os.remove(f"{self.out}/dos.csv")
        self.assertNotIn("already", self.good(run(*words)).stdout)
        self.assertIn("already", self.good(run(*words)).stdout)

    def test_two_runs_at_once(self):
        words = [os.path.join(BIN, "tarn-vibrations"), STRAINED, "--relax", "--out", self.out, "--modes", "lowest:120", "--solver", "spectra"]
        first = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while first.poll() is None and not (os.path.isdir(self.out) and os.listdir(self.out)):
            time.sleep(0.005)
        first.send_signal(signal.SIGSTOP)  # it shall not end before the other has looked
        second = run("tarn-vibrations", STRAINED, "--out", self.out)
        first.send_signal(signal.SIGCONT)
        self.assertEqual((first.communicate()[1], first.returncode), ("", 0))
        self.one_line(second, "another run", self.out, "--out")
        self.assertEqual(summary(self.out)["modes_computed"], 120)


class Report(Edge):
    def report(self, folder, **more):
        return subprocess.run([sys.executable, "-B", os.path.join(SOURCE, "examples", "report.py"), folder], capture_output=True, text=True, **more)

    def test_torn_results(self):
        self.good(run("tarn-vibrations", GLASS, "--out", self.out))
        self.good(self.report(self.out))
        os.remove(f"{self.out}/report.html")
        whole = {name: self.read(f"{self.out}/{name}") for name in os.listdir(self.out)}
        atoms, lines = whole["atoms.csv"], whole["atoms.csv"].splitlines(True)
        other = os.path.join(self.folder, "other")
        self.good(run("tarn-vibrations", os.path.join(SOURCE, "examples", "data", "cuzr864_minimum.data"), "--modes", "lowest:200", "--out", other))
        cases = {"cut": ("atoms.csv", atoms[:len(atoms) // 2]), "cut at a line": ("atoms.csv", b"".join(lines[:100])), "no rows": ("atoms.csv", lines[0]), "empty": ("dos.csv", b""),
                 "gone": ("modes.csv", None), "bytes": ("dos.csv", bytes(range(256)) * 9), "words": ("atoms.csv", atoms.replace(b",Zr,", b",Zr,x", 1)), "nan": ("modes.csv", re.sub(rb"(?m)^9,[^,]+", b"9,nan", whole["modes.csv"])),
                 "no summary": ("summary.json", None), "half a summary": ("summary.json", whole["summary.json"][:300]), "a list": ("summary.json", b"[1]"), "another sample": ("summary.json", self.read(f"{other}/summary.json")),
                 "another program": ("summary.json", whole["summary.json"].replace(b"tarn-vibrations", b"tarn-evaluate")), "texts": ("summary.json", re.sub(rb'"omega_1_rad_per_ps": [0-9.]+', b'"omega_1_rad_per_ps": "x"', whole["summary.json"]))}
        for name, (file, content) in cases.items():
            with self.subTest(name):
                for known, good in whole.items():
                    with open(f"{self.out}/{known}", "wb") as target:
                        target.write(good)
                os.remove(f"{self.out}/{file}")
                if content is not None:
                    with open(f"{self.out}/{file}", "wb") as target:
                        target.write(content)
                self.one_line(self.report(self.out), self.out)
                self.assertNotIn("report.html", os.listdir(self.out))
        self.one_line(self.report(f"{self.folder}/nothing"), "nothing", "run tarn-vibrations")

    def test_without_matplotlib(self):
        os.mkdir(f"{self.folder}/matplotlib")
        self.write("matplotlib/__init__.py", "raise ImportError('no matplotlib here')\n")
        env = dict(os.environ, PYTHONPATH=self.folder)
        self.one_line(self.report(self.folder, env=env), "matplotlib", "install")
        done = run("tarn-study", GLASS, *BRIEF, "--out", self.out, env=env)
        self.one_line(done, "install")
        self.assertTrue(os.path.exists(f"{self.out}/vibrations/modes.csv"))
        self.assertEqual(sorted(os.listdir(self.out)), ["activation", "vibrations"])
        self.assertIn("already", self.good(run("tarn-study", GLASS, *BRIEF, "--out", self.out)).stdout)


if __name__ == "__main__":
    unittest.main()
