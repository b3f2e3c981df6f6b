"""The force call against LAMMPS (Debian's lammps): pair_style eam/fs with -sf opt, the same table and configuration, lists with a skin of 1 Å, energy and virial
in every call. Processor time on both sides: a shared machine then disturbs less."""

import os
import re
import shutil
import subprocess

head = """units metal
atom_style atomic
boundary p p p
read_data {sample}
{more}
pair_style eam/fs
pair_coeff * * {table} Cu Zr
neighbor 1.0 bin
neigh_modify delay 0 every 1 check yes
timestep 0.002
thermo_style custom step pe press
"""


def lammps(tools, script, name):
    """Runs a script: processor seconds, and the log."""
    (tools.folder / name).write_text(script)
    program = shutil.which("lmp") or shutil.which("lammps")
    child = subprocess.Popen([program, "-sf", "opt", "-in", name, "-log", name + ".log", "-screen", "none"], cwd=tools.folder, env={**os.environ, "OMP_NUM_THREADS": "1"})
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    log = (tools.folder / (name + ".log")).read_text()
    if status != 0:
        raise RuntimeError("LAMMPS failed:\n" + log[-2000:])
    return usage.ru_utime + usage.ru_stime, log


def per_step(tools, script, sections, steps=60, few=10):
    """Processor seconds a step in some sections of LAMMPS's timing."""
    short, _ = lammps(tools, script + f"run {few}\n", "short.in")
    long, log = lammps(tools, script + f"run {steps + few}\n", "long.in")
    share = sum(float(re.search(rf"^{s} .*\|\s*([\d.]+)\s*$", log, re.M).group(1)) for s in sections) / 100
    return (long - short) * share / steps


def rows(tools):
    if not (shutil.which("lmp") or shutil.which("lammps")):
        for work, bar, aim in (("forces, `Double`", 7, 11), ("forces, `Mixed`", 9, 14), ("along a trajectory", 6, 9)):
            yield tools.Row(work, None, "× faster", bar, aim, "LAMMPS is not installed (Debian: lammps)")
        return
    data = tools.source / "examples" / "data"
    table = data / "CuZr_MKO2009.eam.fs"
    begin = head.format(sample=data / "cuzr864_minimum.data", table=table, more="replicate 2 2 2")
    lammps(tools, begin + "velocity all create 600 4711\nfix 1 all nve\nrun 750\nwrite_data hot.data nocoeff\n", "make.in")
    script = head.format(sample="hot.data", table=table, more="") + "thermo 1\n"
    environment = {"TARN_BENCHMARK_SAMPLE": str(tools.folder / "hot.data"), "OMP_NUM_THREADS": "1"}

    names = ["force_double", "force_mixed", "force_asymmetric", "trajectory", "force_lennard_jones"]
    static, moving, wall, ours = [], [], {1: [], 2: []}, {name: [] for name in names}
    for _ in range(tools.repeats):
        static.append(per_step(tools, script, ["Pair"]))
        moving.append(per_step(tools, script + "fix 1 all nve\n", ["Pair", "Neigh"], steps=250))
        for name, result in tools.benchmark("potential", "^(" + "|".join(names) + ")", environment).items():
            ours[name].append(1e-3 * result["real_time" if name == "trajectory" else "cpu_time"])
        ours.setdefault("build_list", []).append(1e-3 * tools.benchmark("atoms", "^build_list", environment)["build_list"]["cpu_time"])
        threads = tools.benchmark("potential", "^force_threads", {"TARN_BENCHMARK_SAMPLE": environment["TARN_BENCHMARK_SAMPLE"]}, seconds=0.3)
        for count in (1, 2):
            wall[count].append(threads[f"force_threads/{count}"]["real_time"])

    atoms = 6912
    microseconds = lambda seconds: f"{1e6 * seconds / atoms:.3f} µs an atom"
    ratio = lambda theirs, name: tools.median([t / o for t, o in zip(theirs, ours[name])])
    median = lambda name: tools.median(ours[name])
    yield tools.Row("forces, energy, virial: `Double`", ratio(static, "force_double"), "× faster", 7, 11, f"{microseconds(median('force_double'))}, LAMMPS {microseconds(tools.median(static))}")
    yield tools.Row("… `Mixed`", ratio(static, "force_mixed"), "× faster", 9, 14, microseconds(median("force_mixed")))
    yield tools.Row("… along a trajectory at 300 K, with its list rebuilds, `Double`", ratio(moving, "trajectory"), "× faster", 6, 9, f"{microseconds(median('trajectory'))}, LAMMPS {microseconds(tools.median(moving))}; a list takes {median('build_list') / median('force_double'):.0f} force calls")
    yield tools.Row("… 2 threads against 1, the same bits", min(wall[1]) / min(wall[2]), "×", 1.7, 1.95, "wall time, the shortest of the runs, with OpenMP's own way of waiting (a thread spins before it sleeps): each thread needs a core of its own, which nobody else uses")
    yield tools.Row("… cross densities that differ, `Double`", ratio(static, "force_asymmetric"), "× faster", 7, 11, microseconds(median("force_asymmetric")) + "; LAMMPS with the published table")
    yield tools.Row("Kob–Andersen Lennard-Jones, 6912 atoms, `Double`", 1e6 * median("force_lennard_jones") / atoms, "µs an atom", None, None, "no rival")
