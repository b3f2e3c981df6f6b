"""Reading what tarn-vibrations wrote. Units as in the columns' names."""
import csv
import json
import os
from dataclasses import dataclass

import numpy as np


AGAIN = "run tarn-vibrations or tarn-study again"


class Missing(Exception):
    """A result is not there, or is not what it should be; says which file."""


def table(path):
    """CSV with one header row: name → array (numbers where all cells are numbers)."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise Missing(f"{path}: {error.strerror or error}; {AGAIN}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Missing(f"{path}: no table: {error}; {AGAIN}") from error
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
        except (ValueError, RecursionError) as error:
            raise Missing(f"{path}: not JSON: {error}; {AGAIN}") from error

    summary = read_json(os.path.join(base, "summary.json"))
    if not isinstance(summary, dict) or summary.get("program") != "tarn-vibrations":
        raise Missing(f"{base}/summary.json: is not of tarn-vibrations, whose results are drawn; run it, or name its folder")
    for name, size in (summary.get("files") or {}).items():
        path = os.path.join(base, name)
        if os.path.isfile(path) and os.path.getsize(path) != size:
            raise Missing(f"{path}: has {os.path.getsize(path)} bytes, summary.json tells of {size}: it is cut, or of another run; {AGAIN}")
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
