"""The shape of the repository: python3 repository.py SOURCE_DIR

Nothing but the agreed names at the top; the README's two commands are presets that exist; .ci/run ends with the second, word for word.
"""

import fnmatch
import json
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
problems = []

TOP = {"include", "tests", "benchmarks", "examples", "cmake", "CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE"}
ignored = [line.strip().strip("/") for line in (root / ".gitignore").read_text().splitlines()]
for path in sorted(root.iterdir()):
    if path.name not in TOP and not path.name.startswith(".") and not any(fnmatch.fnmatch(path.name, pattern) for pattern in ignored):
        problems.append(f"{path.name}: at the top there is nothing but {' '.join(sorted(TOP))} and dot files")
problems += [f"{name}: missing" for name in sorted(TOP) if not (root / name).exists()]

presets = json.loads((root / "CMakePresets.json").read_text(encoding="utf-8"))
workflows = {preset["name"] for preset in presets["workflowPresets"]}
steps = {(kind, preset["name"]) for kind in ("configure", "build", "test") for preset in presets.get(f"{kind}Presets", [])}
for preset in presets["workflowPresets"]:
    problems += [f"CMakePresets.json: {preset['name']} has no step {step}" for step in preset["steps"] if (step["type"], step["name"]) not in steps]
said = set(re.findall(r"--preset ([\w-]+)", (root / ".ci/run").read_text()))
if (root / "README.md").exists():
    readme = (root / "README.md").read_text(encoding="utf-8")
    said |= set(re.findall(r"--preset ([\w-]+)", readme))
    commands = [line.strip() for line in readme.splitlines() if line.strip().startswith("sh cmake/setup.sh && ")]
    if len(commands) < 2:
        problems.append("README.md: has not its two commands, each on a line of its own")
    else:
        last = [line.strip() for line in (root / ".ci/run").read_text().splitlines() if line.strip()][-1]
        if last != commands[1]:
            problems.append(f".ci/run: ends with “{last}”, README.md has “{commands[1]}”")
problems += [f"--preset {name}: there is no such workflow" for name in sorted(said - workflows)]

for script in ("cmake/setup.sh", ".ci/run"):
    if subprocess.run(["sh", "-n", str(root / script)], check=False).returncode != 0:
        problems.append(f"{script}: not a shell script")

print("\n".join(problems))
sys.exit(1 if problems else 0)
