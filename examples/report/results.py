"""Reading what tarn-vibrations wrote, and beside it what tarn-activation and tarn-correlation wrote. Units as in the columns' names."""
import csv
import json
import os
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from . import maps

AGAIN = "run tarn-vibrations or tarn-study again"


class Missing(Exception):
    """A result is not there, or is not what it should be; says which file."""


def table(path, allow_empty=False):
    """CSV with one header row: name → array (numbers where all cells are numbers); a header alone is refused unless it is allowed."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise Missing(f"{path}: {error.strerror or error}; {AGAIN}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Missing(f"{path}: no table: {error}; {AGAIN}") from error
    if len(rows) == 1 and allow_empty:
        return {name: np.empty(0) for name in rows[0]}
    if len(rows) < 2:
        raise Missing(f"{path}: no rows; {AGAIN}")
    for k, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise Missing(f"{path}:{k + 1}: {len(row)} cells, the header has {len(rows[0])}: the file is cut or damaged; {AGAIN}")
    columns = {}
    for k, name in enumerate(rows[0]):
        cells = [row[k] for row in rows[1:]]
        if not any(cells):
            continue  # a column that this run could not fill
        try:
            columns[name] = np.array(cells, dtype=float)
        except ValueError:
            columns[name] = np.array(cells)
    return columns


@dataclass
class Vibrations:
    folder: str
    summary: dict
    modes: dict
    dos: dict
    atoms: dict
    activation: object = None   # landscape.Activation, where the study has searched for saddles
    correlation: object = None  # landscape.Correlation

    @property
    def elements(self):
        return [name[2:-3] for name in self.dos if name.startswith("g_") and name != "g_ps"]

    @property
    def count(self):
        return len(self.atoms["id"])

    @property
    def options(self):
        return self.summary.get("options", {})

    @property
    def window(self):
        low, high = self.summary.get("boson_peak_window_rad_per_ps") or self.options.get("window_rad_per_ps") or (2.0, 15.0)
        return float(low), float(high)

    @property
    def width(self):
        return float(self.options.get("width_rad_per_ps", 0.35))

    @property
    def omega(self):
        """Frequencies without the zero modes, which are those of smallest |ω|."""
        return self.modes["omega_rad_per_ps"][self.vibrating]

    @property
    def vibrating(self):
        order = np.argsort(np.abs(self.modes["omega_rad_per_ps"]), kind="stable")
        mask = np.ones(len(order), dtype=bool)
        mask[order[: int(self.summary.get("zero_modes", 0))]] = False
        return mask

    @property
    def complete(self):
        """Whether all 3N modes were computed."""
        return len(self.modes["mode"]) >= 3 * self.count

    @property
    def complete_below(self):
        """The frequency below which the spectrum is whole, rad/ps."""
        if self.complete:
            return np.inf
        told = self.summary.get("complete_below_rad_per_ps")
        return float(told) if told is not None else float(self.modes["omega_rad_per_ps"].max())

    def cell(self):
        """Origin and the cell vectors as rows, Å; the box round the atoms where the summary has none."""
        if self.summary.get("cell_A"):
            return np.array(self.summary.get("origin_A", (0, 0, 0)), float), np.array(self.summary["cell_A"], float)
        x = self.positions()
        return x.min(0), np.diag(np.ptp(x, axis=0))

    def positions(self):
        return np.stack([self.atoms[c] for c in ("x_A", "y_A", "z_A")], 1)

    @property
    def inverse(self):
        """1/I_BP of each atom, ps⁻³; NaN where an atom has no boson peak in the window."""
        value = self.atoms["boson_peak_ps3"]
        return np.where(value > 0, 1 / np.where(value > 0, value, 1), np.nan)

    @cached_property
    def coarse_inverse(self):
        """1/I_BP averaged within the paper's length of each atom, ps⁻³."""
        return maps.averages(self, [self.inverse])[:, 0]

    @property
    def shown_barriers(self):
        """The barriers that some atom has."""
        return [name for name, means in self.activation.atoms.items() if means.known.any()]

    @cached_property
    def coarse_energy(self):
        """Activation energy averaged within the paper's length of each atom, eV: name of a barrier → values."""
        names = self.shown_barriers
        return dict(zip(names, maps.averages(self, [self.activation.atoms[name].mean for name in names]).T))

    def coarse_points(self, barrier):
        """(1/I_BP in ps⁻³, ΔQ in eV), both averaged within the paper's length of each atom that has a ΔQ, over such atoms alone, as r is; NaN for the others."""
        energy = self.activation.atoms[barrier].mean
        known = np.isfinite(energy) & np.isfinite(self.inverse)
        out = np.full((self.count, 2), np.nan)
        if known.any():
            out[known] = maps.averages(self, [np.where(known, self.inverse, np.nan), np.where(known, energy, np.nan)], self.positions()[known])
        return out.T

    def wrapped(self):
        """Positions inside the cell, Å."""
        origin, vectors = self.cell()
        scaled = (self.positions() - origin) @ np.linalg.inv(vectors)
        return origin + (scaled - np.floor(scaled)) @ vectors


def read_json(path, program):
    """The summary of a program's folder, its files' sizes checked."""
    again = f"run {program} or tarn-study again"
    try:
        with open(path, encoding="utf-8") as file:
            summary = json.load(file)
    except OSError as error:
        raise Missing(f"{path}: {error.strerror or error}; run {program} or tarn-study first") from error
    except (ValueError, RecursionError) as error:
        raise Missing(f"{path}: not JSON: {error}; {again}") from error
    if not isinstance(summary, dict) or summary.get("program") != program:
        raise Missing(f"{path}: is not of {program}, whose results are drawn; run it, or name its folder")
    base, files = os.path.dirname(path), summary.get("files")
    for name, size in (files if isinstance(files, dict) else {}).items():
        file = os.path.join(base, name)
        if os.path.isfile(file) and os.path.getsize(file) != size:
            raise Missing(f"{file}: has {os.path.getsize(file)} bytes, summary.json tells of {size}: it is cut, or of another run; {again}")
    return summary


def load(folder):
    """The results of a study, or of a tarn-vibrations run alone."""
    from . import landscape  # which needs this module's readers

    inside = os.path.join(folder, "vibrations")
    if not os.path.isdir(inside):
        return load_vibrations(folder)
    v = load_vibrations(inside)
    v.activation, v.correlation = landscape.load(folder, v)
    return v


def load_vibrations(base):
    summary = read_json(os.path.join(base, "summary.json"), "tarn-vibrations")
    tables = [table(os.path.join(base, f"{name}.csv")) for name in ("modes", "dos", "atoms")]
    need = (("omega_rad_per_ps", "participation_ratio", "phonon_weight"), ("omega_rad_per_ps", "g_ps", "reduced_ps3"),
            ("id", "element", "x_A", "y_A", "z_A", "boson_peak_ps3", "omega_at_peak_rad_per_ps", "at_sample_peak_ps3"))
    for columns, names, file in zip(tables, need, ("modes", "dos", "atoms")):
        for name in names:
            if name not in columns:
                hint = "no boson peak was found, name its --window" if name.endswith(("peak_ps3", "peak_rad_per_ps")) else AGAIN
                raise Missing(f"{base}/{file}.csv: no column {name}, or an empty one; {hint}")
            if name != "element" and not (columns[name].dtype.kind == "f" and np.isfinite(columns[name]).all()):
                raise Missing(f"{base}/{file}.csv: column {name} has a cell that is no number; {AGAIN}")
    for count, key, file in ((len(tables[0]["omega_rad_per_ps"]), "modes_computed", "modes"), (len(tables[2]["id"]), "atoms", "atoms")):
        if count != summary.get(key, count):
            raise Missing(f"{base}/{file}.csv: has {count} rows, summary.json tells of {summary[key]}: it is cut, or of another run; {AGAIN}")
    for key in ("boson_peak_ps3", "boson_peak_omega_rad_per_ps", "peak_resolved", "omega_1_rad_per_ps"):
        if key not in summary:
            raise Missing(f"{base}/summary.json: no {key}; {AGAIN}")
    for key in ("boson_peak_ps3", "omega_1_rad_per_ps"):
        if summary[key] is None:
            raise Missing(f"{base}/summary.json: {key} is not known, and the report rests on it: it needs a periodic sample, "
                          "enough --modes and a --window that holds some; its notes say which")
    return Vibrations(base, summary, *tables)
