"""Whether the boson peak tells of a basin what plainer quantities do not: partial correlations, a figure and its claims."""
import numpy as np

from . import evidence
from .searches import TINTS
from .spectrum import PAPER_LENGTH
from .style import FAINT, INK, SOFT, plt, svg

PEAK, SOFTNESS = "inverse_boson_peak_per_ps3", "msd_A2_per_K"
NAMES = {PEAK: "1/I<sub>BP</sub>", SOFTNESS: "mean-square displacement", "at_sample_peak_ps3": "g<sub>i</sub>/ω² at the sample’s maximum"}
PLACE = "element_and_composition"


def html(name):
    return NAMES.get(name, name.replace("_", " "))


def drawn(name):
    return html(name).replace("1/I<sub>BP</sub>", r"$1/I_{\mathrm{BP}}$").replace("g<sub>i</sub>/ω²", r"$g_i/\omega^2$")


def given(name):
    """What is held fixed, in words for a drawing."""
    if name == "nothing":
        return "by itself"
    if name == PLACE:
        return "given element, composition"
    return "… and " + drawn(name.removeprefix(PLACE + "_and_"))


def at(c, barrier, predictor, what, length=PAPER_LENGTH):
    """A row of predictors.csv, or None."""
    rows = c.select("predictors", barrier=barrier, predictor=predictor, given=what, length_A=float(length))
    return None if rows is None else {key: column[0] for key, column in rows.items()}


def figure(c):
    """r of each predictor and ΔQ, by itself and with the others held fixed, atom by atom and averaged; None without predictors."""
    pairs = list(dict.fromkeys(zip(c.predictors.get("predictor", ()), c.predictors.get("given", ()))))
    if not pairs:
        return None
    pairs.sort(key=lambda pair: (pair[0] != PEAK, pair[0], pair[1] != "nothing", pair[1] != PLACE, pair[1]))
    gaps = np.cumsum([0] + [1.7 if a[0] != b[0] else 1.0 for a, b in zip(pairs, pairs[1:])])
    lengths = np.unique(c.predictors["length_A"])
    fig, axes = plt.subplots(1, len(c.barriers), figsize=(9.2, 1.0 + 0.29 * gaps[-1]), squeeze=False, sharex=True, sharey=True, gridspec_kw={"wspace": 0.08})
    for one, barrier in zip(axes[0], c.barriers):
        for length, mark, shift in zip(lengths, ("o", "s", "D"), (-0.17, 0.17, 0.34)):
            for y, (predictor, what) in zip(gaps + shift, pairs):
                row = at(c, barrier, predictor, what, length)
                if row is None or not np.isfinite(row["pearson"]):
                    continue
                one.barh(y, 2 * 1.96 * row["null_sd"], left=-1.96 * row["null_sd"], height=0.3, color="#c9d1d9", lw=0, zorder=1)
                one.plot([row["low"], row["high"]], [y, y], color=TINTS.get(barrier, INK), lw=1.6, zorder=2)
                one.plot([row["pearson"]], [y], mark, ms=5, mfc=TINTS.get(barrier, INK) if length == 0 else "white", mec=TINTS.get(barrier, INK), mew=1.4, zorder=3)
        one.axvline(0, color=SOFT, lw=0.8)
        one.grid(axis="x", color=FAINT, lw=0.6, zorder=-5)
        one.set_title(barrier, fontsize=10)
        one.set_xlabel("Pearson $r$ with $\\Delta Q$")
        one.tick_params(axis="y", length=0, labelsize=8.5)
    axes[0][0].set_yticks(gaps, [f"{drawn(p)}, {given(g)}" if g == "nothing" else given(g) for p, g in pairs])
    axes[0][0].set_ylim(gaps[-1] + 0.8, -0.8)
    for length, mark in zip(lengths, ("o", "s", "D")):
        axes[0][0].plot([], [], mark, ms=5, mfc=SOFT if length == 0 else "white", mec=SOFT, mew=1.4, ls="", label="atom by atom" if length == 0 else f"averaged within {length:g} Å")
    axes[0][0].barh(np.nan, 0, color="#c9d1d9", label="null: 95 % of random shifts")
    handles, labels = axes[0][0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.11 - 0.52 / fig.get_figheight()), ncols=4, fontsize=9)
    return svg(fig)


def rows(c, barriers, lines, tag):
    """(the claim, "—", numbers, how sure): what is left of 1/I_BP, and of its rival, when the other is held fixed."""
    wanted = [(PEAK, PLACE, f"{html(PEAK)} given element and composition", 1), (PEAK, f"{PLACE}_and_{SOFTNESS}", f"… and {html(SOFTNESS)}: does the boson peak add anything?", 1),
              (SOFTNESS, f"{PLACE}_and_{PEAK}", f"{html(SOFTNESS)[0].upper()}{html(SOFTNESS)[1:]} given element, composition and {html(PEAK)}: does plain softness add anything?", -1)]
    for predictor, what, title, sign in wanted:
        if c.select("predictors", predictor=predictor, given=what) is None:
            continue
        found = {b: evidence.judge(at(c, b, predictor, what)) for b in barriers}
        kind, text = evidence.verdict({b: f.turned() if sign < 0 else f for b, f in found.items()})
        yield title, "—", lines({b: f"r = {f.value}" for b, f in found.items()}), tag(kind, text) + lines({b: f.words for b, f in found.items()}, "r &lt; 0 is what softness would give." if sign < 0 else "")
