"""Evaluations that minimising 4000 atoms to 1e-8 eV/Å takes, against LAMMPS's min_style cg and fire; all stop by the largest force on an atom. Glasses at 300 K, and
a liquid of 2000 K cooled to 300 K within 1 ps. Which minimum is found, and how soft it is, is chance where atoms still move far: evaluations are summed over samples."""

import re
import shutil

from lammps import forces

foot = "evaluations do not depend on the machine's load."

# Samples: 0.5 ps at 300 K from the minimum; 1.5 ps and more at 2000 K, then 1 ps of cooling.
glass = "velocity all create 600 {seed}\nfix 1 all nve\nrun 250\nwrite_data glass{seed}.data nocoeff\n"
liquid = "velocity all create 4000 {seed}\nfix 1 all nvt temp 2000 2000 0.1\nrun 750\nfix 1 all nvt temp 2000 300 0.1\nrun 500\nwrite_data liquid{seed}.data nocoeff\n"
seeds = (4711, 4712, 4713)
stop = "min_style {style}\nmin_modify norm max\nminimize 0 1e-8 20000 20000\n"


def theirs(tools, begin, style):
    """Evaluations; None where LAMMPS gave up before it came there."""
    _, log = forces.lammps(tools, begin + stop.format(style=style), f"{style}.in")
    if "Stopping criterion = force tolerance" not in log:
        return None
    return int(re.search(r"force evaluations = \d+ (\d+)", log).group(1))


def rows(tools):
    kinds = (("300 K glass", "glass", glass), ("liquid cooled to 300 K", "liquid", liquid))
    if not (shutil.which("lmp") or shutil.which("lammps")):
        for what, _, _ in kinds:
            yield tools.Row(f"evaluations, {what} of 4000 atoms", None, "× its evaluations", 0.7, 0.4, "LAMMPS is not installed (Debian: lammps)", False)
        return
    data = tools.source / "examples" / "data"
    table = data / "CuZr_MKO2009.eam.fs"
    for what, name, make in kinds:
        count = {}
        for seed in seeds:
            forces.lammps(tools, forces.head.format(sample=data / "cuzr4000_minimum.data", table=table, more="") + make.format(seed=seed), "make.in")
            begin = forces.head.format(sample=f"{name}{seed}.data", table=table, more="")
            for style in ("cg", "fire"):
                count.setdefault(style, []).append(theirs(tools, begin, style))
            for minimiser, result in tools.benchmark("relax", "^minimise_", {"TARN_BENCHMARK_SAMPLE": str(tools.folder / f"{name}{seed}.data")}, seconds=0).items():
                count.setdefault(minimiser, []).append(int(result["evaluations"]) if "evaluations" in result else None)
        reached = {key: sum(n for n in values if n) if all(values) else None for key, values in count.items()}
        said = lambda key: ", ".join(str(n) if n else "not reached" for n in count[key])
        ratio = lambda mine, other: reached[mine] / reached[other] if reached[mine] and reached[other] else None
        for style in ("cg", "fire"):
            yield tools.Row(f"{what}, L-BFGS (the default) against LAMMPS {style}", ratio("minimise_lbfgs", style), "× its evaluations", 0.7, 0.4, f"{said('minimise_lbfgs')}; LAMMPS {said(style)}", False)
        yield tools.Row(f"{what}, FIRE against LAMMPS fire", ratio("minimise_fire", "fire"), "× its evaluations", None, None, said("minimise_fire"), False)
        yield tools.Row(f"{what}, conjugate gradients against LAMMPS cg", ratio("minimise_conjugate_gradient", "cg"), "× its evaluations", None, None, said("minimise_conjugate_gradient"), False)
