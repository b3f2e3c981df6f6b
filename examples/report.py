#!/usr/bin/env python3
"""Make report.html of what the programs have computed: one self-contained page that opens from disk.

    report.py FOLDER [--out FILE]

FOLDER is the folder of a tarn-study run (its results are in FOLDER/vibrations), or the folder of a tarn-vibrations run.
Needs Python 3.9 or later with numpy and matplotlib.
"""
import argparse
import errno
import logging
import os
import signal
import sys
import warnings


def main():
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends without a word, as the programs do
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)  # matplotlib tells of its font cache, and of a home that is not there
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--out", help="the page to write (default: FOLDER/report.html)")
    parser.add_argument("--quick", action="store_true", help="say that the sample is the small one of a quick run")
    arguments = parser.parse_args()
    try:
        import matplotlib  # noqa: F401
        import numpy  # noqa: F401
    except ImportError as error:
        return f"report.py: {error}: install it (Debian, Ubuntu: apt-get install python3-matplotlib; elsewhere: pip install matplotlib)"
    from report.page import build
    from report.results import Missing, load

    out = arguments.out or os.path.join(arguments.folder, "report.html")
    try:
        page = build(load(arguments.folder), arguments.quick)
        write_whole(out, page)
    except Missing as error:
        return one_line(error)
    except OSError as error:
        remedy = "free some space, or write elsewhere with --out" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "write elsewhere with --out"
        return one_line(f"{error.filename or out}: cannot be written: {error.strerror or error}: {remedy}")
    except MemoryError:
        return f"{arguments.folder}: the report needs more memory than there is"
    except Exception as error:  # numbers that no run of the programs writes
        return one_line(f"{arguments.folder}: the report cannot be drawn of these results ({type(error).__name__}: {error}); run tarn-vibrations or tarn-study again")
    return 0


def one_line(text):
    return f"report.py: {' '.join(str(text).split())}"


def write_whole(path, text):
    """To a temporary name, then renamed: never a half-written page."""
    part = f"{path}.part{os.getpid()}"
    try:
        with open(part, "w", encoding="utf-8", errors="replace") as file:
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
