"""tarn-activation as a user meets it: its files, kills, threads, shards, and what it refuses; its saddles checked by other means."""
import atexit
import collections
import functools
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import numpy as np

from programs import BIN, GLASS, SMOOTH, SOURCE, STRAINED, Case, columns, run, summary, table

FILES = ("events.csv", "atoms.csv", "outcomes.csv")
EVENTS = ("atom,search,status,loose_barrier_eV,barrier_eV,max_force_eV_per_A,lowest_eigenvalue_eV_per_A2,second_eigenvalue_eV_per_A2,connected,own,"
          "centre_moved_A,atoms_moved,other_side_eV,event,evaluations").split(",")
ATOMS = "id,element,x_A,y_A,z_A,searches,loose_eV,loose_sd_eV,loose_count,tight_eV,tight_sd_eV,tight_count,own_eV,own_sd_eV,own_count".split(",")
ENDS = ("saddle", "no_negative_curvature", "back_in_basin", "other_basin", "not_converged", "higher_order", "explosion")
ASKED = ("1", "2", "3", "17")


def small(*more):
    """Few searches; `more` adds words, or replaces the value of an option that is there."""
    options = {"--atoms": "1-3,17", "--searches": "2", "--potential": SMOOTH, "--raw-table": None, "--quiet": None}
    words = list(more)
    while words:
        name = words.pop(0)
        options[name] = words.pop(0) if words and not words[0].startswith("--") else None
    return [word for name, value in options.items() for word in ((name,) if value is None else (name, value))]


@functools.cache
def undisturbed():
    """The folder of one run that nothing disturbed: what others are compared with."""
    folder = tempfile.mkdtemp(prefix="tarn-test-")
    atexit.register(shutil.rmtree, folder, True)
    out = os.path.join(folder, "whole")
    done = run("tarn-activation", GLASS, *small("--saddles", "--threads", "2"), "--out", out)
    assert (done.returncode, done.stderr) == (0, ""), done
    return out


def bytes_of(folder, names=FILES):
    out = {}
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            out[name] = file.read()
    return out


def frames(path):
    """Comment line, ids and positions of each frame of an extended XYZ."""
    with open(path) as file:
        lines = file.read().splitlines()
    at = 0
    while at < len(lines):
        n = int(lines[at])
        rows = [line.split() for line in lines[at + 2:at + 2 + n]]
        yield lines[at + 1], [int(row[4]) for row in rows], lines[at:at + 2 + n]
        at += n + 2


class Activation(Case):
    def setUp(self):
        super().setUp()
        self.whole = undisturbed()

    def copy(self):
        shutil.copytree(self.whole, self.out)
        return os.path.join(self.out, "events.sqlite")

    def again(self, *words, out=None, **more):
        return run("tarn-activation", GLASS, *small(*words), "--out", out or self.out, **more)


class Files(Activation):
    def test_tables_agree_with_each_other(self):
        head, rows = table(f"{self.whole}/events.csv")
        self.assertEqual(head, EVENTS)
        self.assertEqual([(row[0], row[1]) for row in rows], [(a, str(n)) for a in ASKED for n in (1, 2)])
        e = columns(f"{self.whole}/events.csv")
        self.assertLessEqual(set(e["status"]), set(ENDS))
        saddles = [k for k, status in enumerate(e["status"]) if status == "saddle"]
        self.assertGreater(len(saddles), 2)
        for k in range(len(rows)):
            self.assertEqual(e["barrier_eV"][k] == "", k not in saddles)
            self.assertEqual(e["event"][k] == "", k not in saddles)
            self.assertIn(e["own"][k], "01")
            if k in saddles:
                self.assertLess(float(e["max_force_eV_per_A"][k]), 1e-3)
                self.assertLess(float(e["lowest_eigenvalue_eV_per_A2"][k]), 0)
                self.assertGreater(float(e["second_eigenvalue_eV_per_A2"][k]), 0)
                self.assertGreater(float(e["barrier_eV"][k]), 0)
                if e["own"][k] == "1":
                    self.assertIn(e["connected"][k], ("initial", "twin"))
                    self.assertGreater(float(e["centre_moved_A"][k]), 0.1)

        head, rows = table(f"{self.whole}/atoms.csv")
        self.assertEqual(head, ATOMS)
        self.assertEqual(len(rows), 256)
        a = columns(f"{self.whole}/atoms.csv")
        for row in rows:
            self.assertEqual(row[5], "2" if row[0] in ASKED else "0")
        for k, atom in enumerate(a["id"]):
            for kind, values in (("loose", e["loose_barrier_eV"]), ("tight", e["barrier_eV"])):
                mine = [float(v) for i, v in enumerate(values) if v and e["atom"][i] == atom]
                self.assertEqual(int(a[f"{kind}_count"][k]), len(mine))
                self.assertEqual(a[f"{kind}_eV"][k] == "", not mine)
                if mine:
                    self.assertAlmostEqual(float(a[f"{kind}_eV"][k]), np.mean(mine), places=12)
                self.assertEqual(a[f"{kind}_sd_eV"][k] == "", len(mine) < 2)
                if len(mine) > 1:
                    self.assertAlmostEqual(float(a[f"{kind}_sd_eV"][k]), np.std(mine, ddof=1), places=12)

        s = summary(self.whole)
        self.assertEqual(s["searches"], 8)
        self.assertEqual({k: v for k, v in s["outcomes"].items() if v}, dict(collections.Counter(e["status"])))
        self.assertEqual(s["evaluations"]["all"]["total"], sum(map(int, e["evaluations"])))
        self.assertEqual(s["barriers"]["own"]["count"], e["own"].count("1"))
        self.assertEqual(s["events"]["found"], len(saddles))
        self.assertEqual(s["events"]["distinct"], len(set(e["event"]) - {""}))
        self.assertEqual(s["catalogue"]["fingerprint"]["seed"], "1")
        self.assertEqual(s["options"]["atoms"], "1-3,17")
        o = columns(f"{self.whole}/outcomes.csv")
        self.assertEqual(sum(map(int, o["saddle"])), len(saddles))

    def test_saddles_have_the_energy_and_the_forces_that_the_table_tells(self):
        e = columns(f"{self.whole}/events.csv")
        at = {(a, n): k for k, (a, n) in enumerate(zip(e["atom"], e["search"]))}
        self.good(run("tarn-evaluate", GLASS, "--potential", SMOOTH, "--raw-table", "--out", self.out))
        minimum = summary(self.out)["energy_eV"]
        count = 0
        for comment, ids, lines in frames(f"{self.whole}/saddles.extxyz"):
            info = dict(word.split("=", 1) for word in comment.replace('"', "").split() if "=" in word)
            k = at[info["atom"], info["search"]]
            self.assertEqual(info["barrier_eV"], e["barrier_eV"][k])
            self.assertEqual(sorted(ids), list(range(1, 257)))
            count += 1
            if count > 3:
                continue
            frame = self.write("saddle.extxyz", "\n".join(lines) + "\n")
            self.good(run("tarn-evaluate", frame, "--potential", SMOOTH, "--raw-table", "--out", self.out, "--force"))
            self.assertAlmostEqual(summary(self.out)["energy_eV"] - minimum, float(e["barrier_eV"][k]), places=6)
            f = columns(f"{self.out}/forces.csv")
            largest = max(np.linalg.norm([float(f[c][i]) for c in ("fx_eV_per_A", "fy_eV_per_A", "fz_eV_per_A")]) for i in range(256))
            self.assertAlmostEqual(largest, float(e["max_force_eV_per_A"][k]), places=5)
        self.assertEqual(count, e["status"].count("saddle"))

    def test_retry_until_success(self):
        words = ("--atoms", "2,17", "--successes", "2", "--attempts", "4", "--potential", SMOOTH, "--raw-table", "--out", self.out)
        done = self.good(run("tarn-activation", GLASS, *words))
        self.assertIn("searches around 2 atoms", done.stdout)
        e = columns(f"{self.out}/events.csv")
        for atom in ("2", "17"):
            loose = [v != "" for v, a in zip(e["loose_barrier_eV"], e["atom"]) if a == atom]
            self.assertTrue(len(loose) == 4 or (sum(loose) == 2 and loose[-1]), loose)
        self.assertEqual(summary(self.out)["counting"], {"tries": 2, "retry_successes": 2, "retry_attempts": 4})

    def test_prefactors(self):
        self.copy()
        self.good(self.again("--saddles", "--prefactors"))
        self.assertEqual(bytes_of(self.out), bytes_of(self.whole))
        p = columns(f"{self.out}/prefactors.csv")
        self.assertEqual(len(p["event"]), summary(self.out)["events"]["distinct"])
        for value in p["prefactor_THz"]:
            self.assertTrue(value == "" or 1e-3 < float(value) < 1e6, value)
        self.assertGreater(sum(value != "" for value in p["prefactor_THz"]), 0.7 * len(p["event"]))

    def test_lennard_jones(self):
        r = 1.12
        atoms = [(i + j % 2 / 2, j * 0.87, k) for i in range(3) for j in range(3) for k in range(3)]
        text = f"{len(atoms)}\ncluster\n" + "".join(f"A {r * x!r} {r * y!r} {r * z!r}\n" for x, y, z in atoms)
        potential = "lj:" + os.path.join(SOURCE, "examples", "data", "kob_andersen.json")
        sample = self.write("cluster.xyz", text)
        done = self.good(run("tarn-activation", sample, "--potential", potential, "--relax", "--atoms", "1,14", "--searches", "2", "--push", "0.05", "--out", self.out))
        self.assertIn("epsilon in the mean", done.stdout)
        self.assertEqual(len(table(f"{self.out}/events.csv")[1]), 4)
        merged = self.good(run("tarn-activation", "merge", self.out, "--out", self.out + "2"))
        self.assertEqual(merged.stdout.splitlines()[:-1], done.stdout.splitlines()[-len(merged.stdout.splitlines()):-1])
        self.assertEqual(summary(self.out + "2")["potential"], summary(self.out)["potential"])


class Continues(Activation):
    def test_killed_and_run_again_is_the_undisturbed_run(self):
        for threads in ("1", "2"):
            out = self.out + threads
            kills, before = 0, 0
            for _ in range(40):
                process = subprocess.Popen([os.path.join(BIN, "tarn-activation"), GLASS, *small("--threads", threads), "--out", out])
                deadline = time.monotonic() + 60
                while process.poll() is None and time.monotonic() < deadline:
                    try:
                        with sqlite3.connect(f"file:{out}/events.sqlite?mode=ro", uri=True) as base:
                            done = base.execute("SELECT count(*) FROM searches").fetchone()[0]
                        if done >= before + 2:
                            break
                    except sqlite3.Error:
                        pass
                    time.sleep(0.01)
                if process.poll() is not None:
                    break
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                with sqlite3.connect(f"{out}/events.sqlite") as base:
                    now = base.execute("SELECT count(*) FROM searches").fetchone()[0]
                self.assertGreaterEqual(now, before + 2)
                if now < 2 * len(ASKED):  # else it may have been killed while it wrote its results, or after
                    self.assertFalse(os.path.exists(f"{out}/events.csv"))
                before = now
            self.good(self.again("--threads", threads, out=out))
            self.assertGreater(kills, 1)
            self.assertEqual(bytes_of(out), bytes_of(self.whole))

    def test_the_same_again_does_nothing_and_more_searches_add(self):
        self.copy()
        stamp = os.stat(f"{self.out}/summary.json").st_mtime_ns
        self.good(self.again("--saddles", "--threads", "1"))
        self.assertEqual(stamp, os.stat(f"{self.out}/summary.json").st_mtime_ns)
        self.good(self.again("--searches", "3", "--atoms", "1-2"))
        self.assertEqual(summary(self.out)["this_run"]["searches"], 2)
        rows = table(f"{self.out}/events.csv")[1]
        self.assertEqual([(row[0], row[1]) for row in rows], [(a, n) for a in "12" for n in "123"])
        theirs = table(f"{self.whole}/events.csv")[1]
        self.assertEqual([rows[k][:13] for k in (0, 1, 3, 4)], [row[:13] for row in theirs[:4]])
        self.assertFalse(os.path.exists(f"{self.out}/saddles.extxyz"))
        self.good(self.again())  # fewer again: all is there
        self.assertEqual(summary(self.out)["this_run"]["searches"], 0)
        self.assertEqual(bytes_of(self.out), bytes_of(self.whole))

    def test_saddles_that_were_not_kept_are_found_again(self):
        self.good(self.again("--atoms", "1"))
        before = bytes_of(self.out)
        self.good(self.again("--atoms", "1", "--saddles"))
        self.assertEqual(bytes_of(self.out), before)
        self.assertEqual(len(list(frames(f"{self.out}/saddles.extxyz"))), columns(f"{self.out}/events.csv")["status"].count("saddle"))

    def test_a_limit_of_time_leaves_saddles_that_were_not_kept(self):
        self.good(self.again())
        self.good(self.again("--saddles", "--minutes", "0.0001"))
        self.assertTrue(summary(self.out)["this_run"]["ended_early"])
        kept = [comment for comment, _, _ in frames(f"{self.out}/saddles.extxyz")]
        self.assertLessEqual(set(kept), {comment for comment, _, _ in frames(f"{self.whole}/saddles.extxyz")})
        self.assertEqual(bytes_of(self.out), bytes_of(self.whole))

    def test_drawn_atoms_and_a_limit_of_time(self):
        asked = ("--atoms", "random:3", "--searches", "1")
        self.good(self.again(*asked, "--minutes", "0.0001"))
        self.assertTrue(summary(self.out)["this_run"]["ended_early"])
        self.assertIn("--minutes 0.0001", " ".join(summary(self.out)["notes"]))
        found = summary(self.out)["searches"]
        self.good(self.again(*asked, "--minutes", "0.0001"))  # the same again goes on
        self.assertEqual(summary(self.out)["this_run"]["kept_from_before"], found)
        self.good(self.again(*asked))
        drawn = {row[0] for row in table(f"{self.out}/events.csv")[1]}
        self.assertEqual((len(drawn), summary(self.out)["this_run"]["ended_early"]), (3, False))
        self.good(self.again("--atoms", "random:4", "--searches", "1"))
        more = {row[0] for row in table(f"{self.out}/events.csv")[1]}
        self.assertTrue(len(more) == 4 and drawn < more, "more atoms are those of before, and others")

    def test_shards_together_are_one_run(self):
        parts = [os.path.join(self.folder, f"part{k}") for k in (1, 2, 3)]
        for k, part in enumerate(parts):
            self.good(self.again("--shard", f"{k + 1}/3", out=part))
        self.assertEqual(sum(len(table(f"{p}/events.csv")[1]) for p in parts), 8)
        self.good(run("tarn-activation", "merge", parts[2], parts[0], parts[1], "--out", self.out))
        self.assertEqual(bytes_of(self.out), bytes_of(self.whole))
        s, w = summary(self.out), summary(self.whole)
        for key in ("searches", "outcomes", "evaluations", "barriers", "events", "counting", "sample", "potential"):
            self.assertEqual(s[key], w[key], key)
        self.good(run("tarn-activation", "merge", *parts, "--out", self.out))  # once more
        self.assertEqual(bytes_of(self.out), bytes_of(self.whole))

        self.good(self.again("--shard", "1/3", "--saddles", out=parts[0]))
        merge = ("tarn-activation", "merge", *parts[:2], "--out", self.out + "1", "--saddles")
        self.one_line(run(*merge), parts[1] + ":", "has not kept", "run it again with --saddles", "leave --saddles out")
        self.good(self.again("--shard", "2/3", "--saddles", out=parts[1]))
        self.good(run(*merge))
        self.assertEqual(len(list(frames(f"{self.out}1/saddles.extxyz"))), sum(len(list(frames(f"{p}/saddles.extxyz"))) for p in parts[:2]))
        self.one_line(run("tarn-activation", "merge", parts[0], "--out", self.out, "--saddles"), self.out + ":", "has not kept", "give another folder with --out")

        other = os.path.join(self.folder, "other")
        self.good(self.again("--seed", "2", "--atoms", "1", out=other))
        self.one_line(run("tarn-activation", "merge", parts[0], other, "--out", self.out + "2"), "seed", "is 2")
        self.one_line(run("tarn-activation", "merge", parts[0], self.folder, "--out", self.out + "3"), "no such file")
        self.assertEqual(run("tarn-activation", "merge", "--out", self.out).returncode, 2)


class Refuses(Activation):
    def refused(self, *says, words=(), sample=GLASS, **more):
        self.one_line(run("tarn-activation", sample, *small(*words), "--out", self.out, **more), *says)

    def test_bad_usage(self):
        for words, says in ((("--atoms", "none"), "1-60,75"), (("--atoms", "9-3"), "1-60,75"), (("--shard", "3/2"), "I/N"), (("--shard", "0/2"), "I/N"), (("--searches", "0"), "searches"),
                            (("--attempts", "3"), "successes"), (("--way-out", "door"), "frozen"), (("--push", "-1"), "push"), (("--curvature", "0.3"), "curvature")):
            done = run("tarn-activation", GLASS, *words, "--out", self.out)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertIn(says, done.stderr)
        self.assertFalse(os.path.exists(self.out))

    def test_before_a_search(self):
        for words, says in ((("--atoms", "250-300"), ("no atom 300", "1 to 256")), (("--atoms", "0"), ("no atom 0",)), (("--successes", "5", "--attempts", "3"), ("--attempts 3", "--successes, 5")),
                            (("--atoms", "1-1000000000000"), ("no atom 1000000000000",))):
            self.refused(*says, words=words)
            self.assertFalse(os.path.exists(self.out))
        self.refused("not at a minimum", "--relax", sample=STRAINED)
        self.assertFalse(os.path.exists(self.out))
        one = self.write("one.xyz", '1\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3\nCu 0 0 0\n')
        self.one_line(run("tarn-activation", one, "--out", self.out), "one atom")

    def test_other_searches(self):
        self.copy()
        before = bytes_of(self.out)
        for words, says in ((("--seed", "2"), "seed 1, asked for is 2"), (("--push", "0.2"), "push 0.1, asked for is 0.2"), (("--way-out", "plain"), "way-out frozen"),
                            (("--tight-force", "0.002"), "tight-force"), (("--potential", os.path.join(SOURCE, "examples", "data", "CuZr_MKO2009.eam.fs"), "--relax"), "another minimum")):
            self.refused(says, "--out", "--force", words=words)
        self.assertEqual(bytes_of(self.out), before)
        os.remove(f"{self.out}/summary.json")  # as after a kill
        self.refused("seed 1, asked for is 2", words=("--seed", "2"))
        for seed, kept in (("2", ["events.sqlite.old"]), ("3", ["events.sqlite.old", "events.sqlite.old2"])):
            self.good(self.again("--seed", seed, "--atoms", "1", "--force"))
            self.assertEqual(sorted(name for name in os.listdir(self.out) if ".old" in name and not name.endswith(("-wal", "-shm"))), kept)
            self.assertIn("kept as " + kept[-1], " ".join(summary(self.out)["notes"]))
        with sqlite3.connect(f"{self.out}/events.sqlite.old") as base:
            self.assertEqual(base.execute("SELECT count(*) FROM searches").fetchone()[0], 2 * len(ASKED))
        self.good(self.again("--seed", "2", "--atoms", "1", "--force"))
        self.assertEqual(len(table(f"{self.out}/events.csv")[1]), 2)
        self.assertEqual(summary(self.out)["catalogue"]["fingerprint"]["seed"], "2")

    def test_a_catalogue_that_cannot_be_used(self):
        path = self.copy()
        os.remove(f"{self.out}/summary.json")
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        self.refused("events.sqlite", "locked", "wait for its end")
        self.refused("events.sqlite", "locked", words=("--force",))  # it may be whole
        holder.close()
        size = os.path.getsize(path)
        with open(path, "r+b") as file:
            file.truncate(size // 2)
        self.refused("events.sqlite", "damaged", "begin again")
        with open(path, "wb") as file:
            file.write(b"no database at all" * 100)
        self.refused("events.sqlite", "no SQLite database", "move this one away", words=("--force",))
        os.remove(path)
        self.good(self.again("--atoms", "1"))

    def test_full_disk_loses_nothing(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
        self.refused("events.sqlite", "cannot be written", "free some space", preexec_fn=limit)
        with sqlite3.connect(f"{self.out}/events.sqlite") as base:
            kept = base.execute("SELECT count(*) FROM searches").fetchone()[0]
        self.assertGreater(kept, 0)
        self.good(self.again())
        self.assertEqual(summary(self.out)["this_run"]["kept_from_before"], kept)
        self.assertEqual(bytes_of(self.out), bytes_of(self.whole))

    def test_two_runs_at_once(self):
        first = subprocess.Popen([os.path.join(BIN, "tarn-activation"), GLASS, *small("--searches", "50"), "--out", self.out])
        try:
            deadline = time.monotonic() + 60
            while not os.path.exists(f"{self.out}/events.sqlite") and time.monotonic() < deadline:
                time.sleep(0.02)
            self.refused("another run is writing")
        finally:
            first.kill()
            first.wait()


if __name__ == "__main__":
    unittest.main()
