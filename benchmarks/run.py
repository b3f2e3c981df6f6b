#!/usr/bin/env python3
"""Runs the benchmarks and their rivals and writes the table of benchmarks/README.md: python3 benchmarks/run.py

Each module named in `modules` has a function rows(tools) that yields the rows of its part of the table, and, where they are no Rows, the `head` of
the table and the `foot` that says how it was measured."""

import argparse
import importlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
modules = ["lammps.forces", "lammps.minimise", "lammps.searches", "peers.hessian", "peers.compile", "kernels"]


class Row:
    """`value` in `unit`, against a bar and an aim (None: neither was set); `detail` says what was measured. A value of None: not measured, `detail` says why."""

    def __init__(self, work, value, unit, bar, aim, detail, larger_is_better=True):
        self.work, self.value, self.unit, self.bar, self.aim, self.detail = work, value, unit, bar, aim, detail
        self.larger_is_better = larger_is_better

    def line(self):
        limit = lambda x: "–" if x is None else f"{x:g} {self.unit}".rstrip()
        met = lambda x: self.value >= x if self.larger_is_better else self.value <= x
        result = "–"
        if self.value is not None:
            verdict = "" if self.bar is None else " (aim met)" if met(self.aim) else " (bar met)" if met(self.bar) else " (bar missed)"
            number = f"{self.value:.0f}" if abs(self.value) >= 1000 else f"{self.value:.3g}"
            result = f"**{number} {self.unit}".rstrip() + f"**{verdict}"
        return f"| {self.work} | {result} | {limit(self.bar)} | {limit(self.aim)} | {self.detail} |"


class Tools:
    def __init__(self, build, folder, repeats, long=False):
        self.build, self.folder, self.repeats, self.long = build, pathlib.Path(folder), repeats, long
        self.source, self.Row, self.median = here.parent, Row, statistics.median

    def program(self, folder):
        """The Google Benchmarks of one folder; None where there are none."""
        return next((p for p in (self.build / "bin" / f"benchmark_{folder}", self.build / f"benchmark_{folder}") if p.exists()), None)

    def names(self, folder):
        return subprocess.run([self.program(folder), "--benchmark_list_tests"], check=True, capture_output=True, text=True).stdout.split()

    def benchmark(self, folder, pattern, environment=None, seconds=0.5):
        """Name → result of the Google Benchmarks of one folder that match a pattern."""
        out = subprocess.run([self.program(folder), f"--benchmark_filter={pattern}", f"--benchmark_min_time={seconds}", "--benchmark_format=json"],
                             env={**os.environ, **(environment or {})}, check=True, capture_output=True, text=True).stdout
        return {b["name"].split("/iterations")[0].removesuffix("/real_time").removesuffix("/manual_time"): b for b in json.loads(out)["benchmarks"]}


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    value = lambda key: next((line.split(":")[1].strip() for line in text.splitlines() if line.startswith(key)), "?")
    flags = value("flags").split()
    return f"{value('model name')} (family {value('cpu family')}, model {value('model')}), {'AVX-512' if 'avx512f' in flags else 'AVX2' if 'avx2' in flags else 'SSE2'}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, help="folder of a finished build; without it one is made")
    parser.add_argument("--repeats", type=int, default=5, help="alternating runs of each; medians are reported")
    parser.add_argument("--only", help="one of: " + ", ".join(modules))
    parser.add_argument("--long", action="store_true", help="also what takes many minutes: all modes of 4000 atoms")
    parser.add_argument("--print", action="store_true", dest="dry", help="do not write README.md")
    options = parser.parse_args()
    build = options.build
    if build is None:
        subprocess.run(["cmake", "--workflow", "--preset", "benchmarks"], cwd=here.parent, check=True)
        build = here.parent / "build" / "benchmarks"
    sys.path.insert(0, str(here))
    chosen = [m for m in modules if options.only in (None, m)]
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            module = importlib.import_module(name)
            rows = list(module.rows(Tools(build.resolve(), folder, options.repeats, options.long)))
        head = getattr(module, "head", "| work | result | bar | aim | how |\n| --- | --- | --- | --- | --- |")
        foot = getattr(module, "foot", f"medians of {options.repeats} alternating runs.")
        table = "\n".join([head, *(row.line() for row in rows), "", f"{processor()}; {foot}"])
        print(table)
        if options.dry:
            continue
        readme = here / "README.md"
        text = readme.read_text()
        begin, end = f"<!-- {name} -->", f"<!-- end {name} -->"
        if begin not in text or end not in text:
            sys.exit(f"benchmarks/README.md lacks the marks {begin} and {end} that the table goes between")
        readme.write_text(text[: text.index(begin) + len(begin)] + "\n" + table + "\n" + text[text.index(end) :])


if __name__ == "__main__":
    main()
