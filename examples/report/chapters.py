"""The chapters on saddles and on what they have to do with the boson peak: figures, their captions, and the claims."""
import numpy as np

from . import basins, claims, rivals, searches, slices
from .spectrum import PAPER_LENGTH

MEANING = ("<i>loose</i>: every force under 0.05 eV/Å and a negative lowest eigenvalue, the paper’s criterion; <i>tight</i>: every force under 10⁻³ eV/Å and exactly one negative eigenvalue; "
           "<i>own</i>: tight, one side is the initial minimum or its soft twin, the other is neither, and the atom itself has moved by more than 0.1 Å.")


def add(page, v, drawn):
    """What there is of them. `drawn`: the sample by picture.spheres()."""
    if v.activation:
        of_searches(page, v, v.activation)
    if v.correlation:
        of_correlation(page, v, v.correlation, drawn)


def of_searches(page, v, a):
    page.add("<h2>The searches for saddles</h2>"
             f"<p>From the minimum, {searches.tries(a)} around each of {a.searched.sum()} atoms, {len(a.atom)} in all. Each keeps three barriers ΔQ = E(point) − E(minimum): {MEANING}</p>"
             + searches.table(a)
             + "<p>Errors are standard errors as if atoms (searches, saddles) were independent; neighbours that share a saddle are not. Where the averages differ by more than their errors, "
             "the way of averaging decides the number: over successes, an atom weighs by how often it succeeds; by retry until success, the paper’s way, every atom weighs the same and its failures are forgotten. "
             "Each atom’s own mean is what every correlation below takes.</p>")
    page.claims(claims.of_searches(v))
    page.figure(searches.outcomes_figure(a), "How the searches ended, and what they took",
                "An evaluation is a force call or a product with the Hessian." + searches.phases(a) + " Lines in a: 95 % intervals (Wilson). A search that ends in no tight saddle has failed, whatever its loose point; no failure is averaged in.")
    page.figure(searches.barriers_figure(a), "The barriers, and how often a saddle was found again",
                f"a: one value a search; median values in the key. b: {searches.unseen(a)}"
                + (" Searches from different atoms that find one saddle make ΔQ alike at both: part of any correlation in space is made so." if (searches.multiplicity(a) > 1).any() else ""))


def dashed(c, elements):
    """The caption's words for the free power, if some panel draws it."""
    drawn = any(basins.power(c, barrier, element) for barrier in c.barriers for element in elements)
    return "; dashed, where the data bound p: a + b/I<sub>BP</sub><sup>p</sup>, with p and its 95 % interval" if drawn else ""


def of_correlation(page, v, c, drawn):
    page.add("<h2>Basins and boson peak</h2><p>Is ΔQ lower where I<sub>BP</sub> is higher? r &gt; 0 of 1/I<sub>BP</sub> and ΔQ would say so. Each r stands beside its null; a claim needs both an interval that leaves out 0 "
             f"and a null that rarely comes so far. The table holds {claims.tests(c)} such tests of one sample, many of them alike: of independent ones, one in twenty comes out by chance.</p>")
    page.claims(claims.of_correlation(c))
    if not c.barriers:
        return
    elements = [e for e in c.elements if e != "all"]
    page.figure(basins.pearson(c), "Correlation against the coarse-graining length (the paper’s Fig. 3)",
                "Pearson r of 1/I<sub>BP</sub> and ΔQ, both averaged with the kernel of length L. Grey: where 95 % of the random shifts of one field against the other fall (±1.96 standard deviations about 0): "
                f"the null widens with L, because averages share their atoms. Coloured band: 95 % interval. Dotted: {PAPER_LENGTH} Å, the paper’s best. "
                + ("L is a radius for the top hat, a decay length for the other kernels, whose reach is longer." if len(c.kernels) > 1 else "L is the radius of the top hat."))
    page.figure(basins.groups(c, ["all"]), "Activation energies where the boson peak is highest and lowest (the paper’s Fig. 2a)",
                "Density of ΔQ among the tenth of each element’s atoms with the highest and with the lowest I<sub>BP</sub>, of those that have a ΔQ. "
                "A panel names how many the two groups have together; the fewer, the wider the bins.")
    page.figure(basins.binned(c, ["all"]), "Activation energy against the inverse boson peak (the paper’s Fig. 2b)",
                f"Means of atoms sorted by 1/I<sub>BP</sub>, a bin each, with standard errors as if atoms were independent. Line: a + b/I<sub>BP</sub>{dashed(c, ['all'])}. Binning hides the scatter of single atoms, which the r above holds.")
    if elements:
        page.figure(basins.groups(c, elements), "The same by element: distributions (the paper’s Fig. S1)", "As above, tenths of the element’s own atoms.")
        page.figure(basins.binned(c, elements), "The same by element: binned means (the paper’s Fig. S1)", f"As above, of one element’s atoms{dashed(c, elements)}; fewer bins where there are fewer atoms.")
    drawing = rivals.figure(c)
    if drawing:
        page.figure(drawing, "What the boson peak adds to plainer quantities",
                    "r of ΔQ with 1/I<sub>BP</sub> and with its rivals, each by itself, then with what else is named held fixed (both regressed on it, atom by atom, before they are averaged). "
                    "Composition: the elements of the neighbours within the first minimum of g(r). Lines: 95 % intervals. Softness itself gives r &gt; 0 with 1/I<sub>BP</sub> and r &lt; 0 with the others.")
    drawing = basins.autocorrelation(c)
    if drawing:
        page.figure(drawing, "Autocorrelation in space (the paper’s Fig. 4)",
                    f"C(r) of deviations from the mean over all atoms (open, without their errors: from the element’s own mean), C(0) = 1. Errors: one standard deviation, by leaving out one block of the sample after the other; "
                    f"points of different r share atoms. Lines, where the data bound ξ: A exp(−r/ξ), A free and A = 1. Star: the paper’s C({PAPER_LENGTH} Å) ≈ e⁻³. "
                    "The scatter of few searches an atom adds noise that no neighbour shares: it lowers ΔQ’s C(r) at every r &gt; 0, so that A &lt; 1.")
    if v.activation and v.shown_barriers:
        names = v.elements or sorted(set(v.atoms["element"]))
        _, vectors = v.cell()
        reach = 4 / 3 * np.pi * PAPER_LENGTH**3 / abs(np.linalg.det(vectors))
        rest = "An average rests on " + ", ".join(f"{reach * v.activation.atoms[b].known.sum():.0f} ({b})" for b in v.shown_barriers) + " atoms with a value."
        page.figure(slices.slices(v), "A plane through the sample (the paper’s Fig. 5a–d)",
                    f"The middle plane. Above: the atoms within 1.5 Å of it, each with its own value (light grey: none). Below: the mean over all atoms within {PAPER_LENGTH} Å of every point, on a scale of its own (grey: no value within reach). "
                    f"{rest} Smooth blobs of that size come of any field so averaged, of noise too.")
        page.figure(basins.scatter({b: v.coarse_points(b) for b in v.shown_barriers}, v.atoms["element"], names), "Activation energy against the inverse boson peak, both coarse-grained (the paper’s Fig. 5e)",
                    f"Means within {PAPER_LENGTH} Å of each atom that has a ΔQ, over such atoms alone: the points behind r. Near points share atoms: all of them are only as many independent ones as N<sub>eff</sub> of the figure of r says.")
        page.block(slices.stills(v, drawn, ("1/I_BP",)), "The inverse boson peak in three dimensions (the paper’s Fig. S2)", f"Left: each atom’s own; right: averaged within {PAPER_LENGTH} Å. Colours span the middle 98 % of the atoms.")
        page.block(slices.stills(v, drawn, ("ΔQ",)), "Activation energy in three dimensions (the paper’s Fig. S3)", f"A row a barrier; left: each atom’s own (grey: none); right: averaged within {PAPER_LENGTH} Å. The view above that turns has these fields too.")
