"""What a number may be called: functions of the numbers alone, so that no wish decides the words."""
from dataclasses import dataclass, replace

import numpy as np

ENOUGH = 30   # independent samples below which no best length is named (and a correlation is quoted with care)
FEW = 10      # below which nothing is said of a correlation


def level(share):
    """A share in per cent, never rounded to a zero that it is not known to be."""
    return "none" if share == 0 else "under 0.1 %" if share < 0.001 else f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


@dataclass
class Finding:
    kind: str   # "missing", "few", "null", "positive", "negative"
    value: str  # the number
    words: str  # what it means
    firm: bool = False  # shown by enough samples, and by a null so rare that trying three barriers does not explain it

    def turned(self):
        """The same where the opposite sign is what is looked for."""
        return replace(self, kind={"positive": "negative", "negative": "positive"}.get(self.kind, self.kind))


def judge(row):
    """A correlation coefficient (a row of pearson.csv, or None) beside its null. It is called correlated only if its 95 % interval leaves out 0 *and*
    at most 5 % of the random shifts come as far from 0."""
    if row is None or not np.isfinite(row["pearson"]):
        return Finding("missing", "—", "too few atoms have a value")
    r, low, high, sd, share, n = (row[key] for key in ("pearson", "low", "high", "null_sd", "null_share", "effective_samples"))
    value = f"{r:+.2f}" + (f" ({low:+.2f} to {high:+.2f})" if np.isfinite(low) and np.isfinite(high) else "")
    value = value.replace("-", "−")
    if not np.isfinite(n) or n < FEW:
        return Finding("few", value, "this sample cannot tell: " + (f"N<sub>eff</sub> = {n:.0f}" if np.isfinite(n) else "N<sub>eff</sub> is not known"))
    if not (np.isfinite(low) and np.isfinite(high) and np.isfinite(share)):
        return Finding("few", value, "this sample cannot tell: no interval or no null")
    reach = f"{level(share)} of the random shifts come{'s' if share == 0 else ''} as far from 0"
    if share <= 0.05 and low * high > 0:
        kind = "positive" if r > 0 else "negative"
        return Finding(kind, value, f"{reach}; N<sub>eff</sub> = {n:.0f}" + ("" if n >= ENOUGH else ", few"), bool(n >= ENOUGH and share <= 0.05 / 3))
    blind = f", so that a true r within ±{min(1.0, 1.96 * sd):.2f} would not be seen" if np.isfinite(sd) else ""
    doubt = " (its interval leaves out 0, its null does not)" if low * high > 0 else " (its null leaves it out, its interval holds 0)" if share <= 0.05 else ""
    return Finding("null", value, f"not told from none: {reach}{doubt}; N<sub>eff</sub> = {n:.0f}{blind}")


def verdict(findings):
    """(tag's kind, its text) of the same claim by several definitions: name → Finding."""
    kinds = [f.kind for f in findings.values()]
    known = [k for k in kinds if k not in ("missing", "few")]
    if not known:
        return "none" if all(k == "missing" for k in kinds) else "no", "this sample cannot tell"
    firm = [f.firm for f in findings.values() if f.kind == "positive"]
    if all(k == "positive" for k in kinds) and all(firm):
        return "yes", "shown"
    if "positive" in known and "negative" in known:
        return "no", "contradictory"
    if "positive" in known:
        return "part", "a hint" if not any(firm) else "by some definitions" if len(firm) < len(kinds) else "shown, with care"
    if "negative" in known:
        return "no", "the opposite sign"
    return "no", "not shown"


def compare(value, error, truth, of="the paper’s"):
    """Does value ± error (one standard error) agree with a number, in words? Returns (tag's kind, words)."""
    if not np.isfinite(value):
        return "none", "not computed"
    if not np.isfinite(error) or error <= 0:
        return "part", "no error is known"
    if abs(value - truth) <= 2 * error:
        if abs(truth) <= 2 * error and abs(value) <= 2 * error:
            return "no", f"agrees with {of} value, and with none at all: the error, ±{error:.2g}, is too large to tell"
        return "part", f"agrees with {of} value within two errors of ±{error:.2g}"
    return "differs", f"differs from {of} value by {abs(value - truth) / error:.1f} errors"


def exponent(p, low, high):
    """What a fitted power p of a + b/I^p, with its 95 % interval, says of p = 1. Returns (tag's kind, words)."""
    if not np.isfinite(p):
        return "none", "no power could be fitted"
    if not (np.isfinite(low) and np.isfinite(high)):
        return "no", "the power is not bounded by these data: any smooth law is straight over so small a range"
    if not low <= 1 <= high:
        return "no", f"a power of 1 lies outside the interval {low:.2g} to {high:.2g}"
    if high - low > 2:
        return "no", f"a power of 1 is allowed, as is anything from {low:.2g} to {high:.2g}: over so small a range any smooth law is straight"
    return "part", f"a power of 1 lies inside {low:.2g} to {high:.2g}"


def groups(difference, share, p, effect, n):
    """Two groups: high-I_BP minus low-I_BP mean of ΔQ (eV), the share of random shifts with as large a difference, p of Mann and Whitney's test (which takes
    atoms as independent and does not decide), and the chance that an atom of the first group has the larger ΔQ."""
    if not np.isfinite(difference):
        return Finding("missing", "—", "too few atoms have a value")
    value = f"{difference:+.3f} eV".replace("-", "−")
    if not n >= 2 * FEW or not np.isfinite(share):
        return Finding("few", value, f"this sample cannot tell: {n:.0f} atoms in both groups" if n < 2 * FEW else "this sample cannot tell: no null")
    words = f"{level(share)} of the random shifts differ as much"
    if np.isfinite(effect):
        words += f"; the atom of high I<sub>BP</sub> has the larger ΔQ in {100 * effect:.0f} % of the pairs"
    if np.isfinite(p):
        words += f" (p = {p:.1g} if atoms were independent)"
    if share > 0.05:
        return Finding("null", value, "not told from none: " + words)
    return Finding("negative" if difference < 0 else "positive", value, words, bool(n >= 2 * ENOUGH and share <= 0.05 / 3))


def reliability(mean, sd, count):
    """(share of the variance of atoms' means that is not the scatter of their searches, atoms it rests on), from the pooled scatter of the atoms that
    have two values or more; NaN where that is not known. No correlation of single atoms can exceed its root by such means."""
    known, twice = np.isfinite(mean), np.isfinite(sd) & (count > 1)
    if known.sum() < FEW or twice.sum() < FEW:
        return float("nan"), int(twice.sum())
    within = np.sum((count[twice] - 1) * sd[twice] ** 2) / np.sum(count[twice] - 1)
    between = np.var(mean[known], ddof=1)
    return (float(np.clip(1 - within * np.mean(1 / count[known]) / between, 0, 1)) if between > 0 else 0.0), int(twice.sum())


def superiority(a, b):
    """The chance that a value of `a` exceeds one of `b` (ties count half), and its standard error where both are of one distribution: Mann and Whitney's U over its range."""
    if not len(a) or not len(b):
        return float("nan"), float("nan")
    b = np.sort(b)
    wins = np.searchsorted(b, a, "left") + 0.5 * (np.searchsorted(b, a, "right") - np.searchsorted(b, a, "left"))
    return float(wins.sum() / (len(a) * len(b))), float(np.sqrt((len(a) + len(b) + 1) / (12 * len(a) * len(b))))
