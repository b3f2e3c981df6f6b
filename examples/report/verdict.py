"""What may be said: the headline, and the rows "the paper says / this sample gives / how sure"."""
from html import escape

import numpy as np

from . import spectrum
from .spectrum import PAPER_ATOMS, PAPER_DEBYE, PAPER_PEAK, RAD_PER_PS_TO_MEV, RAD_PER_PS_TO_THZ


def units(omega):
    """ω in the two other units."""
    return f"{omega * RAD_PER_PS_TO_THZ:.2f} THz, {omega * RAD_PER_PS_TO_MEV:.2f} meV"


def frequency(omega):
    return f"{omega:.2f} rad/ps <small>({units(omega)})</small>"


def level(value):
    return f"{1e6 * value:.0f}"


def formula(v):
    """Cu50Zr50 from the atoms' elements."""
    names, counts = np.unique(v.atoms["element"], return_counts=True)
    share = 100 * counts / counts.sum()
    return "".join(f"{n}<sub>{f'{s:.1f}'.rstrip('0').rstrip('.')}</sub>" for n, s in zip(names, share)) if len(names) > 1 else str(names[0])


def at_edge(v):
    peak = v.summary["boson_peak_omega_rad_per_ps"]
    return min(abs(peak - v.window[0]), abs(peak - v.window[1])) < v.width


def below_every_shell(v):
    """Whether the maximum lies clearly below the lowest wave that the box holds."""
    return v.summary["boson_peak_omega_rad_per_ps"] < 0.8 * v.summary["omega_1_rad_per_ps"]


def effective_modes(v, omega):
    """How many modes, falling independently, would have the counting error at ω."""
    return f"{spectrum.relative_error(v, omega)[0] ** -2:.0f}"


def about(share):
    return f"about half ({100 * share:.0f} %)" if 0.45 <= share <= 0.55 else f"{100 * share:.0f} %"


def by_width(v):
    """How much the broadening decides."""
    name = "bins of" if v.options.get("broadening", "gaussian") == "histogram" else "σ ="
    return "The broadening decides too: " + ", ".join(f"{name} {width:.3g} rad/ps gives {level(height)} at {omega:.2f} rad/ps" for width, omega, height in spectrum.by_width(v)) + "."


def below_the_limit(v):
    """What a maximum that is not above 2ω₁ is made of."""
    peak, omega_1 = v.summary["boson_peak_omega_rad_per_ps"], v.summary["omega_1_rad_per_ps"]
    share = spectrum.wave_share(v, peak)
    if below_every_shell(v):
        return (f"It is at {peak / omega_1:.2f} ω₁, below every wave that fits the box: soft modes, not a shell (an effective {effective_modes(v, peak)} of them, mean participation ratio "
                f"{spectrum.mean_at(v, peak, 'participation_ratio'):.2f}). So few are no continuum, and another glass of the same recipe may have them elsewhere or not at all.")
    where = "on the first shell itself" if peak < 1.2 * omega_1 else "among the first shells"
    return (f"It sits {where} ({peak / omega_1:.2f} ω₁): {about(share)} of it is carried by plane waves of the box’s first three shells, in all polarisations. "
            "Box and glass both shape it, and it may move with the size of the box, which one run cannot show.")


def headline(v):
    """(resolved, title, paragraphs as HTML)."""
    s = v.summary
    peak, height, omega_1 = s["boson_peak_omega_rad_per_ps"], s["boson_peak_ps3"], s["omega_1_rad_per_ps"]
    low, high = spectrum.plateau(v)
    error = float(spectrum.relative_error(v, peak)[0])
    value = f"{level(height)} ± {level(height * error)}·10⁻⁶ ps³"
    found = spectrum.excess(v, PAPER_PEAK)
    if s["peak_resolved"] and not at_edge(v):
        return True, f"The maximum of g/ω² is at {peak:.2f} rad/ps, above the box’s own phonons", [
            f"{value} at {frequency(peak)}. It lies above 2ω₁ = {2 * omega_1:.2f} rad/ps, so it is not one of the lowest phonon shells of the box. "
            f"From {low:.1f} to {high:.1f} rad/ps the curve stays within one counting error of the maximum: that is how well one sample of {v.count} atoms places it."] + ([excess_over_debye(v, found)] if found else [])
    if at_edge(v):
        return False, "No boson peak is resolved", [
            f"The largest g/ω² in the window, {value}, lies at {frequency(peak)}, on the window’s edge: the curve rises beyond it. It is no maximum of the spectrum."]
    text = [f"The largest g/ω², {value} at {frequency(peak)}, is not above 2ω₁ = {2 * omega_1:.2f} rad/ps, where ω₁ = {frequency(omega_1)} "
            f"is the lowest transverse phonon of a box of this size. " + below_the_limit(v)]
    title = "No boson peak is resolved in this sample"
    if found:
        text.insert(0, excess_over_debye(v, found))
        if found.shown:
            title = f"No boson peak is resolved, but there are {found.ratio:.1f} times as many modes below {PAPER_PEAK:.0f} rad/ps as Debye’s law gives"
    return False, title, text + [above_the_limit(v)]


def source_of_debye(v):
    law = spectrum.debye(v)
    if law.speed is None:
        return "from the relaxed elastic constants of this sample"
    return (f"estimated from ω₁ alone: transverse speed {law.speed / 10:.2f} km/s, longitudinal speed not known, taken as {spectrum.SPEEDS_RANGE[0]} to {spectrum.SPEEDS_RANGE[1]} times that "
            f"(middle {spectrum.SPEEDS})")


def excess_over_debye(v, found):
    """The count of low modes beside Debye's, in a sentence."""
    sound = "this sample’s elastic constants" if spectrum.debye(v).speed is None else "sound as estimated for this sample"
    text = (f"{found.counted} modes lie below {PAPER_PEAK:.0f} rad/ps; a Debye solid with {sound} would have about {found.debye:.0f} ({found.low:.0f}–{found.high:.0f}): "
            f"a ratio of {found.ratio:.1f} ± {found.ratio_error:.1f}. ")
    return text + ("That excess is what this sample shows best; it needs no maximum." if found.shown else "So few modes show no excess beyond doubt.")


def above_the_limit(v):
    """What the curve does above 2ω₁."""
    flat = spectrum.beyond(v)
    if flat is None:
        return "The window ends before 2ω₁, above which this report would quote a maximum as a boson peak."
    if flat.bump and flat.bump[2] > 1:
        omega, value, rise = flat.bump
        return (f"Above 2ω₁ the curve has another maximum, {level(value)}·10⁻⁶ ps³ at {frequency(omega)}, which rises out of the valley before it by {rise:.1f} times its counting error of "
                f"{100 * spectrum.relative_error(v, omega)[0]:.0f} %; being lower than the first, it is not quoted as the boson peak.")
    error = 100 * flat.error
    text = (f"Above 2ω₁ nothing rises out of the curve by more than its counting error: from {flat.low:.1f} to {flat.high:.1f} rad/ps"
            + (", a range that holds the paper’s peak," if flat.low <= PAPER_PEAK <= flat.high else "") + f" it stays within that error, {error:.0f} %, of {level(flat.level)}·10⁻⁶ ps³. ")
    if flat.bump:
        text += f"Its largest bump, at {flat.bump[0]:.2f} rad/ps, is {flat.bump[2]:.2f} of a counting error. "
    return (text + f"A bump under {error:.0f} % would not be seen here, and one of {2 * error:.0f} % could still be chance: a weak peak is not excluded. "
            "Whether a larger or more slowly cooled sample brings the paper’s peak out, this one cannot tell.")


TAGS = {"yes": "well determined", "part": "with care", "no": "not shown", "none": "not computed"}


def tag(kind, text=None):
    css = {"yes": "", "part": " part", "no": " no", "none": " none"}[kind]
    return f'<span class="tag{css}">{text or TAGS[kind]}</span>'


def rows(v):
    """(quantity, the paper, this sample, how sure), HTML each."""
    s = v.summary
    peak, height, omega_1 = s["boson_peak_omega_rad_per_ps"], s["boson_peak_ps3"], s["omega_1_rad_per_ps"]
    resolved = s["peak_resolved"] and not at_edge(v)
    low, high = spectrum.plateau(v)
    error = float(spectrum.relative_error(v, peak)[0])
    law, found = spectrum.debye(v), spectrum.excess(v, PAPER_PEAK)
    out = []
    out.append(("Position of the boson peak", f"near {PAPER_PEAK:.0f} rad/ps<br><small>({units(PAPER_PEAK)}; printed there as “5 THz”)</small>",
                f"{'maximum' if resolved else 'none resolved; the largest g/ω² is'} at {frequency(peak)}",
                tag("part") + f"within one counting error of the maximum from {low:.1f} to {high:.1f} rad/ps; one sample, one cooling rate." if resolved else
                tag("no") + "it lies on the edge of the window, where the curve still rises." if at_edge(v) else
                tag("no") + (f"it is at {peak / omega_1:.2f} ω₁, below every wave that fits the box: soft modes, too few to place a peak." if below_every_shell(v) else
                             f"it is not above 2ω₁ = {2 * omega_1:.2f} rad/ps; {about(spectrum.wave_share(v, peak))} of it is carried by plane waves of the box’s first three shells, and it may move with the size of the box.")))
    here = spectrum.at(v, PAPER_PEAK)
    if here is not None and v.window[0] <= PAPER_PEAK <= v.window[1]:
        e = float(spectrum.relative_error(v, PAPER_PEAK)[0])
        shells = PAPER_PEAK < 2 * omega_1
        out.append((f"g/ω² at {PAPER_PEAK:.0f} rad/ps", f"above its Debye level of {1e6 * PAPER_DEBYE:.2f}·10⁻⁶ ps³",
                    f"{level(here)} ± {level(here * e)}·10⁻⁶ ps³, {here / PAPER_DEBYE:.1f} times the paper’s Debye level"
                    + (f", {here / law.level:.1f} times this sample’s{' as estimated' if law.speed else ''}" if law else ""),
                    tag("part" if shells else "yes") + f"±{100 * e:.0f} % is the counting error (an effective {e**-2:.0f} modes under the broadening)"
                    + (f"; below 2ω₁, but plane waves of the first three shells carry only {100 * spectrum.wave_share(v, PAPER_PEAK):.0f} % of it" if shells and spectrum.wave_share(v, PAPER_PEAK) < 0.3 else
                       f"; below 2ω₁, and plane waves of the first three shells carry {about(spectrum.wave_share(v, PAPER_PEAK))} of it" if shells else "")
                    + "."))
    out.append(("Height of the maximum", "—", f"{level(height)} ± {level(height * error)}·10⁻⁶ ps³",
                tag("yes" if resolved else "part") + f"counting error ±{100 * error:.0f} % as if modes fell independently ({effective_modes(v, peak)} of them, effectively). " + by_width(v)
                + ("" if resolved or at_edge(v) else " It is the height of a few soft modes, divided by their small ω²." if below_every_shell(v) else
                   f" Waves of the first three shells carry {about(spectrum.wave_share(v, peak))} of it: box and glass together set it.")))
    paper = f"{1e6 * PAPER_DEBYE:.2f}·10⁻⁶ ps³<br><small>ω<sub>D</sub> = 32.5 rad/ps, 248 K</small>"
    if law is None:
        out.append(("Debye level", paper, "—", tag("none") + "ω₁ is not known well enough to estimate it. The dotted line in the figure is the paper’s."))
    else:
        in_words = f"<br><small>ω<sub>D</sub> = {law.omega:.1f} rad/ps, {law.omega * 7.63823:.0f} K</small>"
        if law.speed is None:
            out.append(("Debye level", paper, f"{1e6 * law.level:.1f}·10⁻⁶ ps³{in_words}", tag("yes") + f"{source_of_debye(v)}."))
        else:
            out.append(("Debye level, estimate", paper, f"about {level(law.level)}·10⁻⁶ ps³, {level(law.low)} to {level(law.high)}{in_words}",
                        tag("part") + f"{source_of_debye(v)}. Transverse waves make {100 * law.transverse:.0f} % of it. The range holds ±{100 * spectrum.omega_1_error(v):.0f} % of ω₁ as well. "
                        "The level from elastic constants is not computed by this version."))
    if found:
        out.append((f"Modes below {PAPER_PEAK:.0f} rad/ps beside Debye", "g/ω² above its Debye level",
                    f"{found.counted} modes; Debye about {found.debye:.0f} ({found.low:.0f}–{found.high:.0f})<br>ratio {found.ratio:.1f} ± {found.ratio_error:.1f}",
                    tag("no", "not decided") + "too few modes." if not found.shown else
                    tag("yes") + "counted; the Debye level is from elastic constants." if law.speed is None else
                    tag("part") + f"with the Debye estimate above: the longitudinal speed is assumed; transverse waves make {100 * law.transverse:.0f} % of it. "
                    "The count needs neither a broadening nor a maximum."))
    if omega_1:
        source = s.get("omega_1_from") or "the lowest modes"
        out.append(("Lowest phonon of the box, ω₁", "—", f"{frequency(omega_1)}, {v.count} atoms",
                    tag("yes" if "elastic" in source or v.complete else "part") + f"from {escape(source, quote=False)}"
                    + (f"; ±{100 * spectrum.ANISOTROPY:.0f} % for the sample’s anisotropy. " if v.complete else ". ") + f"By this report’s convention a boson peak is quoted only above 2ω₁ = {2 * omega_1:.2f} rad/ps. It falls as 1/L: the paper’s {PAPER_ATOMS} atoms have it near {omega_1 * (v.count / PAPER_ATOMS) ** (1 / 3):.1f} rad/ps."))
    value, element = v.count * v.atoms["boson_peak_ps3"], v.atoms["element"]
    good, edge = value > 0, spectrum.at_window_edge(v)
    ratio = float(np.quantile(value[good], 0.95) / np.quantile(value[good], 0.05)) if good.any() else float("nan")
    medians = ", ".join(f"{e} {1e3 * np.median(value[element == e]):.2f}" for e in v.elements if (element == e).any())
    out.append(("Atom by atom: I<sub>BP</sub>", "varies from atom to atom; large where basins are shallow",
                f"5th to 95th percentile: a factor of {ratio:.1f}. Median N·I<sub>BP</sub>: {medians} ·10⁻³ ps³",
                tag("part") + "the spread is large beside the broadening; " + ("but much of it is decided below 2ω₁, where the box matters too. " if not resolved else "")
                + f"{100 * np.mean(v.atoms['omega_at_peak_rad_per_ps'] > 7):.0f} % of the atoms have their maximum above 7 rad/ps, which is no boson peak; "
                f"{100 * np.mean(edge):.1f} % ({100 * np.mean(edge[spectrum.top_tenth(v)]):.1f} % of the tenth with the largest I<sub>BP</sub>) have it on the window’s lower edge, "
                f"{v.window[0]:g} rad/ps, which is no maximum: their curve still rises there."))
    if not v.correlation:
        out.append(("Shallow basins where I<sub>BP</sub> is large", "Pearson r of 1/I<sub>BP</sub> and activation energy, best at 5.9 Å", "—",
                    tag("none") + ("activation energies are there, tarn-correlation has not compared them yet." if v.activation else "needs activation energies; this run computes vibrations only.")))
    p, omega = v.modes["participation_ratio"][v.vibrating], v.omega
    soft = (omega > 0) & (omega < PAPER_PEAK)
    if soft.any():
        out.append((f"How localised the modes below {PAPER_PEAK:.0f} rad/ps are", "—", f"participation ratio {p[soft].min():.2f} to {p[soft].max():.2f}, median {np.median(p[soft]):.2f}",
                    tag("yes") + "each mode’s own. Soft localised modes and phonons of like frequency mix, so p of one mode depends on the size of the box."))
    stable = int(s.get("unstable_modes", 0)) == 0
    out.append(("Is it a minimum?", "inherent structures", f"{s.get('zero_modes')} zero modes, {s.get('unstable_modes')} unstable",
                tag("yes") + "three translations and nothing below them." if stable and s.get("zero_modes") == 3 else tag("no", "not a minimum") + "unstable modes are kept and plotted at negative ω; run again with <code>--relax</code>."))
    return out
