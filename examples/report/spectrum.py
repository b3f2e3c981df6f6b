"""The numbers that figures and verdict share: shells of plane waves, counting errors, ranks."""
from dataclasses import dataclass

import numpy as np

RAD_PER_PS_TO_THZ = 0.5 / np.pi
RAD_PER_PS_TO_MEV = 0.6582119569

# What Yang, Wang and Zaccone (2022) say; they print "THz" for rad/ps.
PAPER_PEAK = 5.0          # rad/ps
PAPER_DEBYE = 87.23e-6    # ps³
PAPER_ATOMS = 19652
PAPER_LENGTH = 5.9        # Å, of the coarse-graining that correlates best

# The longitudinal speed of sound beside the transverse one, where it is not known: the middle and the ends of a range that holds
# ordinary metallic glasses and the elastic constants of the 864-atom Cu50Zr50 sample (2.43). Longitudinal waves make 4 % of the level.
SPEEDS, SPEEDS_RANGE = 2.2, (1.9, 2.5)
ANISOTROPY = 0.02         # of ω₁, from one direction of a small glass to another


def shells(v):
    """(ω, modes, |n|²) of the lowest transverse shells, ω₁·|n|: as if sound were without dispersion and the box a cube."""
    omega_1 = v.summary["omega_1_rad_per_ps"]
    if not omega_1:
        return []
    return [(omega_1 * np.sqrt(n2), modes, n2) for n2, modes in ((1, 12), (2, 24), (3, 16), (4, 12))]


def omega_1_error(v):
    """Relative uncertainty of ω₁: the sample's anisotropy, or the bounds that the computed modes allow; None where those are open."""
    if v.complete:
        return ANISOTROPY
    omega_1, bounds = v.summary["omega_1_rad_per_ps"], v.summary.get("omega_1_bounds_rad_per_ps") or (None, None)
    if None in bounds:
        return None
    return max(ANISOTROPY, *(abs(b / omega_1 - 1) for b in bounds))


@dataclass
class Debye:
    """The Debye law g/ω² = V (2/v_T³ + 1/v_L³) / (6π² N)."""
    level: float         # ps³
    low: float           # its range, ps³
    high: float
    speed: float         # v_T, Å/ps; None from elastic constants
    transverse: float    # share of the transverse waves; None from elastic constants

    @property
    def omega(self):
        """ω_D, rad/ps: there the law has counted all 3N modes."""
        return (3 / self.level) ** (1 / 3)


def debye(v):
    """From the elastic constants where the summary has their level; else an estimate from ω₁ alone, v_T = ω₁/k₁ with k₁ the box's
    shortest wave vector (2π/L in a cube), the longitudinal speed assumed. None where ω₁ is not known well enough."""
    known = v.summary.get("debye_ps3")
    if known:
        return Debye(known, known, known, None, None)
    error = omega_1_error(v)
    if error is None:
        return None
    _, vectors = v.cell()
    k_1 = 2 * np.pi * np.linalg.norm(np.linalg.inv(vectors), axis=0).min()
    speed = v.summary["omega_1_rad_per_ps"] / k_1

    def level(v_t, ratio):
        return abs(np.linalg.det(vectors)) * (2 + ratio**-3) / (6 * np.pi**2 * v.count * v_t**3)

    return Debye(level(speed, SPEEDS), level(speed * (1 + error), SPEEDS_RANGE[1]), level(speed * (1 - error), SPEEDS_RANGE[0]),
                 float(speed), 2 / (2 + SPEEDS**-3))


@dataclass
class Excess:
    """Modes below ω beside those of a Debye solid."""
    counted: int
    debye: float
    low: float
    high: float

    @property
    def ratio(self):
        return self.counted / self.debye

    @property
    def ratio_error(self):
        """From the counting, √n, and half the range of the Debye count."""
        return self.ratio * float(np.hypot(max(self.counted, 1) ** -0.5, 0.5 * (self.high - self.low) / self.debye))

    @property
    def shown(self):
        return self.ratio - 2 * self.ratio_error > 1


def excess(v, omega):
    """Excess below ω; None without a Debye level, or where not all modes below ω are there, or where the box holds no wave below it."""
    law = debye(v)
    if law is None or v.complete_below < omega or v.summary["omega_1_rad_per_ps"] >= omega:
        return None
    waves = v.count * omega**3  # 3N ∫ A ω² dω
    return Excess(int(((v.omega > 0) & (v.omega < omega)).sum()), law.level * waves, law.low * waves, law.high * waves)


def reduced(v):
    """ω and g/ω² where the reduced DOS means something: from a width below the window, to where the spectrum is whole."""
    omega, value = v.dos["omega_rad_per_ps"], v.dos["reduced_ps3"]
    top = min(v.window[1] * 1.2, v.complete_below - (2 * v.width if not v.complete else 0))
    keep = (omega > 0) & (omega >= v.window[0] - 1.0) & (omega <= top)
    return omega[keep], value[keep]


def at(v, omega):
    """g/ω² at ω, ps³ (None outside the spectrum)."""
    x, y = v.dos["omega_rad_per_ps"], v.dos["reduced_ps3"]
    if not x[0] <= omega <= x[-1] or omega > v.complete_below - v.width:
        return None
    return float(np.interp(omega, x, y))


def weights(v, omega, width=None):
    """The broadening's weight of every vibrating mode at each ω (a row each), 1 where mode and ω coincide."""
    d = (np.atleast_1d(omega)[:, None] - v.omega[None]) / (width or v.width)
    if v.options.get("broadening", "gaussian") == "histogram":
        return (np.abs(d) <= 0.5).astype(float)
    return np.exp(-0.5 * d * d)


def relative_error(v, omega):
    """Relative counting error of g at ω: that of modes falling independently, (Σ w²)^½ / Σ w over the broadening's weights."""
    weight = weights(v, omega)
    total = weight.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, np.sqrt((weight**2).sum(1)) / total, np.nan)


def mean_at(v, omega, column):
    """Mean of a column of modes.csv over the modes that make g at ω, by the broadening's weights."""
    weight = weights(v, omega)[0]
    return float(weight @ v.modes[column][v.vibrating] / weight.sum()) if weight.sum() > 0 else float("nan")


def wave_share(v, omega):
    """Share of g/ω² at ω carried by plane waves, of all polarisations, of the first three shells: the only ones projected."""
    return mean_at(v, omega, "phonon_weight")


def connected(mask, k):
    """First and last index of the run of True round index k, where it is True."""
    false = np.nonzero(~mask)[0]
    before, after = false[false < k], false[false > k]
    return (before[-1] + 1 if len(before) else 0), (after[0] - 1 if len(after) else len(mask) - 1)


def plateau(v):
    """The range of ω round the maximum where g/ω² is within one counting error of it."""
    x, y = reduced(v)
    inside = (x >= v.window[0] - 1e-9) & (x <= v.window[1] + 1e-9)
    x, y = x[inside], y[inside]
    k = int(np.argmin(np.abs(x - v.summary["boson_peak_omega_rad_per_ps"])))
    low, high = connected(y >= y[k] * (1 - relative_error(v, x[k])[0]), k)
    return float(x[low]), float(x[high])


def by_width(v):
    """(width, ω of the largest g/ω² in the window, that height) for half and for twice the broadening's width, from the modes."""
    out = []
    for width in (0.5 * v.width, 2 * v.width):
        x = np.arange(v.window[0], min(v.window[1], v.complete_below - 2 * width) + 1e-9, 0.05)
        if len(x):
            unit = width if v.options.get("broadening", "gaussian") == "histogram" else width * np.sqrt(2 * np.pi)
            y = weights(v, x, width).sum(1) / (unit * 3 * v.count * x**2)
            out.append((width, float(x[np.argmax(y)]), float(y.max())))
    return out


def projection_end(v):
    """ω of the third transverse shell, rad/ps: no plane wave beyond it is projected (the longitudinal ones of those shells lie higher)."""
    return float(np.sqrt(3) * v.summary["omega_1_rad_per_ps"])


def at_window_edge(v):
    """Which atoms have their maximum on the window's lower edge: no maximum, their curve rises below it."""
    return v.atoms["omega_at_peak_rad_per_ps"] <= v.window[0] + 1e-6


def top_tenth(v):
    """The tenth of the atoms with the largest I_BP, as indices."""
    return np.argsort(-v.atoms["boson_peak_ps3"], kind="stable")[: max(1, v.count // 10)]


@dataclass
class Flat:
    """g/ω² above 2ω₁, inside the window: ω in rad/ps, heights in ps³."""
    level: float     # its value at 2ω₁
    error: float     # the relative counting error there
    low: float       # the range round 2ω₁, inside the window,
    high: float      # over which it stays within that error
    bump: tuple      # (ω, height, rise out of the valley before it, in counting errors) of the maximum that rises most, or None


def beyond(v):
    """What follows above 2ω₁, or None where the window ends before."""
    x, y = reduced(v)
    inside = (x >= v.window[0] - 1e-9) & (x <= v.window[1] + 1e-9)
    x, y = x[inside], y[inside]
    above = np.nonzero(x >= 2 * v.summary["omega_1_rad_per_ps"])[0]
    if len(above) < 5:
        return None
    first = above[0]
    error = relative_error(v, x[first])[0]
    low, high = connected(np.abs(y - y[first]) <= error * y[first], first)
    later, valley = y[above], np.minimum.accumulate(y[above])
    rise = (later - valley) / (np.nan_to_num(relative_error(v, x[above]), nan=np.inf) * later)
    inner = np.nonzero((later[1:-1] > later[:-2]) & (later[1:-1] >= later[2:]))[0] + 1
    top = max(inner, key=lambda k: rise[k], default=None)
    return Flat(float(y[first]), float(error), float(x[low]), float(x[high]),
                None if top is None else (float(x[above][top]), float(later[top]), float(rise[top])))


def spearman(a, b):
    """Rank correlation (ties share their mean rank)."""
    def ranks(values):
        _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
        return (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])
