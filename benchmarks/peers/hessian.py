"""The Hessian: its operator against the product with the assembled matrix in SciPy's BSR, the dense form against finite differences of LAMMPS's forces (6N calls),
all modes against the bare dsyevd. The large sample is the data file TARN_LARGE_SAMPLE, else the minimum of 864 atoms three times along each vector."""

import os
import shutil
import subprocess
import sys

from lammps import forces

child = """
import sys, time, numpy, scipy.sparse
with open(sys.argv[1], "rb") as file:
    atoms, blocks = (int(n) for n in numpy.fromfile(file, numpy.uint64, 2))
    start, column = numpy.fromfile(file, numpy.int32, atoms + 1), numpy.fromfile(file, numpy.int32, blocks)
    block = numpy.fromfile(file, numpy.float64, 9 * blocks).reshape(blocks, 3, 3)
matrix = scipy.sparse.bsr_matrix((block, column, start), shape=(3 * atoms, 3 * atoms))
vector, times = numpy.random.default_rng(1).standard_normal(3 * atoms), []
for _ in range(15):
    begin = time.thread_time()
    matrix @ vector
    times.append(time.thread_time() - begin)
print(1e3 * numpy.median(times))
"""


def with_scipy():
    """A Python that has SciPy, this one first (Debian's python3-scipy is /usr/bin/python3's alone); None where there is none."""
    works = lambda python: subprocess.run([python, "-c", "import scipy.sparse"], capture_output=True).returncode == 0
    return next((python for python in (sys.executable, "/usr/bin/python3") if os.path.exists(python) and works(python)), None)


def milliseconds(tools, pattern, environment):
    return {name.removesuffix("/manual_time"): b["real_time"] for name, b in tools.benchmark("vibration", pattern, environment).items()}


def modes(tools, atoms, environment, pairs):
    runs = [milliseconds(tools, "^modes_", environment) for _ in range(pairs)]
    ratio = tools.median([run["modes_lapack_dense"] / run["modes_bare_dsyevd"] for run in runs])
    seconds = tools.median([run["modes_lapack_dense"] for run in runs]) / 1e3
    return tools.Row(f"all modes, {atoms} atoms, `LapackDense` against the bare dsyevd", ratio, "× its time", 1.05, 1.0, f"{seconds:.3g} s", False)


def rows(tools):
    large = os.environ.get("TARN_LARGE_SAMPLE")
    one_core = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment = {**one_core, **({"TARN_BENCHMARK_SAMPLE": large} if large else {"TARN_BENCHMARK_REPEAT": "3"})}
    matrix, python = tools.folder / "hessian.bin", with_scipy()
    tools.benchmark("vibration", "^assembled_export", {**environment, "TARN_BENCHMARK_EXPORT": str(matrix)})
    with open(matrix, "rb") as file:
        atoms = int.from_bytes(file.read(8), sys.byteorder)
    ours, theirs, ratio, many = {}, [], [], []
    for _ in range(tools.repeats):
        run = milliseconds(tools, "^hessian_(build|product/(1|16))/", environment)
        for name, value in run.items():
            ours.setdefault(name, []).append(value)
        if python:
            theirs.append(float(subprocess.run([python, "-c", child, matrix], check=True, capture_output=True, text=True).stdout))
            ratio.append(run["hessian_product/1"] / theirs[-1])
        many.append(run["hessian_product/16"] / 16 / run["hessian_product/1"])
    assembled = milliseconds(tools, "^assembled_blocks", environment)["assembled_blocks"]
    median = lambda name: tools.median(ours[name])
    yield tools.Row(f"build of the Hessian operator, {atoms} atoms", median("hessian_build") / 1e3, "s", 1, 0.1, "pairs, functions and two derivatives", False)
    detail = f"{median('hessian_product/1'):.2f} ms, BSR {tools.median(theirs):.1f} ms" if python else "no python3 with SciPy (Debian: python3-scipy)"
    yield tools.Row("… H·v against SciPy's BSR with the assembled matrix", tools.median(ratio) if python else None, "× its time", 0.12, 0.06, detail, False)
    yield tools.Row("… 16 vectors at once, each against one alone", tools.median(many), "×", 0.5, 0.25, f"{median('hessian_product/16') / 16:.2f} ms a vector", False)
    yield tools.Row("… assembled in 3×3 blocks, with the operator's build", assembled / 1e3, "s", 5, 1, "matscipy took 530 s for 19652 atoms", False)

    dense = []
    for _ in range(tools.repeats):
        dense.append(milliseconds(tools, "^assembled_dense", one_core)["assembled_dense"])
    if shutil.which("lmp") or shutil.which("lammps"):
        data = tools.source / "examples" / "data"
        script = forces.head.format(sample=data / "cuzr864_minimum.data", table=data / "CuZr_MKO2009.eam.fs", more="") + "thermo 1\n"
        call = tools.median([forces.per_step(tools, script, ["Pair"], steps=500, few=50) for _ in range(3)])
        yield tools.Row("dense Hessian, 864 atoms, against 6N force calls of LAMMPS", 6 * 864 * call / (1e-3 * tools.median(dense)), "× faster", 200, 1000, f"{tools.median(dense):.1f} ms; a call {1e3 * call:.2f} ms")
    else:
        yield tools.Row("dense Hessian, 864 atoms, against 6N force calls of LAMMPS", None, "× faster", 200, 1000, "LAMMPS is not installed (Debian: lammps)")
    yield modes(tools, 864, one_core, 3)
    if tools.long:
        yield modes(tools, 4000, {**one_core, "TARN_BENCHMARK_SAMPLE": str(tools.source / "examples" / "data" / "cuzr4000_minimum.data")}, 1)
