"""Every kernel: its time and rate, what bounds it, and how much of that bound it reaches. The bound is measured beside it, on the same machine in the same minute
(support/bound.hpp); the head of each file says more."""

import re

head = "| header | kernel | time | rate | bound by | share of the bound |\n| --- | --- | --- | --- | --- | --- |"
foot = "one run each; the share is the time that the bound alone would take over the time taken."
folders = ["core", "atoms", "io", "statistics", "potential", "relax", "dynamics", "vibration", "landscape"]
# What other modules run, or what is no kernel: rivals, exports, the conditioning at other numbers of segments.
skipped = r"^(assembled_export|modes_bare_dsyevd|force_threads|coarse_grain_all_pairs)|^condition_.*/(16|32|64|256)$"


class Kernel:
    def __init__(self, name, result):
        self.name, self.result = name, result

    def line(self):
        header, bound = self.result["label"].split("|")
        manual = "manual_time" in self.result["name"]  # that of the processor too
        seconds = self.result["real_time" if manual else "cpu_time"] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}[self.result["time_unit"]]
        rate = "–"
        if "bytes_per_second" in self.result:
            rate = f"{self.result['bytes_per_second'] / 1e6:.0f} MB/s"
        elif "items_per_second" in self.result:
            rate = f"{self.result['items_per_second'] / 1e6:.2f} M/s" if self.result["items_per_second"] > 1e5 else f"{self.result['items_per_second']:.0f} /s"
        time = f"{1e6 * seconds:.3g} µs" if seconds < 1e-3 else f"{1e3 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
        return f"| {header} | {self.name} | {time} | {rate} | {bound} | {100 * self.result['bound_s'] / seconds:.0f} % |"


def rows(tools):
    one_core = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for folder in folders:
        if not tools.program(folder):
            continue
        names = [n for n in tools.names(folder) if not re.search(skipped, re.sub(r"/(manual_time|real_time|iterations:\d+)", "", n))]
        pattern = "^(" + "|".join(re.escape(n) for n in names) + ")$"
        for name, result in sorted(tools.benchmark(folder, pattern, one_core, seconds=0.2).items(), key=lambda item: item[1].get("label", "")):
            if "bound_s" in result:
                yield Kernel(name, result)
