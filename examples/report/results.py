"""Reading what tarn-vibrations wrote. Units as in the columns' names."""
import csv
import json
import os
from dataclasses import dataclass

import numpy as np


class Missing(Exception):
    """A result is not there, or is not what it should be; says which file."""


def table(path):
    """CSV with one header row: name → array (numbers where all cells are numbers)."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise Missing(f"{path}: {error.strerror or error}") from error
    if len(rows) < 2:
        raise Missing(f"{path}: no rows")
    columns = {}
    for k, name in enumerate(rows[0]):
        try:
            cells = [row[k] for row in rows[1:]]
        except IndexError as error:
            raise Missing(f"{path}: a row is shorter than the header") from error
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

    def wrapped(self):
        """Positions inside the cell, Å."""
        origin, vectors = self.cell()
        scaled = (self.positions() - origin) @ np.linalg.inv(vectors)
        return origin + (scaled - np.floor(scaled)) @ vectors


def load(folder):
    inside = os.path.join(folder, "vibrations")
    base = inside if os.path.isdir(inside) else folder

    def read_json(path):
        try:
            with open(path, encoding="utf-8") as file:
                return json.load(file)
        except OSError as error:
            raise Missing(f"{path}: {error.strerror or error}; run tarn-vibrations or tarn-study first") from error
        except ValueError as error:
            raise Missing(f"{path}: not JSON: {error}") from error

    summary = read_json(os.path.join(base, "summary.json"))
    tables = [table(os.path.join(base, f"{name}.csv")) for name in ("modes", "dos", "atoms")]
    need = (("omega_rad_per_ps", "participation_ratio", "phonon_weight"), ("omega_rad_per_ps", "g_ps", "reduced_ps3"),
            ("id", "element", "x_A", "y_A", "z_A", "boson_peak_ps3", "omega_at_peak_rad_per_ps", "at_sample_peak_ps3"))
    for columns, names, file in zip(tables, need, ("modes", "dos", "atoms")):
        for name in names:
            if name not in columns:
                raise Missing(f"{base}/{file}.csv: no column {name}")
    for key in ("boson_peak_ps3", "boson_peak_omega_rad_per_ps", "peak_resolved", "omega_1_rad_per_ps"):
        if key not in summary:
            raise Missing(f"{base}/summary.json: no {key}")
    for key in ("boson_peak_ps3", "omega_1_rad_per_ps"):
        if summary[key] is None:
            raise Missing(f"{base}: no {key}, so there is nothing to report: compute more modes")
    return Vibrations(base, summary, *tables)
