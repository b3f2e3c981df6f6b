"""The layer test sees what it is to see: a small tree with each rule broken once."""

import pathlib
import tempfile

from layers import violations

GOOD = {
    "tarn.hpp": '#pragma once\n#include "tarn/core/a.hpp"\n#include "tarn/io/b.hpp"\n',
    "core/a.hpp": "#pragma once\n#include <vector>\n",
    "core/threads.hpp": "#pragma once\n#include <omp.h>\n",
    "io/b.hpp": '#pragma once\n#include "tarn/core/a.hpp"\n',
}
BROKEN = {
    "in a later layer": {"core/a.hpp": '#pragma once\n#include "tarn/io/b.hpp"\n'},
    "does not exist": {"io/b.hpp": '#pragma once\n#include "tarn/core/c.hpp"\n'},
    "which needs omp.h": {"io/b.hpp": '#pragma once\n#include "tarn/core/threads.hpp"\n', },
    "leaves out tarn/core/new.hpp": {"core/new.hpp": "#pragma once\n"},
    "no #pragma once": {"core/a.hpp": "\n"},
    "one-definition": {"core/a.hpp": "#pragma once\n#if __has_include(<omp.h>)\n#endif\n"},
    "belongs into one of the folders": {"misc/a.hpp": "#pragma once\n"},
    "headers of tarn by": {"io/b.hpp": '#pragma once\n#include "b.hpp"\n'},
    "not a header": {"core/a.cpp": "\n"},
    "include what is used": {"io/b.hpp": '#pragma once\n#include "tarn/tarn.hpp"\n'},
    "tarn/tarn.hpp: missing": {"tarn.hpp": None},
}


def check(changes):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**GOOD, **changes}.items():
            path = root / "include" / "tarn" / name
            if text is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return violations(root)


assert check({}) == [], check({})
for message, changes in BROKEN.items():
    lines = check(changes)
    assert any(message in line for line in lines), (message, lines)
