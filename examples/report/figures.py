"""The figures of the vibrational analysis; each function returns an <svg> element."""
import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter

from . import spectrum
from .spectrum import RAD_PER_PS_TO_MEV, RAD_PER_PS_TO_THZ
from .style import DEBYE, FAINT, FIELD_MAP, INK, PEAK, SHELL, SOFT, colours, plt, svg

OMEGA = r"angular frequency  $\omega$  (rad/ps)"


def thz_and_mev(axes):
    """Two more frequency axes on top: ν in THz and ħω in meV."""
    for place, factor, name in ((0, RAD_PER_PS_TO_THZ, r"$\nu=\omega/2\pi$  (THz)"), (1, RAD_PER_PS_TO_MEV, r"$\hbar\omega$  (meV)")):
        top = axes.secondary_xaxis(1.0 + 0.135 * place, functions=(lambda x, f=factor: x * f, lambda x, f=factor: x / f))
        top.tick_params(labelsize=8.5, length=3, pad=2, colors=SOFT, labelcolor=SOFT)
        top.spines["top"].set_color(FAINT if place else SOFT)
        axes.annotate(name, (1.008, 1.0 + 0.135 * place), xycoords="axes fraction", fontsize=8.5, color=SOFT, va="bottom", ha="left")


def window_marks(axes, v, label=True):
    """Shade what lies outside the window."""
    low, high = v.window
    left, right = axes.get_xlim()
    for a, b in ((left, low), (high, right)):
        if b > a:
            axes.axvspan(a, b, color="#eef1f4", zorder=-5, lw=0)
    axes.set_xlim(left, right)
    if label:
        axes.annotate("window", (low, 1), xycoords=("data", "axes fraction"), xytext=(4, -3), textcoords="offset points", va="top", fontsize=8.5, color=SOFT)


def shell_marks(axes, v, every=True, height=1.0):
    """A line at each of the first transverse plane-wave shells of the box; labels in two rows where they would meet."""
    left, right = axes.get_xlim()
    points = axes.get_position().width * axes.figure.get_figwidth() * 72 / (right - left)  # per rad/ps
    marks = [(omega, n2) for omega, _, n2 in spectrum.shells(v) if omega <= right]
    for omega, _ in marks:
        axes.axvline(omega, ymax=height, color=SHELL, lw=1.1, ls=(0, (4, 2.5)), zorder=1)
    labelled = [(omega, n2) for omega, n2 in marks if every or n2 in (1, 4)]
    gaps = [b[0] - a[0] for a, b in zip(labelled, labelled[1:])]
    two_rows = bool(gaps) and min(gaps) * points < 34
    for k, (omega, n2) in enumerate(labelled):
        name = {1: r"$\omega_1$", 4: r"$2\,\omega_1$"}.get(n2, rf"$\sqrt{{{n2}}}\,\omega_1$")
        axes.annotate(name, (omega, height), xycoords=("data", "axes fraction"), xytext=(3, -3 - (14 if two_rows and k % 2 else 0)),
                      textcoords="offset points", fontsize=9, color=SHELL, va="top", ha="left", bbox={"facecolor": "white", "alpha": 0.85, "pad": 0.4, "lw": 0})


def projection_mark(axes, v, height):
    """Shade where no plane wave is projected; the words at a height, in shares of the axis."""
    end, right = spectrum.projection_end(v), axes.get_xlim()[1]
    if end < right:
        axes.axvspan(end, right, color="#eef1f4", zorder=-5, lw=0)
        axes.annotate("grey: not projected", (0.985, height), xycoords="axes fraction", fontsize=8.5, color=SOFT, va="top", ha="right", zorder=6)


def dos(v):
    """VDOS: the elements, which add up to the whole."""
    figure, axes = plt.subplots(figsize=(9.2, 3.7))
    x, total = v.dos["omega_rad_per_ps"], v.dos["g_ps"]
    end = min(x[np.nonzero(total > 1e-3 * total.max())[0][-1]] + 2, x[-1])
    tints = colours(v.elements)
    for k, name in enumerate(v.elements):
        part = v.dos[f"g_{name}_ps"]
        axes.fill_between(x, 0, 1e3 * part, color=tints[name], alpha=0.16, lw=0)
        axes.plot(x, 1e3 * part, color=tints[name], lw=1.6)
        # the label where the line stands out most above the others
        others = np.max([v.dos[f"g_{e}_ps"] for e in v.elements if e != name] or [0 * part], axis=0)
        at = int(np.argmax((part - others) + 0.1 * part))
        axes.annotate(name, (x[at], 1e3 * part[at]), xytext=(0, 5), textcoords="offset points", color=tints[name], weight="bold", ha="center", va="bottom")
    axes.plot(x, 1e3 * total, color=INK, lw=1.8)
    k = int(np.argmax(total))
    axes.annotate("all atoms", (x[k], 1e3 * total[k]), xytext=(0, 5), textcoords="offset points", weight="bold", ha="center", va="bottom")
    axes.set_xlim(0, end)
    axes.set_ylim(0, 1e3 * total.max() * 1.14)
    window_marks(axes, v)
    for omega, *_ in spectrum.shells(v)[:1]:
        tall = 1e3 * (total[x < omega + 0.06 * end].max() + 0.1 * total.max())  # above the curve, as far as the label is wide
        axes.plot([omega, omega], [0, tall], color=SHELL, lw=1.3, ls=(0, (4, 2.5)))
        axes.annotate(r"$\omega_1$", (omega, tall), xytext=(0, 2), textcoords="offset points", color=SHELL, ha="center")
    axes.set_xlabel(OMEGA)
    axes.set_ylabel(r"VDOS  $g(\omega)$  ($10^{-3}$ ps)")
    thz_and_mev(axes)
    return svg(figure)


def free_place(x, lines, level, top, share=0.35):
    """Where along x a label just above `level`, `share` of the axis wide, stays farthest from the lines."""
    half = 0.5 * share * (x[-1] - x[0])
    middle = level + 0.03 * top

    def clearance(centre):
        under = (x > centre - half) & (x < centre + half)
        return min(np.abs(line[under] - middle).min() for line in lines)

    return max(np.linspace(x[0] + half, x[-1] - half, 80), key=clearance)


def reduced_dos(v):
    """g/ω² with its counting error, the elements' shares, the peak, the shells, the window, Debye levels."""
    figure, axes = plt.subplots(figsize=(9.2, 4.9))
    x, y = spectrum.reduced(v)
    keep = np.isin(v.dos["omega_rad_per_ps"], x)
    error = np.nan_to_num(spectrum.relative_error(v, x)) * y
    tints = colours(v.elements)
    axes.fill_between(x, 1e6 * (y - error), 1e6 * (y + error), color=INK, alpha=0.13, lw=0)
    axes.plot(x, 1e6 * y, color=INK, lw=2)
    ends = [("all", INK, 1e6 * y[-1])]
    for name in v.elements:
        part = v.dos[f"g_{name}_ps"][keep] / x**2
        axes.plot(x, 1e6 * part, color=tints[name], lw=1.6)
        ends.append((name, tints[name], 1e6 * part[-1]))
    inside = (x >= v.window[0]) & (x <= v.window[1])
    top = 1e6 * np.nanmax((y + error)[inside]) * 1.34  # room for the labels
    axes.set_xlim(max(0, v.window[0] - 1), x[-1])
    axes.set_ylim(0, top)
    lowest = -np.inf
    for name, tint, level in sorted(ends, key=lambda e: e[2]):
        lowest = max(level, lowest + 0.045 * top)
        axes.annotate(name, (x[-1], lowest), xytext=(5, 0), textcoords="offset points", color=tint, weight="bold", va="center", annotation_clip=False)
    window_marks(axes, v, label=False)
    shell_marks(axes, v, height=0.985)
    omega_1 = v.summary["omega_1_rad_per_ps"]
    if omega_1 and 2 * omega_1 > v.window[0]:
        axes.axvspan(v.window[0], min(2 * omega_1, v.window[1]), color=SHELL, alpha=0.055, lw=0, zorder=-4)
    peak, height = v.summary["boson_peak_omega_rad_per_ps"], 1e6 * v.summary["boson_peak_ps3"]
    resolved = v.summary["peak_resolved"]
    if resolved:
        note = f"boson peak\n{peak:.2f} rad/ps"
    elif min(abs(peak - w) for w in v.window) < v.width:
        note = f"largest at {peak:.2f} rad/ps, the window’s\nedge: no maximum"
    else:
        note = f"maximum, {peak:.2f} rad/ps\nbelow 2ω₁: not resolved"
    axes.plot([peak], [height], "o", ms=8, mfc=PEAK if resolved else "white", mec=PEAK, mew=1.6, zorder=5)
    axes.annotate(note, (peak, height),
                  xytext=(0.64, 0.83), textcoords="axes fraction", fontsize=9.5, va="center", bbox={"facecolor": "white", "alpha": 0.75, "pad": 1, "lw": 0}, zorder=6,
                  arrowprops={"arrowstyle": "-", "color": SOFT, "lw": 0.8, "shrinkB": 6, "connectionstyle": "arc3,rad=0.0"})
    axes.axhline(1e6 * spectrum.PAPER_DEBYE, color=DEBYE, lw=1.2, ls=(0, (1, 1.6)))
    lines = [1e6 * y] + [1e6 * v.dos[f"g_{name}_ps"][keep] / x**2 for name in v.elements]
    axes.annotate(f"Debye level of the paper’s glass, {1e6 * spectrum.PAPER_DEBYE:.2f}", (free_place(x, lines, 1e6 * spectrum.PAPER_DEBYE, top), 1e6 * spectrum.PAPER_DEBYE),
                  xytext=(0, 3), textcoords="offset points", color="#a8507f", fontsize=9, ha="center")
    law = spectrum.debye(v)
    if law:
        name = f"Debye level of this sample, {1e6 * law.level:.1f}" if law.speed is None else f"Debye level of this sample: estimate, {1e6 * law.low:.0f}–{1e6 * law.high:.0f}"
        axes.axhspan(1e6 * law.low, 1e6 * law.high, color=DEBYE, alpha=0.22, lw=0, zorder=0)
        axes.axhline(1e6 * law.level, color=DEBYE, lw=1.4)
        axes.annotate(name, (free_place(x, lines, 1e6 * law.high, top, 0.42), 1e6 * law.high), xytext=(0, 2), textcoords="offset points",
                      color="#a8507f", fontsize=9, ha="center", bbox={"facecolor": "white", "alpha": 0.6, "pad": 0.2, "lw": 0})
    axes.set_xlabel(OMEGA)
    axes.set_ylabel(r"reduced VDOS  $g(\omega)/\omega^2$  ($10^{-6}$ ps$^3$)")
    thz_and_mev(axes)
    return svg(figure)


def participation(v):
    """Participation ratio of every mode; then the window alone, coloured by the weight in plane waves."""
    figure, (whole, near) = plt.subplots(1, 2, figsize=(9.2, 3.6), gridspec_kw={"width_ratios": (1, 1.28), "wspace": 0.2})
    omega, p, weight = v.omega, v.modes["participation_ratio"][v.vibrating], v.modes["phonon_weight"][v.vibrating]
    whole.plot(omega, p, ".", ms=1.7, color=SOFT, alpha=0.5, rasterized=True, mew=0)
    if len(omega) >= 60:
        order = np.argsort(omega)
        parts = np.array_split(order, min(60, len(order) // 20))
        whole.plot([np.median(omega[q]) for q in parts], [np.median(p[q]) for q in parts], color=INK, lw=1.6, label="running median")
        whole.legend(loc="upper right")
    whole.set_xlim(min(0, omega.min()), omega.max() * 1.02)
    whole.set_ylim(0, 0.75)
    whole.set_title("a   all modes" if v.complete else "a   all computed modes")
    whole.set_xlabel(OMEGA)
    whole.set_ylabel(r"participation ratio  $p$")
    show = (omega > 0) & (omega < v.window[1] * 1.02)
    order = np.nonzero(show)[0][np.argsort(weight[show])]
    points = near.scatter(omega[order], p[order], c=weight[order], cmap="cividis_r", vmin=0, vmax=max(0.05, weight[show].max() if show.any() else 1), s=13 if show.sum() < 1200 else 8,
                          lw=0.25, edgecolor="white", rasterized=True, zorder=3)
    near.set_xlim(0, v.window[1] * 1.02)
    near.set_ylim(0, 0.75)
    shell_marks(near, v, every=False)
    projection_mark(near, v, 0.1)
    near.set_title("b   the lowest modes by plane-wave weight")
    near.set_xlabel(OMEGA)
    bar = figure.colorbar(points, ax=near, pad=0.015, aspect=28)
    bar.set_label("weight in the first plane-wave shells", fontsize=9)
    bar.outline.set_visible(False)
    return svg(figure)


def phonon_weight(v):
    """Weight of each low mode in the plane waves of the first shells."""
    figure, axes = plt.subplots(figsize=(9.2, 2.9))
    omega, weight = v.omega, v.modes["phonon_weight"][v.vibrating]
    show = (omega > 0) & (omega < v.window[1])
    axes.vlines(omega[show], 0, weight[show], color=SOFT, lw=0.5, alpha=0.55, rasterized=bool(show.sum() > 1500))
    axes.plot(omega[show], weight[show], ".", color=INK, ms=3, mew=0, rasterized=bool(show.sum() > 1500))
    if show.sum() > 40:
        parts = np.array_split(np.nonzero(show)[0], max(8, show.sum() // 24))
        axes.plot([omega[q].mean() for q in parts], [weight[q].mean() for q in parts], color="#E69F00", lw=2, label=f"mean of {show.sum() / len(parts):.0f} modes")
        axes.legend(loc="upper right", bbox_to_anchor=(1, 0.62))
    axes.set_xlim(0, v.window[1])
    axes.set_ylim(0, min(1.15, 1.2 * weight[show].max()) if show.any() else 1)
    if v.complete:  # over all modes the weights sum to the number of waves
        axes.axhline(v.modes["phonon_weight"].mean(), color=SOFT, lw=1, ls=":")
    shell_marks(axes, v)
    projection_mark(axes, v, 0.82)
    axes.set_xlabel(OMEGA)
    axes.set_ylabel("plane-wave weight")
    return svg(figure)


def powers(axis):
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x * 1e3:g}"))
    axis.set_minor_formatter(NullFormatter())


def atoms_histogram(v):
    """N·I_BP by element, and the frequency at which each atom has its maximum."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 3.5), gridspec_kw={"wspace": 0.2})
    value, where, element = v.count * v.atoms["boson_peak_ps3"], v.atoms["omega_at_peak_rad_per_ps"], v.atoms["element"]
    tints = colours(v.elements)
    good = value > 0
    edges = np.geomspace(np.quantile(value[good], 0.0005) * 0.9, value.max() * 1.05, 42 if v.count > 500 else 18)
    for name in v.elements:
        mine = good & (element == name)
        if not mine.any():
            continue
        share = np.histogram(value[mine], edges)[0] / mine.sum()
        left.stairs(100 * share, edges, fill=True, color=tints[name], alpha=0.25)
        left.stairs(100 * share, edges, color=tints[name], lw=1.5, label=f"{name}  (median {1e3 * np.median(value[mine]):.2f})")
        left.plot([np.median(value[mine])], [0], marker="^", ms=8, color=tints[name], clip_on=False, zorder=6, mec="white", mew=0.8)
    left.set_xscale("log")
    ticks = [t for d in range(-6, 1) for t in (m * 10.0**d for m in (1, 2, 5)) if edges[0] <= t <= edges[-1]]
    left.set_xticks(ticks if len(ticks) < 10 else [t for t in ticks if f"{t:.0e}"[0] == "1"])
    powers(left.xaxis)
    left.set_xlabel(r"$N\,I_{\mathrm{BP}}$  of an atom  ($10^{-3}$ ps$^3$, logarithmic)")
    left.set_ylabel("share of the element’s atoms (%)")
    left.set_title("a   how large")
    left.legend(loc="upper right", handlelength=1.2)
    left.set_ylim(0, left.get_ylim()[1] * 1.12)
    bins = np.linspace(*v.window, 53)
    base = np.zeros(52)
    for name in v.elements:
        share = 100 * np.histogram(where[element == name], bins)[0] / v.count
        right.stairs(base + share, bins, baseline=base, fill=True, color=tints[name], alpha=0.75, label=name)
        base = base + share
    if v.window[1] > 7:
        right.axvline(7, color=SOFT, lw=1, ls=":")
    beyond = 100 * np.mean(where > 7)
    edge = 100 * np.mean(spectrum.at_window_edge(v))
    upper = 100 * np.mean(where > v.window[1] - 1e-6)
    told = ([f"{beyond:.0f} % of the atoms\nhave it above 7 rad/ps"] if v.window[1] > 7 else []) + [f"{edge:.1f} % on the lower edge", f"{upper:.1f} % on the upper edge"]
    right.text(0.97, 0.62, ",\n".join(told), transform=right.transAxes, ha="right", fontsize=9, color=SOFT, bbox={"facecolor": "white", "alpha": 0.85, "pad": 0.6, "lw": 0})
    right.set_xlim(*v.window)
    right.set_ylim(0, base.max() * 1.1)
    shell_marks(right, v, every=False)
    right.set_xlabel(r"$\omega$ at the atom’s maximum (rad/ps)")
    right.set_ylabel("share of all atoms (%)")
    right.set_title("b   at which frequency")
    right.legend(loc="upper right", handlelength=1.2)
    return svg(figure)


def rivals(v):
    """I_BP against the atom's g/ω² at the sample's peak, and against its mean-square displacement."""
    element, value = v.atoms["element"], v.count * v.atoms["boson_peak_ps3"]
    tints = colours(v.elements)
    panels = [(v.count * v.atoms["at_sample_peak_ps3"], r"$N\,g_i/\omega^2$ at the sample’s maximum  ($10^{-3}$ ps$^3$)", 1e3, "a   value at the sample’s maximum")]
    if "msd_A2_per_K" in v.atoms:
        panels.append((v.atoms["msd_A2_per_K"], r"mean-square displacement  ($10^{-6}$ Å$^2$/K)", 1e6, "b   mean-square displacement"))
    figure, grid = plt.subplots(1, len(panels), figsize=(9.2, 3.9), squeeze=False, gridspec_kw={"wspace": 0.2})
    for axes, (other, name, unit, title) in zip(grid[0], panels):
        good = (other > 0) & (value > 0)
        for e in v.elements:
            mine = good & (element == e)
            axes.plot(unit * other[mine], 1e3 * value[mine], ".", ms=3.2 if v.count < 1500 else 2, mew=0, alpha=0.55, color=tints[e], rasterized=True)
            axes.plot([], [], "o", ms=5, color=tints[e], label=f"{e}: {spectrum.spearman(other[mine], value[mine]):.2f}")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel(name)
        axes.set_title(title)
        axes.legend(title="rank correlation", title_fontsize=9, loc="upper left", handletextpad=0.3)
        low, high = np.quantile(unit * other[good], (0.001, 1))
        axes.set_xlim(low * 0.8, high * 1.3)
        low, high = np.quantile(1e3 * value[good], (0.0005, 1))
        axes.set_ylim(low * 0.8, high * 1.4)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda t, _: f"{t:g}"))
            axis.set_minor_formatter(FuncFormatter(lambda t, _: f"{t:g}" if f"{t:.0e}"[0] in "25" else ""))
        axes.tick_params(which="minor", labelsize=8)
    grid[0][0].set_ylabel(r"$N\,I_{\mathrm{BP}}$  ($10^{-3}$ ps$^3$)")
    return svg(figure)


__all__ = ["dos", "reduced_dos", "participation", "phonon_weight", "atoms_histogram", "rivals", "FIELD_MAP"]
