"""What compiling costs: processor seconds of g++ -O2 for one file, the shortest of three. Eigen's dense solver alone is the yardstick."""

import concurrent.futures
import os
import re
import subprocess

foot = "the shortest of three compilations, processor time."
eigen = "#include <Eigen/Eigenvalues>\nint main() { return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(Eigen::MatrixXd::Identity(9, 9)).info(); }\n"


def seconds(command, folder):
    """Processor seconds of a compilation."""
    child = subprocess.Popen([*command, "-c", "-o", os.devnull], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{command[-1]} does not compile:\n{errors[:2000]}")
    return usage.ru_utime


def rows(tools):
    source = tools.source
    readme = re.search(r"```cpp\n(.*?)```", (source / "README.md").read_text(), re.S).group(1)
    texts = {"readme.cpp": readme, "empty.cpp": "#include <tarn/tarn.hpp>\nint main() {}\n", "eigen.cpp": eigen}
    for name, text in texts.items():
        (tools.folder / name).write_text(text)
    include = [f"-I{source / 'include'}", "-isystem/usr/include/eigen3"]
    plain = ["g++", "-std=c++20", "-O2", *include]
    # as the preset check compiles them, without the sanitisers
    check = ["g++", "-std=c++20", "-O2", "-march=native", "-Wall", "-Wextra", "-Wconversion", "-DEIGEN_DONT_PARALLELIZE", *include, f"-I{source / 'tests'}",
             f'-DTARN_TEST_DATA="{source / "tests/data"}"', f'-DTARN_EXAMPLE_DATA="{source / "examples/data"}"', "-fopenmp"]
    best = lambda command, name: min(seconds([*command, str(name)], tools.folder) for _ in range(3))
    yardstick = best(plain, "eigen.cpp")
    yield tools.Row("the README's fifteen lines", best(plain, "readme.cpp"), "s", 20, 8, f"g++ -O2; Eigen's dense solver alone takes {yardstick:.1f} s", False)
    yield tools.Row("`tarn/tarn.hpp` and nothing else", best(plain, "empty.cpp"), "s", None, None, "g++ -O2", False)
    files = [f for f in sorted((source / "tests").glob("*/*.cpp")) if f.parent.name not in ("structure", "examples", "fuzz")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:  # who may be the longest: by what comes before the optimiser, for all at once
        found = sorted(zip(pool.map(lambda file: seconds([*check, "-fsyntax-only", str(file)], tools.folder), files), files), reverse=True)
    _, slowest = max((seconds([*check, str(file)], tools.folder), file) for _, file in found[:3])
    yield tools.Row(f"the longest test file, `{slowest.relative_to(source)}`", best(check, slowest), "s", 60, 20, f"of {len(files)}, with the flags of the preset check", False)
