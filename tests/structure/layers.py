"""The layer rule, and what else the includes must keep: python3 layers.py SOURCE_DIR.

A header of include/tarn/ includes its own folder or folders before it in LAYERS, by names that exist. tarn/tarn.hpp includes every header that
needs no more than Eigen, xsimd and Random123, and none that needs more. No header asks what is installed (__has_include).
"""

import pathlib
import re
import sys

LAYERS = ["core", "atoms", "io", "statistics", "potential", "relax", "dynamics", "vibration", "landscape"]
EXTRA = re.compile(r"(omp\.h|lapacke\.h|cblas\.h|sqlite3\.h|mpi\.h|Spectra/.*|CLI/.*|nlohmann/.*|doctest/.*|benchmark/.*)$")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


def violations(root):
    """One line for each broken rule under root/include."""
    include = root / "include"
    found = []
    names = {str(path.relative_to(include)): path for path in sorted((include / "tarn").rglob("*")) if path.is_file()}
    headers = {name for name in names if name.endswith(".hpp")}
    found += [f"{name}: not a header: include/ holds .hpp files only" for name in names if name not in headers]
    includes = {}
    for name in sorted(headers):
        text = names[name].read_text(encoding="utf-8")
        includes[name] = INCLUDE.findall(text)
        parts = name.split("/")
        layer = None
        if name != "tarn/tarn.hpp":
            if len(parts) != 3 or parts[1] not in LAYERS:
                found.append(f"{name}: belongs into one of the folders {', '.join(LAYERS)}")
                continue
            layer = LAYERS.index(parts[1])
        if "#pragma once" not in text:
            found.append(f"{name}: has no #pragma once")
        if "__has_include" in text:
            found.append(f"{name}: __has_include breaks the one-definition rule: put what needs more into a header of its own")
        for quote, target in includes[name]:
            if target.startswith("tarn/") and target not in headers:
                found.append(f"{name}: includes {target}, which does not exist")
            elif target.startswith("tarn/") and layer is not None:
                if target == "tarn/tarn.hpp":
                    found.append(f"{name}: includes tarn/tarn.hpp: include what is used")
                elif LAYERS.index(target.split("/")[1]) > layer:
                    found.append(f"{name}: includes {target}, which is in a later layer")
            elif quote == '"' and not target.startswith("tarn/"):
                found.append(f'{name}: includes "{target}": headers of tarn by "tarn/…", others by <…>')

    def closure(name, seen):
        if name not in seen:
            seen.add(name)
            for _, target in includes.get(name, []):
                closure(target, seen)
        return seen

    extra = {name: sorted(filter(EXTRA.match, closure(name, set()))) for name in headers}
    top = "tarn/tarn.hpp"
    if top in headers:
        listed = {target for _, target in includes[top]}
        for name in sorted(headers - {top}):
            if extra[name] and name in closure(top, set()):
                found.append(f"{top}: brings {name}, which needs {extra[name][0]}")
            elif not extra[name] and name not in listed:
                found.append(f"{top}: leaves out {name}, which needs nothing more than Eigen, xsimd and Random123")
    else:
        found.append(f"{top}: missing")
    return found


if __name__ == "__main__":
    lines = violations(pathlib.Path(sys.argv[1]))
    print("\n".join(lines))
    sys.exit(1 if lines else 0)
