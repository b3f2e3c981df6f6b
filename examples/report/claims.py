"""The rows "the paper says / this sample gives / how sure" on activation energies, loose, tight and own barriers side by side."""
import numpy as np

from . import basins, evidence, searches
from .landscape import BARRIERS, entry, number
from .spectrum import PAPER_LENGTH

TAGS = {"yes": "", "part": " part", "no": " no", "none": " none"}


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


def best_length_row(c):
    """Where the correlation is largest, if this sample can tell."""
    value, words, told = {}, {}, False
    for barrier in BARRIERS:
        row = entry(c.summary.get("best_length"), barrier=barrier, element="all")
        length, low, high = (number(row, key) for key in ("length_A", "low_A", "high_A"))
        here = c.at(barrier, "all", length if np.isfinite(length) else PAPER_LENGTH)
        n = here["effective_samples"] if here is not None else float("nan")
        shown = evidence.judge(here).kind == "positive"
        if np.isfinite(length) and n >= evidence.ENOUGH and shown:
            told = True
            value[barrier] = f"{length:.1f} Å" + (f" ({low:.1f} to {high:.1f})" if np.isfinite(low) and np.isfinite(high) else "")
            words[barrier] = f"N<sub>eff</sub> = {n:.0f}" + (f"; its interval {'holds' if low <= PAPER_LENGTH <= high else 'leaves out'} {PAPER_LENGTH} Å" if np.isfinite(low) and np.isfinite(high) else "; no interval is known")
        else:
            value[barrier] = "—"
            words[barrier] = ("too few atoms have a value" if not np.isfinite(n) else f"N<sub>eff</sub> = {n:.0f}, under {evidence.ENOUGH}" if n < evidence.ENOUGH else
                              f"N<sub>eff</sub> = {n:.0f}, but no positive correlation stands out of its null" if not shown else "no maximum was found")
    return ("Length of the best correlation", f"{PAPER_LENGTH} Å, “the second valley of g(r)”", lines(value),
            (tag("part", "with care") if told else tag("no", "this sample cannot tell")) + lines(words, "Averages over longer lengths rest on fewer independent regions, and the null widens with them."))


def groups_row(c):
    found = {}
    for barrier in BARRIERS:
        row = entry(c.summary.get("groups"), barrier=barrier, element="all")
        p = number(row, "null_share") if np.isfinite(number(row, "null_share")) else number(row, "p_value")
        found[barrier] = evidence.groups(number(row, "difference_eV"), p, number(row, "effect_size"), number(row, "atoms"))
    expected = {b: evidence.Finding({"negative": "positive", "positive": "negative"}.get(f.kind, f.kind), f.value, f.words) for b, f in found.items()}
    kind, text = evidence.verdict(expected)
    return ("ΔQ of the tenths with the highest and the lowest I<sub>BP</sub>", "lower where I<sub>BP</sub> is high (Fig. 2a)", "high − low: " + lines({b: f.value for b, f in found.items()}),
            tag("part" if kind == "yes" else kind, "with care" if kind == "yes" else text) + lines({b: f.words for b, f in found.items()},
            "Tenths of each element; p of Mann and Whitney’s test takes atoms as independent, which neighbours are not."))


def law_row(c):
    value, words, kinds = {}, {}, []
    for barrier in BARRIERS:
        law, fit = basins.linear(c, barrier, "all"), basins.law_entry(c, barrier, "all").get("power", {})
        raw = evidence.judge(c.at(barrier, "all", 0.0))
        value[barrier] = f"b = {law[1] * 1e6:+.3g} eV·10⁻⁶ ps³".replace("-", "−") if law else "—"
        kind, text = evidence.exponent(*(number(fit, key) for key in ("p", "p_low", "p_high")))
        if raw.kind != "positive":
            kind, text = ("none", "too few atoms have a value") if raw.kind == "missing" else ("no", "atom by atom, r is " + (raw.value + ", not told from none" if raw.kind in ("null", "few") else raw.value + ", of the opposite sign") + ": no law to speak of")
        kinds.append(kind)
        words[barrier] = text
    best = "part" if "part" in kinds else "none" if all(k == "none" for k in kinds) else "no"
    return ("ΔQ = a + b/I<sub>BP</sub>", "a straight line through binned means (Fig. 2b)", lines(value),
            tag(best, {"part": "with care", "no": "not shown", "none": "not computed"}[best]) + lines(words, "The r of binned means is no evidence and is not quoted."))


def decay_rows(c):
    """C(5.9 Å) of both fields beside e⁻³."""
    out, truth = [], float(np.exp(-3))
    for kind, title in (("inverse", "1/I<sub>BP</sub>"), ("activation", "ΔQ")):
        value, words, kinds = {}, {}, []
        names = [name for name in dict.fromkeys(c.autocorrelation.get("field", ())) if basins.field_kind(name) == (kind, False)]
        for barrier in (BARRIERS if kind == "activation" else ("",)):
            rows = next((r for r in (c.select("autocorrelation", by="r_A", field=name, element="all", **({"barrier": barrier} if barrier else {})) for name in names) if r is not None), None)
            here = error = float("nan")
            if rows is not None and rows["r_A"].min() <= PAPER_LENGTH <= rows["r_A"].max():
                good = np.isfinite(rows["correlation"])
                here, error = (float(np.interp(PAPER_LENGTH, rows["r_A"][good], rows[key][good])) for key in ("correlation", "error"))
            _, xi, xi_error = basins.decay(c, names[0], barrier, False) if names else (1, float("nan"), float("nan"))
            label = barrier or "it"
            value[label] = (f"{here:.3f} ± {error:.3f}" if np.isfinite(here) else "—").replace("-", "−") + (f"; ξ = {xi:.2f}" + (f" ± {xi_error:.2f}" if np.isfinite(xi_error) else "") + " Å" if np.isfinite(xi) else "")
            agrees, words[label] = evidence.compare(here, error, truth)
            kinds.append(agrees)
        worst = "none" if all(k == "none" for k in kinds) else "part" if "part" in kinds else "no"
        text = {"part": "with care", "no": "not shown", "none": "not computed"}[worst]
        end = "" if kind == "inverse" else "Searches from neighbours that find one and the same saddle make it larger; the scatter of few searches an atom makes it smaller."
        gives, sure = (value["it"], words["it"] + ".") if kind == "inverse" else (lines(value), lines(words, end))
        out.append((f"Autocorrelation of {title} at {PAPER_LENGTH} Å", f"e⁻³ = {truth:.3f} (Fig. 4)", gives, tag(worst, text) + sure))
    return out


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
            + (f"{searches.tries(a)} searches an atom: an atom’s mean is rough, and the scatter of its searches pulls every correlation below towards 0. " if few else "") + "Failures are never averaged in.")


def listed(names):
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def headline(c):
    """(open?, title, paragraphs): what may be said of the paper's finding."""
    found = {b: evidence.judge(c.at(b, "all", PAPER_LENGTH)) for b in BARRIERS}
    by = {kind: [b for b, f in found.items() if f.kind == kind] for kind in ("positive", "negative", "null", "few", "missing")}
    open_, title = True, "This sample cannot tell whether basins are shallow where the boson peak is large"
    if by["negative"]:
        title = f"Basins are deeper, not shallower, where the boson peak is large, by the {listed(by['negative'])} barrier{'s' * (len(by['negative']) > 1)}"
        if by["positive"]:
            title = f"Shallower basins where the boson peak is large by the {listed(by['positive'])}, deeper by the {listed(by['negative'])} barrier"
    elif by["positive"]:
        others = [b for b in BARRIERS if b not in by["positive"]]
        open_ = bool(others)
        title = "Basins are shallower where the boson peak is large, " + ("by all three definitions of a barrier" if not others else f"by the {listed(by['positive'])} barrier{'s' * (len(by['positive']) > 1)}; not shown by the {listed(others)}")
    elif by["null"]:
        title = "No correlation of boson peak and activation energy that chance would not give"
    text = [f"Averaged within {PAPER_LENGTH} Å, the Pearson r of 1/I<sub>BP</sub> and ΔQ is " + "; ".join(f"{f.value} by the {b} barrier ({f.words})" if f.kind != "missing" else f"not known by the {b} barrier ({f.words})" for b, f in found.items())
            + ". The null shifts one field against the other through the periodic box: it keeps what averaging alone makes of two unrelated fields."]
    elements = [e for e in c.elements if e != "all"]
    if by["positive"] and len(elements) > 1:
        inside = {b: [e for e in elements if evidence.judge(c.at(b, e, PAPER_LENGTH)).kind == "positive"] for b in by["positive"]}
        bare = [b for b in by["positive"] if not inside[b]]
        if bare:
            text.append(f"By the {listed(bare)} barrier no element by itself shows it: where the elements differ in both quantities, that difference alone makes an r of all atoms.")
            open_ = True
        for names in dict.fromkeys(tuple(inside[b]) for b in by["positive"] if inside[b]):
            same = [b for b in by["positive"] if tuple(inside[b]) == names]
            text.append(f"It holds within an element as well, within {listed(list(names))} by the {listed(same)} barrier{'s' * (len(same) > 1)}.")
    return open_, title, text


def rows(v):
    """All of them; [] for a run that has not searched."""
    a, c = v.activation, v.correlation
    out = [barrier_row(a)] if a else []
    if c:
        out.append(correlation_row(c, "Shallow basins where I<sub>BP</sub> is large", "all", PAPER_LENGTH, f"r of 1/I<sub>BP</sub> and ΔQ, both averaged within {PAPER_LENGTH} Å, positive (Fig. 3)"))
        out += [correlation_row(c, f"… among {e}", e, PAPER_LENGTH, "the same, of each element") for e in c.elements if e != "all"]
        out.append(correlation_row(c, "… atom by atom, not averaged", "all", 0.0, "—"))
        out += [best_length_row(c), groups_row(c), law_row(c), *decay_rows(c)]
    return out
