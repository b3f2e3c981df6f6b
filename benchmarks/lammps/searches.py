"""Searches for saddles, 100 atoms × 3 around the minimum of 864 atoms with the smooth table, 0.1 Å of one atom, −0.30 eV/Å², failures included. An evaluation is a
force call or a product with the Hessian. What pARTn and a plain ARTn on LAMMPS's forces need for a tight saddle (382 searches in the same kind of sample) is
priced at the time that a force call of LAMMPS takes in the same run."""

import math
import shutil

from lammps import forces

head = "| figure | peers | result | bar | aim | how |\n| --- | --- | --- | --- | --- | --- |"
foot = "one run of each; errors of shares from their scatter between atoms. Peers: 382 searches by pARTn and by a plain ARTn on LAMMPS's forces, glasses of 256 and 864 atoms."
best, middle, worst = 1454, 2200, 3990  # the peers' evaluations a tight saddle


class Line:
    def __init__(self, row, peers):
        self.row, self.peers = row, peers

    def line(self):
        _, work, rest = self.row.line().split("|", 2)
        return f"|{work}| {self.peers} |{rest}"


def searched(tools):
    found = tools.benchmark("landscape", "^search_(frozen|plain)", {"TARN_BENCHMARK_ATOMS": "100", "TARN_BENCHMARK_SEARCHES": "3", "TARN_BENCHMARK_SEED": "7"})
    return found["search_frozen"], found["search_plain"]


def rows(tools):
    data, calls = tools.source / "examples" / "data", []

    def price():
        if shutil.which("lmp") or shutil.which("lammps"):
            script = forces.head.format(sample=data / "cuzr864_minimum.data", table=tools.source / "tests" / "data" / "CuZr_smooth.eam.fs", more="") + "thermo 1\n"
            calls.append(forces.per_step(tools, script, ["Pair"], steps=200))

    price()
    frozen, plain = searched(tools)
    price()

    share = lambda of, what: 100 * of[what] / of["searches"]
    said = lambda of, what, error="tight_error": f"{of[what]:.0f} of {of['searches']:.0f}; ± {of[error]:.0f} %"
    mean = lambda of: f"{of['barrier_eV']:.2f} ± {of['barrier_sd_eV'] / math.sqrt(of['tight']):.2f} eV"
    ends = lambda of: ", ".join(f"{of[k]:.0f} {k[6:].replace('_', ' ')}" for k in of if k.startswith("ended_"))
    phases = ", ".join(f"{p.replace('_', ' ')} {frozen[p + '_forces'] / frozen['searches']:.0f} + {frozen[p + '_products'] / frozen['searches']:.0f}" for p in ("way_out", "following", "refining", "order", "sides"))
    each = lambda what, of: frozen[what] / frozen[of]
    sides = (frozen["sides_forces"] + frozen["sides_products"]) / frozen["tight"]
    row = lambda peers, *rest: Line(tools.Row(*rest), peers)
    yield row("plain 37–64 %; pARTn 23–48 %", "searches that end in a tight saddle", share(frozen, "tight"), "%", 65, 90, said(frozen, "tight") + "; " + ends(frozen))
    yield row("20 %, best of ten variants 24 %", "… in an own saddle", share(frozen, "own"), "%", 25, 50, said(frozen, "own", "own_error"))
    yield row("plain 1454–2935; pARTn 1747–3990", "evaluations a tight saddle", each("evaluations", "tight"), "", 800, 400, "forces + products a search: " + phases, False)
    yield row("plain 5450, best variant 3400", "evaluations an own saddle", each("evaluations", "own"), "", 1800, 800, "", False)
    yield row("694–1853", "evaluations a loose point", each("to_loose", "loose"), "", 400, 200, f"{frozen['loose']:.0f} of {frozen['searches']:.0f}", False)
    yield row("166–250", "minimising both sides to 1e-3 eV/Å, evaluations", sides, "", 200, 100, "", False)
    if calls:
        call = tools.median(calls)
        ours = 1e-3 * frozen["real_time"] / frozen["tight"]
        how = f"{ours:.2f} s of processor a tight saddle; {1e3 * call:.1f} ms a LAMMPS force call; × {middle * call / ours:.0f} for {middle} evaluations, × {worst * call / ours:.0f} for {worst}"
        yield row("1", f"tight saddles an hour and core, against the best peer ({best} evaluations)", best * call / ours, "×", 15, 40, how)
    else:
        yield row("1", "tight saddles an hour and core, against the best peer", None, "×", 15, 40, "LAMMPS is not installed (Debian: lammps)")
    pairs = f"; where both find a saddle ({plain['pairs']:.0f} pushes), plain − frozen = {plain['pair_difference_eV']:.2f} ± {plain['pair_error_eV']:.2f} eV" if "pairs" in plain else ""
    yield row("", "the plain way out from the same pushes: tight", share(plain, "tight"), "%", None, None, f"{said(plain, 'tight')}; {plain['evaluations'] / max(1, plain['tight']):.0f} evaluations each; mean barrier {mean(plain)}, frozen {mean(frozen)}{pairs}")
