"""Colours and settings of the figures: Okabe–Ito for elements and marks, viridis for fields (both safe for colour-blind eyes)."""
import io
import itertools
import re

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

INK, SOFT, FAINT = "#1d2733", "#5d6b7a", "#d5dbe1"
SHELL, DEBYE, PAPER, PEAK = "#009E73", "#CC79A7", "#CC79A7", "#1d2733"
ELEMENTS = {"Cu": "#D55E00", "Zr": "#0072B2"}
OTHERS = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#8c6d1f", "#5d6b7a")
FIELD_MAP = "viridis"

# Drawn radius of an atom, Å: near its metallic radius.
RADII = {"Cu": 1.28, "Zr": 1.60, "Ni": 1.25, "Al": 1.43, "Ag": 1.44, "Ti": 1.47, "Fe": 1.26, "Mg": 1.60, "Pd": 1.37, "Si": 1.18}

plt.rcParams.update({
    "font.family": "DejaVu Sans", "font.size": 10, "axes.edgecolor": SOFT, "axes.labelcolor": INK, "axes.linewidth": 0.8,
    "xtick.color": SOFT, "ytick.color": SOFT, "xtick.labelcolor": INK, "ytick.labelcolor": INK, "xtick.direction": "out",
    "text.color": INK, "axes.titlesize": 10.5, "axes.titleweight": "bold", "axes.titlelocation": "left", "legend.frameon": False,
    "legend.fontsize": 9.5, "svg.fonttype": "path", "svg.hashsalt": "tarn", "axes.spines.right": False, "axes.spines.top": False,
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none", "axes.titlepad": 8,
})


def colours(elements):
    """A colour for each element: copper and zirconium have their own."""
    free = iter(OTHERS * 8)
    return {name: ELEMENTS.get(name) or next(free) for name in elements}


def svg(figure):
    """The figure as an <svg> element; points drawn with rasterized=True are a bitmap inside it."""
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight", pad_inches=0.06, dpi=220, metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text, count = out.getvalue(), itertools.count()
    # matplotlib names a bitmap by its content: two colour bars would share an id, which nothing refers to
    return re.sub(r'id="image\w+"', lambda _: f'id="image{next(count)}"', text[text.index("<svg"):])
