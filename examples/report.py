#!/usr/bin/env python3
"""Make report.html of what the programs have computed: one self-contained page that opens from disk.

    report.py FOLDER [--out FILE]

FOLDER is the folder of a tarn-study run (its results are in FOLDER/vibrations), or the folder of a tarn-vibrations run.
Needs Python 3.9 or later with numpy and matplotlib.
"""
import argparse
import os
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--out", help="the page to write (default: FOLDER/report.html)")
    parser.add_argument("--quick", action="store_true", help="say that the sample is the small one of a quick run")
    arguments = parser.parse_args()
    try:
        import matplotlib  # noqa: F401
        import numpy  # noqa: F401
    except ImportError as error:
        return f"{error}: install it (Debian, Ubuntu: apt-get install python3-matplotlib; elsewhere: pip install matplotlib)"
    from report.page import build
    from report.results import Missing, load

    out = arguments.out or os.path.join(arguments.folder, "report.html")
    try:
        write_whole(out, build(load(arguments.folder), arguments.quick))
    except (Missing, OSError) as error:
        return str(error)
    return 0


def write_whole(path, text):
    """To a temporary name, then renamed: never a half-written page."""
    part = f"{path}.part{os.getpid()}"
    try:
        with open(part, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        if os.path.exists(part):
            os.remove(part)
        raise


if __name__ == "__main__":
    sys.exit(main())
