"""Maps of the four fields: a plane through the sample (Fig. 5a–d) and stills of all of it (S2, S3)."""
from html import escape

import numpy as np
from matplotlib.collections import EllipseCollection

from . import maps, picture
from .basins import nothing
from .spectrum import PAPER_LENGTH
from .style import FAINT, FIELD_MAP, RADII, plt, svg


def fields(v):
    """(name, unit, value of each atom, its average within the paper's length): 1/I_BP, then ΔQ by each barrier that some atom has."""
    out = [("1/I_BP", "10⁶ ps⁻³", 1e-6 * v.inverse, 1e-6 * v.coarse_inverse)]
    return out + [(f"ΔQ, {name}", "eV", v.activation.atoms[name].mean, v.coarse_energy[name]) for name in v.shown_barriers]


def mathematical(name):
    return name.replace("1/I_BP", r"$1/I_{\mathrm{BP}}$").replace("ΔQ", r"$\Delta Q$")


def slices(v):
    """The middle plane: above, the atoms of a slab, each with its own value; below, the fields averaged within the paper's length of every point."""
    shown = fields(v)
    points, x, y = maps.plane(v)
    averaged = maps.averages(v, [values for _, _, values, _ in shown], points)
    inside, px, py = maps.slab(v)
    size = np.array([2 * 0.9 * RADII.get(e, 1.4) for e in v.atoms["element"][inside]])
    columns, million = len(shown), r"$10^6$ ps$^{-3}$"
    tall = 8.6 / max(3, columns) * np.ptp(y) / np.ptp(x)
    figure = plt.figure(figsize=(9.2, 2 * tall + 2.1))
    rows = [row.subgridspec(2, columns, height_ratios=(tall, 0.1), hspace=1 / (tall + 0.1), wspace=0.12) for row in figure.add_gridspec(2, 1, hspace=0.3)]
    for k, (name, unit, values, _) in enumerate(shown):
        above = np.argsort(np.isfinite(values[inside]), kind="stable")  # no atom without a value hides one with it
        inside, px, py, size = inside[above], px[above], py[above], size[above]
        field, own = averaged[:, k].reshape(x.shape), values[inside]
        for row, shades in enumerate((values, averaged[:, k])):
            axes = figure.add_subplot(rows[row][0, k])
            axes.set_title(f"{'abcdefgh'[2 * k + row]}   {mathematical(name)}  ({unit.replace('10⁶ ps⁻³', million)})", fontsize=9)
            axes.set_aspect("equal")
            axes.set_xlim(x.min(), x.max())
            axes.set_ylim(y.min(), y.max())
            axes.tick_params(labelsize=8, length=2.5, labelleft=k == 0)
            axes.set_xlabel("x (Å)", fontsize=8.5, labelpad=1)
            if k == 0:
                axes.set_ylabel((f"within {PAPER_LENGTH} Å" if row else "each atom") + "\ny (Å)", fontsize=9)
            low, high = picture.limits(shades, False)
            if row == 0:
                axes.add_collection(EllipseCollection(size, size, 0, units="xy", offsets=np.stack([px, py], 1), transOffset=axes.transData, facecolors=picture.shades(own, False, 0.93, (low, high)),
                                                      edgecolors=["#ffffff" if np.isfinite(q) else "#b8c2cb" for q in own], linewidths=0.5, rasterized=True))
            else:
                axes.set_facecolor(FAINT)
                axes.pcolormesh(x, y, np.ma.masked_invalid(field), cmap=FIELD_MAP, vmin=low, vmax=high, shading="nearest", rasterized=True)
            if not np.isfinite(own if row == 0 else field).any():
                nothing(axes, "no value in this plane")
                continue
            bar = figure.colorbar(plt.cm.ScalarMappable(plt.Normalize(low, high), FIELD_MAP), cax=figure.add_subplot(rows[row][1, k]), orientation="horizontal", ticks=plt.MaxNLocator(4))
            bar.ax.tick_params(labelsize=8, length=2)
            bar.outline.set_visible(False)
    return svg(figure)


def stills(v, drawn, wanted):
    """Pictures of the sample (`drawn` by picture.spheres()), raw and averaged, for the fields whose names begin as `wanted`, each with its scale: HTML."""
    cells = []
    for name, unit, values, averaged in fields(v):
        if not any(name.startswith(w) for w in wanted):
            continue
        for what, shown in (("each atom", values), (f"within {PAPER_LENGTH} Å", averaged)):
            title = f"{name}, {what}"
            cells.append(f'<div><span>{escape(title).replace("I_BP", "I<sub>BP</sub>")} ({unit})</span><img alt="The sample coloured by {escape(title, quote=True)}" src="{picture.still(drawn, shown, False)}">'
                         f'<i style="background:{picture.gradient()}"></i><div class="scale">{picture.ticks(*picture.limits(shown, False), False)}</div></div>')
    return f'<div class="maps">{"".join(cells)}</div>'
