"""Each header compiles on its own: python3 headers_alone.py SOURCE_DIR FOLDER COMPILER FLAG…

FOLDER is one of include/tarn/, or "." for tarn/tarn.hpp. A header gets -fopenmp only where it, or what it includes, asks for <omp.h>.
"""

import pathlib
import re
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def needs_openmp(include, name, seen):
    if name == "omp.h":
        return True
    path = include / name
    if name in seen or not path.is_file() or not name.startswith("tarn/"):
        return False
    seen.add(name)
    return any(needs_openmp(include, target, seen) for target in INCLUDE.findall(path.read_text(encoding="utf-8")))


def main(source, folder, compiler, *flags):
    include = pathlib.Path(source) / "include"
    headers = sorted((include / "tarn" / folder).glob("*.hpp"))
    if not headers:
        sys.exit(f"no headers in {include / 'tarn' / folder}")
    failed = []
    for header in headers:
        name = str(header.relative_to(include))
        openmp = ["-fopenmp"] if needs_openmp(include, name, set()) else []
        run = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", *openmp, *flags, f"-I{include}", "-x", "c++", "-"],
                             input=f'#include "{name}"\n#include "{name}"\n', text=True, check=False)
        if run.returncode != 0:
            failed.append(name)
    if failed:
        sys.exit(f"do not compile alone: {' '.join(failed)}")


main(*sys.argv[1:])
