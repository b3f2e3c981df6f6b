"""Reading what tarn-activation and tarn-correlation wrote, and the numbers that their figures and claims share."""
import os
from dataclasses import dataclass

import numpy as np

from .results import Missing, read_json, table

BARRIERS = ("loose", "tight", "own")  # of a search, the least strict first


def floats(columns, name, path, length=None):
    """A column of numbers, NaN where a cell is empty; all NaN where the whole column is, if `length` tells how many."""
    if name not in columns:
        if length is None:
            raise Missing(f"{path}: no column {name}, or an empty one; run the program that wrote it, or tarn-study, again")
        return np.full(length, np.nan)
    try:
        column = np.array([float(cell) if cell != "" else np.nan for cell in columns[name]])
    except ValueError as error:
        raise Missing(f"{path}: column {name} has a cell that is no number ({error}); run the program that wrote it, or tarn-study, again") from error
    if np.isinf(column).any():
        raise Missing(f"{path}: column {name} has an infinite number; run the program that wrote it, or tarn-study, again")
    return column


def whole(columns, name, path):
    """A column of whole numbers, 0 or more, none empty."""
    column = floats(columns, name, path)
    if not ((column >= 0) & (column == np.rint(column)) & (column < 2**53)).all():
        raise Missing(f"{path}: column {name} has a cell that is no whole number; run the program that wrote it, or tarn-study, again")
    return column.astype(int)


def texts(columns, name, path):
    if name not in columns:
        raise Missing(f"{path}: no column {name}, or an empty one; run the program that wrote it, or tarn-study, again")
    return columns[name].astype(str)


def number(tree, *keys):
    """A finite number in a summary, by the path of its keys; NaN where there is none."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return float(tree) if isinstance(tree, (int, float)) and not isinstance(tree, bool) and np.isfinite(tree) else float("nan")


def entry(tree, **labels):
    """The part of a summary with these labels (barrier="own", …), whether they are keys of nested objects or members of those in a list; {} without."""
    if isinstance(tree, list):
        return next((one for one in tree if isinstance(one, dict) and all(one.get(key) == value for key, value in labels.items())), {})
    if not isinstance(tree, dict):
        return {}
    inner = {key: value for key, value in labels.items() if tree.get(key) != value}
    for key, value in inner.items():
        if value in tree:
            return entry(tree[value], **{k: x for k, x in inner.items() if k != key})
    return tree if not inner else {}


@dataclass
class Means:
    """An atom's activation energy by one of the barriers, in the order of the sample's atoms; NaN where no search gave one."""
    mean: np.ndarray   # eV
    sd: np.ndarray     # eV, over its searches
    count: np.ndarray  # searches that gave one

    @property
    def known(self):
        return np.isfinite(self.mean)


@dataclass
class Activation:
    """tarn-activation's results; a row of `events` is a search."""
    folder: str
    summary: dict
    atom: np.ndarray         # id
    search: np.ndarray       # 0, 1, …: the order of an atom's searches
    status: np.ndarray       # "saddle", or how it failed
    barrier: dict            # "loose", "tight", "own" → eV, NaN where the search has none
    connected: np.ndarray    # "initial", "twin", "no"; empty without a saddle
    own: np.ndarray          # bool
    event: np.ndarray        # number of the distinct saddle, NaN without
    evaluations: np.ndarray
    searches: np.ndarray     # of each of the sample's atoms
    atoms: dict              # "loose", "tight", "own" → Means

    @property
    def saddle(self):
        return self.status == "saddle"

    @property
    def searched(self):
        return self.searches > 0


def activation(base, v):
    summary = read_json(os.path.join(base, "summary.json"), "tarn-activation")
    path = os.path.join(base, "events.csv")
    rows = table(path)
    atom = whole(rows, "atom", path)
    n = len(atom)
    own = floats(rows, "own", path, n) == 1
    tight, status = floats(rows, "barrier_eV", path, n), texts(rows, "status", path)
    tight = np.where(status == "saddle", tight, np.nan)
    connected = texts(rows, "connected", path) if "connected" in rows else np.full(n, "")
    barrier = {"loose": floats(rows, "loose_barrier_eV", path, n), "tight": tight, "own": np.where(own, tight, np.nan)}
    if not np.isin(atom, v.atoms["id"]).all():
        raise Missing(f"{path}: has atoms that the vibrations do not: the two are of different samples; run tarn-study again")
    found = Activation(base, summary, atom, whole(rows, "search", path), status, barrier, connected, own, floats(rows, "event", path, n), whole(rows, "evaluations", path), np.zeros(v.count, int), {})
    path = os.path.join(base, "atoms.csv")
    rows = table(path)
    place = places(rows, path, v)
    found.searches[place] = whole(rows, "searches", path)
    for name in BARRIERS:
        columns = [np.full(v.count, np.nan) for _ in range(3)]
        for column, key in zip(columns, (f"{name}_eV", f"{name}_sd_eV", f"{name}_count")):
            column[place] = floats(rows, key, path, len(place))
        columns[0][~(columns[2] > 0)] = np.nan
        found.atoms[name] = Means(columns[0], columns[1], np.nan_to_num(columns[2]).astype(int))
    return found


def places(rows, path, v):
    """Where the atoms of a table are in the vibrations' table; the two must be of one sample."""
    order = {int(i): k for k, i in enumerate(v.atoms["id"])}
    try:
        place = np.array([order[int(i)] for i in floats(rows, "id", path)])
    except (KeyError, ValueError) as error:
        raise Missing(f"{path}: has an atom that the vibrations do not: the two are of different samples; run tarn-study again") from error
    if "element" in rows and not (rows["element"] == v.atoms["element"][place]).all():
        raise Missing(f"{path}: its elements are not those of the vibrations: the two are of different samples; run tarn-study again")
    return place


@dataclass
class Correlation:
    """tarn-correlation's tables, by column; what a run has not written is empty."""
    folder: str
    summary: dict
    pearson: dict
    autocorrelation: dict
    binned: dict
    groups: dict
    predictors: dict
    rdf: dict

    def select(self, name, by=None, **where):
        """The rows of a table that agree with `where`, ascending in `by`."""
        rows = getattr(self, name)
        if not rows or any(key not in rows for key in where):
            return None
        keep = np.ones(len(next(iter(rows.values()))), bool)
        for key, value in where.items():
            keep &= np.isclose(rows[key], value) if isinstance(value, float) else rows[key] == value
        if not keep.any():
            return None
        part = {key: column[keep] for key, column in rows.items()}
        order = np.argsort(part[by], kind="stable") if by else slice(None)
        return {key: column[order] for key, column in part.items()}

    @property
    def barriers(self):
        known = set(self.pearson.get("barrier", ()))
        return [name for name in BARRIERS if name in known]

    @property
    def elements(self):
        known = list(dict.fromkeys(self.pearson.get("element", ())))
        return [name for name in known if name == "all"] + sorted(name for name in known if name != "all")

    @property
    def kernels(self):
        known = list(dict.fromkeys(self.pearson.get("kernel", ())))
        return sorted(known, key=lambda name: (name != "top_hat", name))

    def at(self, barrier, element, length, kernel=None):
        """The row of pearson.csv at the length nearest to `length` (within 0.3 Å): column → number; None where there is none."""
        rows = self.select("pearson", by="length_A", barrier=barrier, element=element, kernel=kernel or (self.kernels or [""])[0])
        if rows is None:
            return None
        k = int(np.argmin(np.abs(rows["length_A"] - length)))
        return {key: rows[key][k] for key in rows} if abs(rows["length_A"][k] - length) <= 0.3 else None


WORDS = ("barrier", "kernel", "element", "field", "group", "predictor", "target", "given", "name", "pair", "statistic")


def correlation(base):
    summary = read_json(os.path.join(base, "summary.json"), "tarn-correlation")
    tables = {}
    need = {"pearson": ("barrier", "kernel", "element", "length_A", "pearson", "low", "high", "null_sd", "null_share", "effective_samples"),
            "autocorrelation": ("field", "element", "r_A", "correlation", "error"), "binned": ("barrier", "element", "inverse_boson_peak_per_ps3", "activation_eV", "error_eV"),
            "groups": ("barrier", "element", "group", "activation_eV", "density"), "predictors": (), "rdf": ()}
    for name, columns in need.items():
        path = os.path.join(base, f"{name}.csv")
        if name in ("predictors", "rdf") and not os.path.exists(path):
            tables[name] = {}
            continue
        rows = table(path, allow_empty=True)
        count = len(next(iter(rows.values()), ()))
        if count == 0 and not set(columns) <= set(rows):
            raise Missing(f"{path}: is no table of tarn-correlation; run it, or tarn-study, again")
        tables[name] = {key: texts(rows, key, path) if key in WORDS else floats(rows, key, path, count) for key in (*columns, *(k for k in rows if k not in columns))}
    return Correlation(base, summary, **tables)


def load(folder, v):
    """What the study has of both; None for what it has not."""
    found = []
    for name, read in (("activation", lambda base: activation(base, v)), ("correlation", correlation)):
        base = os.path.join(folder, name)
        found.append(read(base) if os.path.isdir(base) else None)
    return found
