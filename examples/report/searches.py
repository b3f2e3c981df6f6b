"""How the searches for saddles went: outcomes, cost, what they found more than once, and what an average over them depends on."""
import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter

from .landscape import BARRIERS, entry, number
from .style import FAINT, INK, SOFT, plt, svg

# The three barriers: colours of their own, apart from the elements', and told apart in grey by their lines.
TINTS = {"loose": "#E69F00", "tight": "#009E73", "own": "#7b3294"}
LINES = {"loose": (0, (5, 2)), "tight": "-", "own": (0, (2, 1.2))}

KINDS = {"no_negative_curvature": "no negative curvature", "back_in_basin": "back in the basin", "other_basin": "another basin", "not_converged": "not converged",
         "higher_order": "higher order", "explosion": "explosion"}


def wilson(found, tried):
    """95 % interval of a share, by Wilson's formula: it stays within 0 and 1, and is wide where little was tried."""
    if not tried:
        return 0.0, 1.0
    z, p = 1.96, found / tried
    middle, half = (p + z * z / (2 * tried)) / (1 + z * z / tried), z * np.sqrt(p * (1 - p) / tried + z * z / (4 * tried**2)) / (1 + z * z / tried)
    return max(0.0, middle - half), min(1.0, middle + half)


def outcomes(a):
    """(what a search came to, which searches, whether it is a saddle), from the strictest success to the failures."""
    rows = [("own saddle", a.saddle & a.own, True), ("tight, connected, not own", a.saddle & ~a.own & np.isin(a.connected, ("initial", "twin")), True),
            ("tight, not connected", a.saddle & ~a.own & ~np.isin(a.connected, ("initial", "twin")), True)]
    rows += [(name, a.status == kind, False) for kind, name in KINDS.items()]
    others = sorted(set(a.status) - set(KINDS) - {"saddle"})
    return rows + [(name.replace("_", " "), a.status == name, False) for name in others]


def outcomes_figure(a):
    """Shares of the outcomes with their intervals, and what a search with that outcome took."""
    rows = [row for row in outcomes(a) if row[1].any()]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 0.75 + 0.34 * len(rows)), sharey=True, gridspec_kw={"wspace": 0.06})
    n = len(a.atom)
    for k, (_, which, good) in enumerate(rows):
        low, high = wilson(which.sum(), n)
        share, tint = 100 * which.mean(), TINTS["tight"] if good else SOFT
        left.barh(k, share, height=0.62, color=tint, alpha=0.9 if k == 0 and good else 0.55, lw=0)
        left.plot([100 * low, 100 * high], [k, k], color=INK, lw=1.3)
        left.annotate(f"{share:.1f} %", (100 * high, k), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9)
        e = a.evaluations[which]
        right.plot(np.quantile(e, (0.1, 0.9)), [k, k], color=tint, lw=5, alpha=0.45, solid_capstyle="butt")
        right.plot([np.median(e)], [k], "o", color=tint, ms=6)
    left.set_yticks(range(len(rows)), [name for name, *_ in rows])
    left.set_ylim(len(rows) - 0.4, -0.6)
    left.set_xlim(0, 1.18 * max(100 * wilson(which.sum(), n)[1] for _, which, _ in rows))
    left.set_xlabel("share of all searches (%)")
    left.set_title(f"a   outcome of {n} searches")
    right.set_xscale("log")
    plain(right.xaxis)
    right.tick_params(axis="y", length=0)
    right.set_xlabel("evaluations of one search: median, 10 % to 90 %")
    right.set_title("b   what it took")
    right.grid(axis="x", color=FAINT, lw=0.6, zorder=-5)
    return svg(figure)


def plain(axis):
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    low, high = axis.get_view_interval()
    few = high < 30 * max(low, 1e-300)
    axis.set_minor_formatter(FuncFormatter(lambda x, _: f"{x:g}" if f"{x:.0e}"[0] in "25" else "") if few else NullFormatter())
    axis.set_tick_params(which="minor", labelsize=8)


def barriers_figure(a):
    """Distribution of the barriers over searches, by the three definitions; how often each distinct saddle was found."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 3.5), gridspec_kw={"wspace": 0.22, "width_ratios": (1.5, 1)})
    every = np.concatenate([a.barrier[name][np.isfinite(a.barrier[name])] for name in BARRIERS])
    if len(every):
        top = np.quantile(every, 0.99)
        edges = np.linspace(min(0, np.quantile(every, 0.001)), max(top, 1e-3), 36 if len(every) > 600 else 18)
        for name in BARRIERS:
            values = a.barrier[name][np.isfinite(a.barrier[name])]
            if len(values):
                shares = np.histogram(values, edges)[0] / (len(values) * (edges[1] - edges[0]))
                left.stairs(shares, edges, color=TINTS[name], lw=1.9, ls=LINES[name], label=f"{name}: {len(values)}, median {np.median(values):.2f} eV")
        beyond = np.mean(every > edges[-1])
        if beyond > 0:
            left.annotate(f"{100 * beyond:.0f} % lie beyond" if beyond >= 0.005 else "under 1 % lie beyond", (0.98, 0.66), xycoords="axes fraction", ha="right", fontsize=8.5, color=SOFT)
        left.set_ylim(0, 1.5 * left.get_ylim()[1])
        left.legend(loc="upper right")
    left.set_xlabel(r"barrier $\Delta Q$ of one search (eV)")
    left.set_ylabel("density (1/eV)")
    left.set_title("a   barriers by the three definitions")
    times = multiplicity(a)
    if len(times):
        counts = np.bincount(times)[1:]
        right.bar(np.arange(1, len(counts) + 1), counts, color=TINTS["tight"], alpha=0.6, width=0.8, lw=0)
        right.set_yscale("log")
        plain(right.yaxis)
        right.set_ylim(0.7, None)
        right.set_xlim(0.4, max(len(counts), 4) + 0.6)
        right.xaxis.get_major_locator().set_params(integer=True)
    right.set_xlabel("times that it was found")
    right.set_ylabel("distinct tight saddles")
    right.set_title("b   the same saddle again")
    return svg(figure)


def multiplicity(a):
    """How often each distinct tight saddle was found."""
    known = a.event[a.saddle & np.isfinite(a.event)]
    return np.unique(known, return_counts=True)[1] if len(known) else np.zeros(0, int)


def unseen(a):
    """In words: how many distinct saddles, and what the searches have not shown."""
    told = a.summary.get("events")
    distinct, least, sd, coverage = (number(told, key) for key in ("distinct", "unseen_at_least", "sd", "coverage"))
    if not distinct > 0:
        return "No tight saddle was found."
    text = f"{distinct:.0f} distinct tight saddles were found"
    if coverage == 0:  # both estimates below live on what was found again
        return text + ", each once: nothing tells how many more there are."
    if np.isfinite(coverage):
        text += f". By the number found only once, the next tight saddle would be a new one with a chance of {100 * (1 - coverage):.0f} % (Good and Turing)"
        if np.isfinite(least) and np.isfinite(sd):  # it has no error, and means nothing, where none was found twice
            text += f", and at least {least:.0f} ± {sd:.0f} more are within reach of these searches (Chao’s lower bound, as if all drew from one pool)"
    return text + "."


def mean_error(values):
    """Mean and its standard error as if the values were independent; NaN for fewer than two."""
    values = values[np.isfinite(values)]
    return (float(values.mean()) if len(values) else float("nan")), (float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan"))


def averages(a, name):
    """Means of one barrier, eV, each with its standard error as if what is averaged were independent. "atoms": over atoms, of each one's mean; "tries": over all
    successes of the first N searches of every atom; "retry": over atoms, of each one's searches up to the first S loose points; "saddles": over distinct saddles."""
    value, told = a.barrier[name], entry(a.summary.get("barriers"), kind=name)
    known = np.isfinite(value) & np.isfinite(a.event)
    each = np.array([np.mean(value[known & (a.event == e)]) for e in np.unique(a.event[known])]) if name != "loose" else np.zeros(0)

    def of(way, mean, sd, count):
        n = number(told, way, count)
        return number(told, way, mean), number(told, way, sd) / np.sqrt(n) if n > 1 else float("nan")

    return {"atoms": mean_error(a.atoms[name].mean), "tries": of("tries", "mean_eV", "sd_eV", "count"), "retry": of("retry", "mean_of_atoms_eV", "sd_of_atoms_eV", "atoms"), "saddles": mean_error(each)}


def phases(a):
    """In words: where the evaluations went; "" where the summary does not tell."""
    told, names = a.summary.get("evaluations"), {"way_out": "the way out of the basin", "following": "following to the loose point", "refining": "refining to the tight one", "order": "showing its order", "sides": "minimising both sides"}
    counts = {name: number(told, key, "total") for key, name in names.items()}
    total = sum(counts.values())
    return "" if not total > 0 else " Of all evaluations " + ", ".join(f"{100 * n / total:.0f} % went into {name}" for name, n in counts.items()) + "."


def spread(pair):
    mean, error = pair
    return "—" if not np.isfinite(mean) else f"{mean:.3f} ± {error:.3f}" if np.isfinite(error) else f"{mean:.3f}"


def tries(a):
    """In words: how many searches an atom."""
    low, high = (int(q(a.searches[a.searched])) for q in (np.min, np.max)) if a.searched.any() else (0, 0)
    return (f"{low}" if low == high else f"{low} to {high}") + (" search" if high == 1 else " searches")


def table(a):
    """The barriers side by side: atoms that have a value, searches behind it, cost, and the four averages."""
    count = a.summary.get("counting")
    n, s = number(count, "tries"), number(count, "retry_successes")
    head = ("barrier", "searches that have it", "evaluations for each, failures included", "atoms with a value", "values an atom", "mean over atoms, eV",
            "mean over all successes" + (f" of {n:.0f} {'try' if n == 1 else 'tries'}" if np.isfinite(n) else " of the tries") + ", eV", "retry until " + (f"{s:.0f} loose" if np.isfinite(s) else "loose") + ", mean over atoms, eV", "mean over distinct saddles, eV")
    rows, total, n = [], a.evaluations.sum(), len(a.atom)
    for name in BARRIERS:
        found, means = int(np.isfinite(a.barrier[name]).sum()), a.atoms[name]
        low, high = wilson(found, n)
        mean = averages(a, name)
        rows.append((f"<b>{name}</b>", f"{found} of {n}<br>{100 * found / n:.1f} % <small>({100 * low:.1f}–{100 * high:.1f})</small>", f"{total / found:.0f}" if found else "—",
                     f"{means.known.sum()} of {a.searched.sum()}", f"{means.count[means.known].mean():.1f}" if means.known.any() else "—", *(spread(mean[key]) for key in ("atoms", "tries", "retry", "saddles"))))
    return ('<div class="wide"><table class="numbers"><thead><tr>' + "".join(f"<th>{cell}</th>" for cell in head) + "</tr></thead><tbody>"
            + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</tbody></table></div>")
