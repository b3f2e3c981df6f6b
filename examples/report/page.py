"""The page: verdict, figures, table, provenance, in one file with nothing to load."""
import json
import os
from html import escape

import numpy as np

from . import chapters, claims, figures, picture, spectrum, verdict
from .spectrum import RAD_PER_PS_TO_MEV, RAD_PER_PS_TO_THZ

HERE = os.path.dirname(os.path.abspath(__file__))


def asset(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


class Page:
    """Collects HTML; numbers the figures."""

    def __init__(self):
        self.parts, self.figure_number = [], 0

    def add(self, html):
        self.parts.append(html)

    def figure(self, drawing, name, caption):
        self.figure_number += 1
        drawing = drawing.replace("<svg", f'<svg role="img" aria-label="{escape(name, quote=True)}"', 1)
        # ids of two drawings must not meet
        drawing = drawing.replace('id="', f'id="f{self.figure_number}-').replace('href="#', f'href="#f{self.figure_number}-').replace("url(#", f"url(#f{self.figure_number}-")
        self.add(f"<figure>{drawing}<figcaption><b>Figure {self.figure_number}. {escape(name)}.</b> {caption}</figcaption></figure>")


    def claims(self, rows):
        self.add('<table class="claims"><thead><tr><th></th><th>the paper says</th><th>this sample gives</th><th>how sure</th></tr></thead><tbody>'
                 + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</tbody></table>")

    def block(self, html, name, caption):
        """A numbered figure that is no drawing."""
        self.figure_number += 1
        self.add(f"<figure>{html}<figcaption><b>Figure {self.figure_number}. {escape(name)}.</b> {caption}</figcaption></figure>")


def card(value, unit, note):
    return f"<div><b>{value} <small>{unit}</small></b><span>{note}</span></div>"


def build(v, quick=False):
    """The whole page as text."""
    s, page = v.summary, Page()
    resolved, title, paragraphs = verdict.headline(v)
    peak, omega_1 = s["boson_peak_omega_rad_per_ps"], s["omega_1_rad_per_ps"]
    name = verdict.formula(v)
    page.add(f'<section class="verdict{"" if resolved else " open"}"><h2>{title}</h2>' + "".join(f"<p>{p}</p>" for p in paragraphs) + "</section>")
    if v.correlation:
        unsure, claim, paragraphs = claims.headline(v.correlation)
        page.add(f'<section class="verdict{" open" if unsure else ""}"><h2>{claim}</h2>' + "".join(f"<p>{p}</p>" for p in paragraphs) + "</section>")
    for note in warnings(v, quick):
        page.add(f'<div class="warn"><p>{note}</p></div>')
    page.add('<div class="cards">'
             + card(f"{peak:.2f}", "rad/ps", f"largest g/ω² in the window<br>{verdict.units(peak)}" + ("" if resolved else "<br>not a resolved peak"))
             + card(verdict.level(s["boson_peak_ps3"]), "10⁻⁶ ps³", f"its height<br>counting error ±{100 * spectrum.relative_error(v, peak)[0]:.0f} %")
             + (card(f"{omega_1:.2f}", "rad/ps", f"ω₁, lowest transverse phonon<br>{verdict.units(omega_1)}") if omega_1 else card("—", "", "ω₁ unknown"))
             + card(f"{len(v.omega):,}".replace(",", "\u2009"), "modes", f"of {v.count} atoms" + ("" if v.complete else f"; all below {v.complete_below:.1f} rad/ps")
                    + f"<br>{s.get('zero_modes')} zero, {s.get('unstable_modes')} unstable") + "</div>")

    page.add("<h2>What can be compared with the paper</h2>"
             "<p>Z.-Y. Yang, Y.-J. Wang and A. Zaccone, <i>Correlation between vibrational anomalies and emergent anharmonicity of local potential energy landscape in metallic glasses</i>, arXiv:2104.13740 (2022): "
             f"{spectrum.PAPER_ATOMS} atoms, cooled at 10⁹ to 10¹⁴ K/s. The paper prints “THz” for radians per picosecond; here ω is in rad/ps, with ν = ω/2π in THz and ħω in meV beside it.</p>")
    page.claims(verdict.rows(v))

    page.add("<h2>The spectrum</h2>")
    low, high = v.window
    page.figure(figures.dos(v), "Vibrational density of states",
                f"g(ω) = (1/3N) Σ<sub>j</sub> δ(ω − ω<sub>j</sub>), {broadening(v)}; each element’s line is its atoms’ share |e<sub>j</sub>|² of every mode, and the lines add up to the whole. "
                f"White: the window {low:g}–{high:g} rad/ps in which the reduced quantities below are taken.")
    page.figure(figures.reduced_dos(v), "Reduced density of states and its maximum",
                "Grey band: counting error (one standard deviation) of the modes under the broadening, as if they fell independently; neighbouring levels repel each other, and other glasses of the same recipe differ in ways that one sample cannot show. "
                "Green dashes: transverse phonon shells of the box, ω₁·√1, √2, √3, √4 (12, 24, 16 and 12 waves), drawn as if sound had no dispersion and the box were a cube; "
                "in the green tint, up to 2ω₁, this report quotes no maximum as a boson peak. Dotted: the Debye level of the paper’s own glass, for scale"
                + (f"; pink line and band: this sample’s, {verdict.source_of_debye(v)}." if spectrum.debye(v) else ".")
                + f" Grey outside the window; below it, the broadening’s tail divided by ω² has no meaning.")
    page.add("<h2>The modes</h2>")
    page.figure(figures.participation(v), "Participation ratio",
                "p<sub>j</sub> = (Σ|e<sub>j</sub><sup>i</sup>|²)² / (N Σ|e<sub>j</sub><sup>i</sup>|⁴): 1 where all atoms move alike (a plane wave: 2/3), 1/N where one moves alone. "
                "b: waves of the first three shells only are projected. Low modes with little plane wave and small p are soft and quasi-localised; those with much of it are the box’s phonons. "
                "Beyond the third shell (grey) low weight does not mean that a mode is not sound.")
    page.figure(figures.phonon_weight(v), "How much of each low mode is plane wave",
                "Share of a mode’s norm in the plane waves, of all three polarisations, of the first three shells of wave vectors that fit the box, and of no others. "
                f"The transverse waves of the third are at √3 ω₁ = {spectrum.projection_end(v):.2f} rad/ps; beyond (grey) only the longitudinal ones of these shells are left, and low weight does not mean “not sound”. "
                + (f"Dotted: {v.modes['phonon_weight'].mean():.3f}, what a mode has on average that knows of no wave." if v.complete else ""))

    page.add("<h2>Atom by atom</h2><p>I<sub>BP</sub> of an atom is the maximum over the window of its own g<sub>i</sub>(ω)/ω². It scales as 1/N, so N·I<sub>BP</sub> is what compares samples. "
             "Turn the sample with the mouse or the arrow keys; click it and use the wheel, or + and −, to come nearer.</p>")
    page.figure_number += 1
    scene = json.dumps(picture.scene(v), separators=(",", ":")).replace("</", "<\\/")
    label, unit, values, log = picture.fields(v)[0]
    first, last = picture.limits(values, log)
    drawn = picture.spheres(v, 1200)
    page.add(f"""<figure><div id="view">
<div class="controls"><label>Colour <select name="field"></select></label>
<label>Show <select name="show"><option value="all">all atoms</option><option value="high">highest 10 %</option><option value="low">lowest 10 %</option></select></label>
<label>Slab <input type="range" name="slab" min="2" max="100" value="100"> <output>whole</output></label>
<span><button data-zoom="0.87" aria-label="farther">−</button> <button data-zoom="1.15" aria-label="nearer">+</button> <button data-home>reset</button></span></div>
<div class="stage"><canvas tabindex="0" aria-label="The sample in three dimensions; arrow keys turn it"></canvas><div class="tip" hidden></div>
<img alt="The sample, each atom coloured by its boson peak" src="{picture.still(drawn, values, log)}"></div>
<div class="legend"><div class="bar"><span>{label} ({unit})</span><i style="background:{picture.gradient()}"></i><div>{picture.ticks(first, last, log)}</div></div><div class="key" hidden></div></div>
</div><figcaption><b>Figure {page.figure_number}. The sample, coloured by each atom’s boson peak.</b> Logarithmic colours from the 1st to the 99th percentile; sizes by element; periodic images left out.
“Highest” and “lowest” go by the quantity that is shown.{" Grey: atoms without a value of it." if v.activation else ""} Point at an atom for its numbers.</figcaption></figure>
<script type="application/json" id="scene">{scene}</script>""")
    page.figure(figures.atoms_histogram(v), "The atoms’ boson peaks by element",
                "a: distribution of N·I<sub>BP</sub> within each element; triangles mark the medians. b: the frequency at which an atom’s g<sub>i</sub>/ω² is largest: "
                "an atom whose maximum lies high, or on the window’s lower edge, has no boson peak in any strict sense, and its I<sub>BP</sub> measures something else.")
    rho = spectrum.spearman(v.atoms["boson_peak_ps3"], v.atoms["at_sample_peak_ps3"])
    msd = spectrum.spearman(v.atoms["boson_peak_ps3"], v.atoms["msd_A2_per_K"]) if "msd_A2_per_K" in v.atoms else None
    mine = [v.atoms["element"] == e for e in v.elements]
    more = msd is not None and len(mine) > 1 and all(spectrum.spearman(v.atoms["boson_peak_ps3"][m], v.atoms["msd_A2_per_K"][m]) > msd for m in mine)
    page.figure(figures.rivals(v), "What else would rank the atoms like this",
                f"a: the atom’s g<sub>i</sub>/ω² at the sample’s own maximum (rank correlation over all atoms {rho:.2f})"
                + (f"; b: its harmonic mean-square displacement, Σ<sub>j</sub> k<sub>B</sub>|e<sub>j</sub><sup>i</sup>|²/(m<sub>i</sub>ω<sub>j</sub>²), {msd:.2f} over all atoms{', more within each element' if more else ''}. "
                   "Where b is tight, whatever follows I<sub>BP</sub> follows plain softness as well, and the two have to be told apart before anything is claimed for the boson peak." if msd is not None else "."))

    chapters.add(page, v, drawn)
    if s.get("notes"):
        page.add("<h2>Notes of the program</h2><ul>" + "".join(f"<li>{escape(str(n))}</li>" for n in s["notes"]) + "</ul>")
    page.add("<h2>How it was made</h2>" + provenance(v))
    plain = name.replace("<sub>", "").replace("</sub>", "")
    subject = "boson peak and activation energies" if v.activation else "vibrations and boson peak"
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{plain}, {v.count} atoms: {subject}</title>
<style>{asset('page.css')}</style></head><body>
<header><div><h1>{subject[0].upper() + subject[1:]} of {name}</h1><p>{v.count} atoms · {escape(os.path.basename(str(sample(v)[0])))} · tarn {escape(str(s.get('version', '')))}</p></div></header>
<main>
{''.join(page.parts)}
<footer>Made by tarn. The page holds all its data and loads nothing.</footer>
</main><script>{asset('view.js')}</script></body></html>
"""


def warnings(v, quick):
    s = v.summary
    out = []
    if int(s.get("unstable_modes", 0)) > 0:
        out.append(f"<b>This sample is not at a minimum.</b> {s['unstable_modes']} unstable modes were found and are shown at negative ω"
                   + (f"; the largest force on an atom is {s['max_force_eV_per_A']:.2g} eV/Å" if s.get("max_force_eV_per_A") is not None else "") + ". Run again with <code>--relax</code>.")
    if not v.complete:
        out.append(f"<b>Not all modes were computed.</b> The spectrum is whole below {v.complete_below:.2f} rad/ps; curves end there. Atoms’ values rest on those modes alone.")
    if quick:
        out.append(f"<b>Quick run.</b> {v.count} atoms cannot show the paper’s boson peak: their lowest phonons lie at {s['omega_1_rad_per_ps']:.2f} rad/ps, where the peak should be. "
                   "Run <code>tarn-study</code> without <code>--quick</code> for the 4000-atom glass.")
    return out


def broadening(v):
    if v.options.get("broadening", "gaussian") == "histogram":
        return f"δ as a bin of {v.width:g} rad/ps"
    return f"δ as a Gaussian of σ = {v.width:g} rad/ps ({v.width * RAD_PER_PS_TO_THZ:.3f} THz, {v.width * RAD_PER_PS_TO_MEV:.2f} meV)"


def sample(v):
    entry = v.summary.get("sample", {})
    if isinstance(entry, dict):
        return entry.get("file", "?"), {k: x for k, x in entry.items() if k != "file"}
    return entry, {}


def provenance(v):
    s = v.summary
    file, marks = sample(v)
    rows = [("sample", f"<code>{escape(str(file))}</code>")] + [(escape(k), f"<code>{escape(str(x))}</code>") for k, x in marks.items()]
    if s.get("volume_A3"):
        rows.append(("volume", f"{s['volume_A3']:.1f} Å³" + (f", density {s['density_g_per_cm3']:.3f} g/cm³" if s.get("density_g_per_cm3") else "")))
    potential = s.get("potential")
    if isinstance(potential, dict):
        rows += [("potential", f"<code>{escape(str(potential.get('file', '')))}</code>")] + [
            (f"… {escape(k)}", escape(json.dumps(x) if isinstance(x, (dict, list)) else str(x))) for k, x in potential.items() if k != "file" and x not in (None, {}, [])]
    for key, label in (("max_force_eV_per_A", "largest force on an atom, eV/Å"), ("solver", "eigensolver"), ("wall_s", "time, s"), ("peak_rss_MB", "peak memory, MB")):
        if s.get(key) not in (None, {}, ""):
            value = s[key]
            rows.append((label, f"{value:.3g}" if isinstance(value, float) else escape(json.dumps(value) if isinstance(value, (dict, list)) else str(value))))
    if s.get("relaxation"):
        r = s["relaxation"]
        rows.append(("minimised first", escape(f"{r.get('method')}, {r.get('evaluations')} evaluations, {r.get('outcome')}; largest force before {r.get('max_force_before_eV_per_A'):.2g} eV/Å, "
                                               f"largest displacement {r.get('largest_displacement_A'):.2g} Å")))
    searched = [(label, part.summary.get("options") or {}) for label, part in (("of the searches", v.activation), ("of the correlations", v.correlation)) if part]
    for label, options in [("options", v.options), *((f"… {label}", options) for label, options in searched)]:
        rows.append((label, "<code>" + escape(", ".join(f"{k} {json.dumps(x) if not isinstance(x, str) else x}" for k, x in options.items())) + "</code>"))
    rows.append(("program", f"{escape(str(s.get('program', '')))} {escape(str(s.get('version', '')))}"))
    table = '<table class="plain"><tbody>' + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows) + "</tbody></table>"
    return ("<p>Frequencies are the square roots of the eigenvalues of the mass-weighted Hessian at the sample’s positions; unstable modes would be kept, at negative ω. "
            + ("The potential’s table is taken as it is. " if v.options.get("raw_table") else
               "A potential’s table is smoothed before it is differentiated, because its rounding, invisible in energies and forces, is not so in a second derivative. ")
            + ("The sample was minimised again before, at its cell. " if v.options.get("relax") else "")
            + "Columns and units of the CSV files beside this page are in their headers.</p>" + table)
