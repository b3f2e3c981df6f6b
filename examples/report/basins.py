"""The figures of activation energies beside the boson peak: Figs. 2, 3, 4, 5e and S1 of Yang, Wang and Zaccone (2022); each function returns an <svg> element."""
import numpy as np

from .landscape import BARRIERS, entry, number
from .searches import TINTS
from .spectrum import PAPER_LENGTH
from .style import FAINT, INK, SOFT, colours, plt, svg

GROUPS = {"high": ("highest 10 %", "#B2182B", "-"), "low": ("lowest 10 %", "#2166AC", (0, (5, 2)))}
INVERSE = r"$1/I_{\mathrm{BP}}$  ($10^6$ ps$^{-3}$)"
ENERGY = r"activation energy $\Delta Q$ (eV)"


def element_name(name):
    return "all atoms" if name == "all" else name


def nothing(axes, text="no values"):
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=SOFT, fontsize=9.5)
    for spine in axes.spines.values():
        spine.set_color(FAINT)


def grid(rows, columns, row_height, **more):
    """Axes in rows and columns of one width; `more` goes to subplots."""
    figure, axes = plt.subplots(rows, columns, figsize=(9.2, 0.5 + row_height * rows), squeeze=False, **more)
    figure.subplots_adjust(hspace=0.36, wspace=0.1)
    return figure, axes


def group_kind(name):
    return next((kind for kind in GROUPS if kind in str(name).lower()), None)


def left_out(row):
    """The elements that the tenths of all lack, because too few of their atoms have a value or a field is constant there: "without Zr (6 atoms)", or nothing."""
    found = [one for one in row["left_out"] if isinstance(one, dict)] if isinstance(row.get("left_out"), list) else []
    return "without " + ", ".join(f"{one.get('element')} ({number(one, 'atoms'):.0f} atoms)" for one in found) if found else ""


def group_panel(axes, c, barrier, element):
    """Density of ΔQ of the atoms with the highest and the lowest tenth of I_BP."""
    rows = c.select("groups", by="activation_eV", barrier=barrier, element=element)
    if rows is None or not np.isfinite(rows["density"]).any():
        return nothing(axes, "too few atoms have a value")
    for name in dict.fromkeys(rows["group"]):
        kind = group_kind(name)
        label, tint, line = GROUPS.get(kind, (str(name), SOFT, ":"))
        mine = rows["group"] == name
        x, density = rows["activation_eV"][mine], rows["density"][mine]
        width = np.diff(x).min() if len(x) > 1 else 0.1  # the columns of a histogram, by their middles
        edges = np.append(x - 0.5 * width, x[-1] + 0.5 * width)
        axes.stairs(density, edges, color=tint, ls=line, lw=1.8, label=label)
        axes.stairs(density, edges, color=tint, alpha=0.1, lw=0, fill=True)
    row = entry(c.summary.get("groups"), barrier=barrier, element=element)
    atoms, without = number(row, "atoms"), left_out(row)
    if np.isfinite(atoms):
        axes.annotate(f"{atoms:.0f} atoms in both" + (f",\n{without}" if without else ""), (0.965, 0.755), xycoords="axes fraction", ha="right", va="top", fontsize=8.5, color=SOFT)
    return None


def binned_panel(axes, c, barrier, element):
    """Binned means of ΔQ against 1/I_BP with their errors, the law a + b/I_BP, and a + b/I_BP^p where the data bound p."""
    rows = c.select("binned", by="inverse_boson_peak_per_ps3", barrier=barrier, element=element)
    if rows is not None and "length_A" in rows:
        keep = rows["length_A"] == rows["length_A"].min()
        rows = {key: column[keep] for key, column in rows.items()}
    if rows is None:
        return nothing(axes, "too few atoms have a value")
    x = 1e-6 * rows["inverse_boson_peak_per_ps3"]
    axes.errorbar(x, rows["activation_eV"], rows["error_eV"], fmt="o", ms=4, color=TINTS[barrier], ecolor=SOFT, elinewidth=1, capsize=0, zorder=3)
    law = linear(c, barrier, element)
    line = np.linspace(x.min(), x.max(), 80)
    if law:
        axes.plot(line, law[0] + law[1] * 1e6 * line, color=INK, lw=1.5, label=r"$a+b/I_{\mathrm{BP}}$")
    free = power(c, barrier, element)
    if free:
        axes.plot(line, free[0] + free[1] * (1e6 * line) ** free[2], color=INK, lw=1.1, ls=(0, (2, 2)), label=r"$a+b/I_{\mathrm{BP}}^{\,p}$")
        low, high = (number(law_entry(c, barrier, element), "power", key) for key in ("p_low", "p_high"))
        axes.annotate(f"$p$ = {free[2]:.1f} ({low:.1f} to {high:.1f})".replace("-", "−"), (0.97, 0.965), xycoords="axes fraction", ha="right", va="top", fontsize=8.5, color=SOFT)
    if "atoms" in rows:
        axes.annotate(f"{np.median(rows['atoms']):.0f} atoms a bin", (0.97, 0.04), xycoords="axes fraction", ha="right", fontsize=8.5, color=SOFT)
    return None


def law_entry(c, barrier, element):
    """The summary's fit of binned means, or {}."""
    return entry(c.summary.get("law"), barrier=barrier, element=element, length_A=0.0)


def linear(c, barrier, element):
    """(a eV, b eV ps⁻³ … per ps⁻³) of ΔQ = a + b/I_BP; None where it was not fitted."""
    fit = law_entry(c, barrier, element)
    fit = fit.get("linear", fit)
    a, b = number(fit, "a_eV"), number(fit, "b_eV_ps3")
    return (a, b) if np.isfinite(a + b) else None


def power(c, barrier, element):
    """(a, b, p) of ΔQ = a + b/I_BP^p; None where the data do not bound p."""
    fit = law_entry(c, barrier, element).get("power", {})
    if not np.isfinite(number(fit, "p_low") + number(fit, "p_high")):
        return None
    found = tuple(number(fit, key) for key in ("a_eV", "b", "p"))
    return found if np.isfinite(found).all() else None


def panels(c, elements, panel, xlabel, ylabel):
    """A panel for each element (rows) and barrier (columns)."""
    figure, axes = grid(len(elements), len(c.barriers), 2.6, sharex=True, sharey="row")
    for i, element in enumerate(elements):
        for j, barrier in enumerate(c.barriers):
            panel(axes[i][j], c, barrier, element)
            axes[i][j].set_title(f"{barrier} · {element_name(element)}", fontsize=10)
            if i == len(elements) - 1:
                axes[i][j].set_xlabel(xlabel)
                axes[i][j].xaxis.set_major_locator(plt.MaxNLocator(5))
        axes[i][0].set_ylabel(ylabel)
        # room for the words: above for the legend, and below the points for the numbers of atoms
        if panel is group_panel:
            densities = [c.select("groups", barrier=b, element=element) for b in c.barriers]
            axes[i][0].set_ylim(0, 1.5 * max((np.nanmax(rows["density"]) for rows in densities if rows is not None), default=1))
        else:
            low, high = axes[i][0].get_ylim()
            axes[i][0].set_ylim(low - 0.12 * (high - low), high + 0.3 * (high - low))
    keys = legend_keys(axes.flat)
    if keys:
        first = next(one for one in axes.flat if one.get_legend_handles_labels()[0])
        first.legend(keys.values(), keys.keys(), loc="upper right" if panel is group_panel else "upper left", fontsize=8.5)
    return svg(figure)


def legend_keys(axes):
    """label → handle of whatever some panel draws: the first need not draw all of it."""
    return {label: handle for one in axes for handle, label in zip(*one.get_legend_handles_labels())}


def groups(c, elements):
    return panels(c, elements, group_panel, ENERGY, "density (1/eV)")


def binned(c, elements):
    return panels(c, elements, binned_panel, INVERSE, r"mean $\Delta Q$ (eV)")


def pearson(c):
    """Pearson r of the coarse-grained fields against L: a row for each barrier, a column for each group of atoms, the null's band in each."""
    barriers, elements = c.barriers, c.elements
    figure, axes = grid(len(barriers), len(elements), 2.15, sharex=True, sharey=True)
    for i, barrier in enumerate(barriers):
        for j, element in enumerate(elements):
            pearson_panel(axes[i][j], c, barrier, element, first=i + j == 0)
            axes[i][j].set_title(f"{barrier} · {element_name(element)}", fontsize=10)
        axes[i][0].set_ylabel("Pearson $r$")
    for one in axes[-1]:
        one.set_xlabel("coarse-graining length $L$ (Å)")
    return svg(figure)


def pearson_panel(axes, c, barrier, element, first):
    main, *others = c.kernels
    rows = c.select("pearson", by="length_A", barrier=barrier, element=element, kernel=main)
    axes.set_ylim(-1, 1)
    if rows is None or not np.isfinite(rows["pearson"]).any():
        axes.text(0.5, 0.62, "too few atoms\nhave a value", transform=axes.transAxes, ha="center", va="center", color=SOFT, fontsize=9.5)
        return
    x = rows["length_A"]
    band = 1.96 * rows["null_sd"]
    axes.fill_between(x, -band, band, color="#c9d1d9", alpha=0.75, lw=0, label="null: 95 % of random shifts")
    axes.axhline(0, color=SOFT, lw=0.8)
    axes.fill_between(x, rows["low"], rows["high"], color=TINTS[barrier], alpha=0.22, lw=0)
    axes.plot(x, rows["pearson"], color=TINTS[barrier], lw=2.2)
    axes.plot([], [], color=SOFT, lw=2.2, label=kernel_name(main) + ", 95 % interval")  # in grey: the rows have colours of their own
    for name, line in zip(others, ((0, (4, 2)), (0, (1, 1.5)))):
        other = c.select("pearson", by="length_A", barrier=barrier, element=element, kernel=name)
        if other is not None:
            axes.plot(other["length_A"], other["pearson"], color=INK, lw=1, ls=line, label=kernel_name(name))
    axes.axvline(PAPER_LENGTH, color=SOFT, lw=1, ls=":")
    here = c.at(barrier, element, PAPER_LENGTH)
    if here is not None and np.isfinite(here["effective_samples"]):
        axes.annotate(rf"at {PAPER_LENGTH} Å: $N_{{\mathrm{{eff}}}}$ = {here['effective_samples']:.0f}", (0.97, 0.04), xycoords="axes fraction", ha="right", fontsize=8.5, color=SOFT,
                      bbox={"facecolor": "white", "alpha": 0.85, "pad": 0.6, "lw": 0})
    if first:
        axes.figure.legend(*axes.get_legend_handles_labels(), loc="upper center", bbox_to_anchor=(0.5, 0.11 - 0.52 / axes.figure.get_figheight()), ncols=4, fontsize=9)


def kernel_name(name):
    return name.replace("_", " ")


FIELDS = {"inverse": r"$1/I_{\mathrm{BP}}$", "activation": r"$\Delta Q$"}


def field_kind(name):
    """Which of the two fields a name in autocorrelation.csv means ("cross": one with the other), and whether deviations are from the element's mean."""
    kind = next((kind for kind in (*FIELDS, "cross") if str(name).startswith(kind)), "")
    return kind, str(name).endswith("_from_element_mean")


def autocorrelation(c):
    """C(r) of 1/I_BP and of ΔQ by each barrier, with A exp(−r/ξ), A free and A = 1."""
    wanted = []
    for name in dict.fromkeys(c.autocorrelation.get("field", ())):
        kind, centred = field_kind(name)
        if centred or kind not in FIELDS:
            continue
        known = [b for b in BARRIERS if c.select("autocorrelation", field=name, barrier=b) is not None] if kind == "activation" else [None]
        wanted += [(kind, name, b) for b in known]
    wanted.sort(key=lambda w: (w[0] != "inverse", list(BARRIERS).index(w[2]) if w[2] else -1))
    if not wanted:
        return None
    figure, axes = plt.subplots(1, len(wanted), figsize=(9.2, 3.6), squeeze=False, sharex=True, sharey=True, gridspec_kw={"wspace": 0.1})
    low, high = -0.15, 1.05
    for k, (one, (kind, name, barrier)) in enumerate(zip(axes[0], wanted)):
        where = {"field": name, "element": "all"} | ({"barrier": barrier} if barrier else {})
        rows = c.select("autocorrelation", by="r_A", **where)
        if rows is not None and not barrier and "barrier" in rows:  # the same whatever the barrier
            keep = rows["barrier"] == rows["barrier"][0]
            rows = {key: column[keep] for key, column in rows.items()}
        one.set_title(f"{'abcdefgh'[k]}   {FIELDS[kind]}" + (f", {barrier}" if barrier else ""), fontsize=10)
        if rows is None:
            nothing(one)
            continue
        autocorrelation_panel(one, c, rows, kind, name, barrier)
        one.set_xlabel("distance $r$ (Å)")
        if k == 0:
            one.set_ylabel("autocorrelation $C(r)$")
        value, error = rows["correlation"], np.nan_to_num(rows["error"])
        low, high = min(low, np.nanmin(value) - 0.05, max(-1, np.nanmin(value - error) - 0.03)), max(high, np.nanmax(value) + 0.05, min(2, np.nanmax(value + error) + 0.03))
    axes[0][0].set_ylim(low, high)  # of two pairs of atoms the error may be anything: beyond −1 and 2 it is cut
    # in grey: the panels have colours of their own
    keys = {"$C(r)$ ± error": axes[0][0].errorbar([], [], [], fmt="o", ms=3, color=SOFT, elinewidth=0.9)} | legend_keys(axes[0])
    figure.legend(keys.values(), keys.keys(), loc="upper center", bbox_to_anchor=(0.5, -0.03), ncols=5, fontsize=8.5)
    return svg(figure)


def autocorrelation_panel(axes, c, rows, kind, name, barrier):
    tint = TINTS.get(barrier, "#0f6078")
    r, value = rows["r_A"], rows["correlation"]
    axes.axhline(0, color=SOFT, lw=0.8)
    axes.errorbar(r, value, rows["error"], fmt="o", ms=3, color=tint, ecolor=tint, elinewidth=0.9, zorder=3)
    other = c.select("autocorrelation", by="r_A", field=f"{name}_from_element_mean", element="all", **({"barrier": barrier} if barrier else {}))
    if other is not None:
        axes.plot(other["r_A"], other["correlation"], "o", ms=3.2, mfc="white", mec=SOFT, mew=0.8, zorder=2, label="from the element’s mean")
    line = np.linspace(0, max(r.max(), 1), 200)
    for free, style, label in ((True, "-", r"$A\,e^{-r/\xi}$"), (False, (0, (4, 2)), r"$e^{-r/\xi}$")):
        a, xi, error = decay(c, name, barrier, free)
        if a > 0 and 0 < xi and not error >= xi:  # else the data do not tell it from any other
            axes.plot(line, a * np.exp(-line / xi), color=INK, lw=1.2, ls=style, label=label)
    axes.plot([PAPER_LENGTH], [np.exp(-3)], marker="*", ms=11, color="#CC79A7", mec="white", mew=0.7, ls="", zorder=5, label=rf"paper: $C$({PAPER_LENGTH} Å) = $e^{{-3}}$")
    axes.axvline(PAPER_LENGTH, color=SOFT, lw=0.8, ls=":")


def decay(c, field, barrier, free):
    """(A, ξ in Å, its error) of A exp(−r/ξ) fitted by the program; NaN where it was not."""
    fit = entry(c.summary.get("autocorrelation"), field=field, barrier=barrier or "", element="all")
    one = fit.get("free" if free else "fixed", {})
    return (number(one, "amplitude") if free else 1.0), number(one, "xi_A"), number(one, "xi_error_A")


def scatter(points, elements, names):
    """Fig. 5e: coarse-grained ΔQ against coarse-grained 1/I_BP, a point an atom, a panel a barrier. `points`: barrier → (1/I_BP in ps⁻³, ΔQ in eV) of every atom, NaN where unknown."""
    figure, axes = plt.subplots(1, len(points), figsize=(9.2, 3.2), squeeze=False, sharex=True, sharey=True, gridspec_kw={"wspace": 0.1})
    tints = colours(names)
    for one, (barrier, (x, y)) in zip(axes[0], points.items()):
        good = np.isfinite(x) & np.isfinite(y)
        one.set_title(f"{barrier} · {good.sum()} atoms", fontsize=10)
        if good.sum() < 3:
            nothing(one, "too few atoms have a value")
            continue
        for name in names:
            mine = good & (elements == name)
            one.plot(1e-6 * x[mine], y[mine], ".", ms=5 if good.sum() < 500 else 3.5 if good.sum() < 1500 else 2, mew=0, alpha=0.55, color=tints[name], rasterized=True)
            one.plot([], [], "o", ms=5, color=tints[name], label=name)
        one.set_xlabel(r"$[1/I_{\mathrm{BP}}]_{\mathrm{CG}}$  ($10^6$ ps$^{-3}$)")
    axes[0][0].set_ylabel(r"$[\Delta Q]_{\mathrm{CG}}$  (eV)")
    drawn = next((one for one in axes[0] if one.get_legend_handles_labels()[0]), None)
    if drawn:
        low, high = drawn.get_ylim()
        drawn.set_ylim(low, high + 0.2 * (high - low))  # room for the key
        drawn.legend(loc="upper left", handletextpad=0.2, ncols=min(4, len(names)), columnspacing=1)
    return svg(figure)
