"""The rows "the paper says / this sample gives / how sure" on activation energies, loose, tight and own barriers side by side."""
from dataclasses import replace
from html import escape
from itertools import product

import numpy as np

from . import basins, evidence, rivals, searches
from .landscape import BARRIERS, entry, number
from .spectrum import PAPER_LENGTH

TAGS = {"yes": "", "part": " part", "no": " no", "differs": " no", "none": " none"}


def tag(kind, text):
    return f'<span class="tag{TAGS[kind]}">{text}</span>'


def lines(parts, end=""):
    """name → HTML, a line each; names with the same words share a line. `end` is a line of its own."""
    names = {}
    for name, html in parts.items():
        names.setdefault(html, []).append(name)
    return "<br>".join([f"<i>{', '.join(who)}:</i> {html}" for html, who in names.items()] + ([end] if end else []))


def correlation_row(c, title, element, length, paper):
    """One claim of a positive r of 1/I_BP and ΔQ, by each barrier."""
    found = {barrier: evidence.judge(c.at(barrier, element, length)) for barrier in BARRIERS}
    kind, text = evidence.verdict(found)
    more = ""
    if kind in ("yes", "part") and element == "all":
        more = "A difference between the elements makes an r of all atoms by itself: see the rows of each."
    return (title, paper, lines({b: f"r = {f.value}" for b, f in found.items()}), tag(kind, text) + lines({b: f.words for b, f in found.items()}, more))


def best_length(c, barrier):
    """(told?, the length, how sure) of one barrier, all atoms."""
    row = entry(c.summary.get("best_length"), barrier=barrier, element="all")
    length, low, high = (number(row, key) for key in ("length_A", "low_A", "high_A"))
    here = c.at(barrier, "all", length if np.isfinite(length) else PAPER_LENGTH)
    n = here["effective_samples"] if here is not None else float("nan")
    if not np.isfinite(n):
        return False, "—", "too few atoms have a value"
    samples = f"N<sub>eff</sub> = {n:.0f}"
    if n < evidence.ENOUGH:
        return False, "—", f"{samples}, under {evidence.ENOUGH}"
    if not np.isfinite(length):
        return False, "—", f"{samples} at {PAPER_LENGTH} Å; " + escape(str(row.get("word") or "no length is better than the others"))
    if evidence.judge(here).kind != "positive":
        return False, "—", f"{samples}, but no positive correlation stands out of its null"
    if not (np.isfinite(low) and np.isfinite(high)):
        return True, f"{length:.1f} Å", f"{samples}; no interval is known"
    holds = "holds" if low <= PAPER_LENGTH <= high else "leaves out"
    return True, f"{length:.1f} Å ({low:.1f} to {high:.1f})", f"{samples}; its interval {holds} {PAPER_LENGTH} Å"


def best_length_row(c):
    """Where the correlation is largest, if this sample can tell."""
    found = {barrier: best_length(c, barrier) for barrier in BARRIERS}
    mark = tag("part", "with care") if any(told for told, *_ in found.values()) else tag("no", "this sample cannot tell")
    valleys = (entry(c.summary.get("radial_distribution"), pair="all") or {}).get("minima_A") or []
    here = f"Minima of this sample’s g(r): {', '.join(f'{x:.2f}' for x in valleys[:3])} Å. " if valleys and all(np.isfinite(number({"x": x}, "x")) for x in valleys[:3]) else ""
    return ("Length of the best correlation", f"{PAPER_LENGTH} Å, “the second valley of g(r)”", lines({b: value for b, (_, value, _) in found.items()}),
            mark + lines({b: words for b, (_, _, words) in found.items()}, here + "Averages over longer lengths rest on fewer independent regions, and the null widens with them."))


def groups_row(c):
    found = {}
    for barrier in BARRIERS:
        row = entry(c.summary.get("groups"), barrier=barrier, element="all")
        found[barrier] = evidence.groups(*(number(row, key) for key in ("difference_eV", "null_share", "p_value", "effect_size", "atoms")))
        if without := basins.left_out(row):
            found[barrier] = replace(found[barrier], words=f"{found[barrier].words}; {escape(without)}")
    kind, text = evidence.verdict({b: f.turned() for b, f in found.items()})
    return ("ΔQ of the tenths with the highest and the lowest I<sub>BP</sub>", "lower where I<sub>BP</sub> is high (Fig. 2a)", "high − low: " + lines({b: f.value for b, f in found.items()}),
            tag("part" if kind == "yes" else kind, "with care" if kind == "yes" else text) + lines({b: f.words for b, f in found.items()},
            "Tenths of each element. In 50 % of the pairs if I<sub>BP</sub> told nothing; p is Mann and Whitney’s, too small where neighbours are alike."))


def law(c, barrier):
    """(tag's kind, the slope, how sure) of ΔQ = a + b/I_BP by one barrier: none without a correlation of single atoms."""
    line, fit = basins.linear(c, barrier, "all"), basins.law_entry(c, barrier, "all").get("power", {})
    slope, error = "—", number(basins.law_entry(c, barrier, "all"), "linear", "b_error_eV_ps3")
    if line:
        slope = "b = " + (f"({1e9 * line[1]:+.2g} ± {1e9 * error:.2g})" if np.isfinite(error) else f"{1e9 * line[1]:+.3g}").replace("-", "−") + "·10⁻⁹ eV ps³"
    raw = evidence.judge(c.at(barrier, "all", 0.0))
    if raw.kind == "missing":
        return "none", slope, raw.words
    if raw.kind != "positive":
        return "no", slope, f"atom by atom, all elements together, r is {raw.value}, " + ("of the opposite sign" if raw.kind == "negative" else "not told from none") + ": no law of all atoms to speak of"
    kind, words = evidence.exponent(*(number(fit, key) for key in ("p", "p_low", "p_high")))
    return kind, slope, words


def law_row(c):
    found = {barrier: law(c, barrier) for barrier in BARRIERS}
    best = best_of(kind for kind, *_ in found.values())
    return ("ΔQ = a + b/I<sub>BP</sub>", "a straight line through binned means (Fig. 2b)", lines({b: slope for b, (_, slope, _) in found.items()}),
            tag(best, "not shown" if best == "no" else WORDS[best]) + lines({b: words for b, (*_, words) in found.items()}, "The error of b is as if atoms were independent. The r of binned means is no evidence and is not quoted."))


def best_of(kinds):
    """The tag of a row from those of its parts: with care where one is, not computed where none is."""
    kinds = set(kinds)
    return next((kind for kind in ("part", "differs", "no") if kind in kinds), "none")


WORDS = {"part": "with care", "differs": "differs", "no": "this sample cannot tell", "none": "not computed"}


def decay(c, kind, barrier):
    """(tag's kind, C at the paper's length, how sure) of one field (of one barrier; "" for 1/I_BP)."""
    name = {"inverse": "inverse_boson_peak", "activation": "activation"}[kind]
    told = entry(c.summary.get("autocorrelation"), field=name, barrier=barrier, element="all").get("at_paper_length")
    here, error = number(told, "correlation"), number(told, "error")
    agrees, words = evidence.compare(here, error, float(np.exp(-3)))
    if not np.isfinite(here):
        return agrees, "—", words
    value = f"{here:.3f} ± {error:.3f}"
    _, xi, xi_error = basins.decay(c, name, barrier, False)
    if np.isfinite(xi):
        value += f"; ξ = {xi:.2f}" + (f" ± {xi_error:.2f}" if np.isfinite(xi_error) else "") + " Å"
    return agrees, value.replace("-", "−"), words


def decay_rows(c):
    """C(5.9 Å) of both fields beside e⁻³."""
    paper, mark = f"e⁻³ = {np.exp(-3):.3f} (Fig. 4)", lambda kind: tag(kind, WORDS[kind])
    kind, value, words = decay(c, "inverse", "")
    yield f"Autocorrelation of 1/I<sub>BP</sub> at {PAPER_LENGTH} Å", paper, value, mark(kind) + words + "."
    found = {barrier: decay(c, "activation", barrier) for barrier in BARRIERS}
    yield (f"Autocorrelation of ΔQ at {PAPER_LENGTH} Å", paper, lines({b: value for b, (_, value, _) in found.items()}),
           mark(best_of(kind for kind, *_ in found.values()))
           + lines({b: words for b, (*_, words) in found.items()}, "Searches from neighbours that find one and the same saddle make it larger; the scatter of few searches an atom makes it smaller."))


def barrier_row(a):
    """What the definition of a barrier does to the mean."""
    value = {}
    for barrier in BARRIERS:
        means = a.atoms[barrier]
        mean = searches.averages(a, barrier)["atoms"]
        value[barrier] = f"{searches.spread(mean)} eV <small>({means.known.sum()} of {a.searched.sum()} atoms, {means.count[means.known].mean():.1f} values each)</small>" if means.known.any() else "— <small>(no atom has one)</small>"
    both = np.isfinite(a.barrier["loose"]) & np.isfinite(a.barrier["tight"])
    fall = a.barrier["loose"][both] - a.barrier["tight"][both]
    words = f"From the loose to the tight point of one search ΔQ falls by {np.median(fall):.3f} eV (median of {both.sum()}; mean {fall.mean():.3f}). " if both.any() else ""
    few = a.searches[a.searched].mean() < 10 if a.searched.any() else True
    return ("Mean activation energy", "mean over 20 searches an atom, by the loose criterion", lines(value), tag("part", "depends on the definition") + words
            + (f"{searches.tries(a)} an atom: an atom’s mean is rough, and the scatter of its searches pulls every correlation towards 0. " if few else "") + way_out(a) + "Failures are never averaged in.")


def way_out(a):
    """That the way out of the basin is not the paper's, where it is not."""
    way = (a.summary.get("options") or {}).get("way-out", "plain")
    return "" if way == "plain" else f"It depends on the way out of the basin too: here it is {escape(str(way))}; the paper’s, <code>--way-out plain</code>, loses the pushes that lead over high saddles. "


def reliability_row(a):
    """How much of an atom's mean is the atom's, and how much the chance of its few searches."""
    value, words, kinds = {}, {}, []
    for barrier in BARRIERS:
        means = a.atoms[barrier]
        share, atoms = evidence.reliability(means.mean, means.sd, means.count)
        kinds.append("none" if not np.isfinite(share) else "no" if share < 0.2 else "part")
        value[barrier] = f"{100 * share:.0f} % of the variance" if np.isfinite(share) else "—"
        words[barrier] = (f"no r of single atoms can exceed {np.sqrt(share):.2f}, whatever basins are like" if np.isfinite(share) else f"{atoms} atoms have two values or more: too few to tell")
    best = best_of(kinds)
    return ("How much of an atom’s ΔQ is its own, not its searches’ chance", "—", lines(value), tag(best, {"part": "with care", "no": "mostly chance", "none": "not known"}[best])
            + lines(words, "From the scatter of an atom’s searches beside that of the atoms’ means. More searches an atom raise it; averaging over neighbours does too."))


def selection_row(v):
    """Whether the atoms without a value are like the others."""
    value, words, kinds = {}, {}, []
    searched, inverse = v.activation.searched & np.isfinite(v.inverse), v.inverse
    for barrier in BARRIERS:
        known = v.activation.atoms[barrier].known
        chance, error = evidence.superiority(inverse[searched & ~known], inverse[searched & known])
        few = not np.isfinite(chance) or min((searched & ~known).sum(), (searched & known).sum()) < evidence.FEW
        value[barrier] = f"{(searched & ~known).sum()} of {searched.sum()} have none" + ("" if few else f"; 1/I<sub>BP</sub> is larger without in {100 * chance:.0f} % of the pairs")
        kinds.append("none" if few else "no" if abs(chance - 0.5) > 2 * error else "part")
        words[barrier] = "too few to compare" if few else (f"they have the {'larger' if chance > 0.5 else 'smaller'} 1/I<sub>BP</sub>: leaving them out selects by the boson peak itself" if kinds[-1] == "no" else "no difference is seen")
    worst = "no" if "no" in kinds else "part" if "part" in kinds else "none"
    return ("Atoms without a value", "retried until 20 succeed", lines(value), tag(worst, {"no": "selected", "part": "no selection seen", "none": "not known"}[worst])
            + lines(words, "They are left out of every correlation. 50 % where I<sub>BP</sub> does not decide whether a search succeeds; atoms are taken as independent."))


def listed(names):
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def barriers(names):
    return f"{listed(names)} barrier{'s' * (len(names) > 1)}"


def within_elements(c, elements):
    """In words, each positive correlation of one element's atoms, not averaged or averaged: what may be hidden in all atoms together. Chance is shared among the
    elements and the two lengths that are tried; the barriers go together."""
    out = []
    if len(elements) < 2:
        return out
    for e, length, b in product(elements, (0.0, PAPER_LENGTH), BARRIERS):
        row = c.at(b, e, length)
        found = evidence.judge(row)
        if found.kind == "positive" and row["null_share"] <= 0.05 / (2 * len(elements)):
            out.append(f"{e}, {b}, {'atom by atom' if length == 0 else f'averaged within {length:g} Å'}: r = {found.value}")
    return out


def headline(c):
    """(open?, title, paragraphs): what may be said of the paper's finding."""
    found = {b: evidence.judge(c.at(b, "all", PAPER_LENGTH)) for b in BARRIERS}
    by = {kind: [b for b, f in found.items() if f.kind == kind] for kind in ("positive", "negative", "null", "few", "missing")}
    elements = [e for e in c.elements if e != "all"]
    hidden = within_elements(c, elements)
    open_, title = True, "This sample cannot tell whether basins are shallow where the boson peak is large"
    firm = {kind: [b for b in by[kind] if found[b].firm] for kind in ("positive", "negative")}
    if firm["positive"] and by["negative"]:
        title = f"Shallower basins where the boson peak is large by the {barriers(by['positive'])}, deeper by the {barriers(by['negative'])}"
    elif firm["positive"]:
        others = [b for b in BARRIERS if b not in firm["positive"]]
        open_ = bool(others)
        title = "Basins are shallower where the boson peak is large, " + ("by all three definitions of a barrier" if not others else f"by the {barriers(firm['positive'])}; not shown by the {listed(others)}")
    elif firm["negative"]:
        title = f"Basins are deeper, not shallower, where the boson peak is large, by the {barriers(firm['negative'])}"
    elif by["positive"] or by["negative"]:
        hints = [f"{word} by the {barriers(by[kind])}" for kind, word in (("positive", "shallower"), ("negative", "deeper")) if by[kind]]
        title = f"A hint, no more, that basins are {listed(hints)}, where the boson peak is large"
    elif by["null"]:
        title = "No correlation of boson peak and activation energy that chance would not give"
        if hidden:
            title = "All atoms together show no correlation of boson peak and activation energy, those of one element do: a hint"
    text = [f"Averaged within {PAPER_LENGTH} Å, the Pearson r of 1/I<sub>BP</sub> and ΔQ is " + "; ".join(f"{f.value} by the {b} barrier ({f.words})" if f.kind != "missing" else f"not known by the {b} barrier ({f.words})" for b, f in found.items())
            + ". The null shifts one field against the other through the periodic box: it keeps what averaging alone makes of two unrelated fields."]
    if (by["positive"] or by["negative"]) and not any(f.firm for f in found.values()):
        text.append(f"Too few independent samples (under {evidence.ENOUGH}), or too common a result of chance once three barriers are tried: more atoms or more searches have to confirm it.")
    if not by["positive"] and hidden:
        text.append("Within one element chance seldom gives what is found: " + "; ".join(hidden) + ". Where the elements differ in both quantities, all atoms together can hide what each of them shows.")
    if by["positive"] and len(elements) > 1:
        inside = {b: [e for e in elements if evidence.judge(c.at(b, e, PAPER_LENGTH)).kind == "positive"] for b in by["positive"]}
        bare = [b for b in by["positive"] if not inside[b]]
        if bare:
            text.append(f"By the {listed(bare)} barrier no element by itself shows it: where the elements differ in both quantities, that difference alone makes an r of all atoms.")
            open_ = True
        for names in dict.fromkeys(tuple(inside[b]) for b in by["positive"] if inside[b]):
            same = [b for b in by["positive"] if tuple(inside[b]) == names]
            text.append(f"Beyond its null it is positive within {listed(list(names))} too, by the {barriers(same)}.")
    return open_, title, text


def of_searches(v):
    a = v.activation
    return [barrier_row(a), reliability_row(a), selection_row(v)]


def tests(c):
    """How many numbers of the table stand beside a null: each group of atoms, averaged and atom by atom, the tenths, what is left with others held fixed."""
    return len(c.barriers) * (2 * max(1, len(c.elements)) + 1 + len(list(rivals.rows(c, BARRIERS, lines, tag))))


def of_correlation(c):
    out = [correlation_row(c, "Shallow basins where I<sub>BP</sub> is large", "all", PAPER_LENGTH, f"r of 1/I<sub>BP</sub> and ΔQ, both averaged within {PAPER_LENGTH} Å, positive (Fig. 3)")]
    out += [correlation_row(c, f"… among {e}", e, PAPER_LENGTH, "the same, of each element") for e in c.elements if e != "all"]
    out += [correlation_row(c, "… atom by atom, not averaged" if e == "all" else f"… atom by atom, among {e}", e, 0.0, "—") for e in c.elements]
    return out + [best_length_row(c), groups_row(c), law_row(c), *decay_rows(c), *rivals.rows(c, BARRIERS, lines, tag)]
