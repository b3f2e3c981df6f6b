"""The sample in three dimensions: data for the view that turns (view.js), and a still picture drawn here for print."""
import base64
import io

import numpy as np
from PIL import Image  # matplotlib needs it too

from .spectrum import PAPER_LENGTH
from .style import FIELD_MAP, RADII, colours, plt


def packed(array, kind):
    return base64.b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode()


def map_table(name):
    return (255 * plt.get_cmap(name)(np.linspace(0, 1, 256))[:, :3]).round()


def fields(v):
    """What atoms can be coloured by: label, unit, values, logarithmic?"""
    n = v.count
    out = [("N·I_BP", "10⁻³ ps³", 1e3 * n * v.atoms["boson_peak_ps3"], True),
           ("N·gᵢ/ω² at the sample's maximum", "10⁻³ ps³", 1e3 * n * v.atoms["at_sample_peak_ps3"], True),
           ("frequency of the atom's maximum", "rad/ps", v.atoms["omega_at_peak_rad_per_ps"], False)]
    if "msd_A2_per_K" in v.atoms:
        out.append(("mean-square displacement", "10⁻⁶ Å²/K", 1e6 * v.atoms["msd_A2_per_K"], True))
    if v.activation:
        out.append((f"1/I_BP within {PAPER_LENGTH} Å", "10⁶ ps⁻³", 1e-6 * v.coarse_inverse, False))
        for name in v.shown_barriers:
            out += [(f"ΔQ, {name}", "eV", v.activation.atoms[name].mean, False), (f"ΔQ, {name}, within {PAPER_LENGTH} Å", "eV", v.coarse_energy[name], False)]
    return out


def limits(values, logarithmic):
    """The range that the colours span: the middle 98 % of the atoms."""
    good = values[values > 0] if logarithmic else values[np.isfinite(values)]
    low, high = np.quantile(good, (0.01, 0.99)) if len(good) else (0.1, 1)
    return float(low), float(high if high > low else low * 1.0001 + 1e-12)


def gradient():
    """The colours of a field as a CSS background."""
    return "linear-gradient(to right," + ",".join(f"rgb({r},{g},{b})" for r, g, b in map_table(FIELD_MAP)[::16].astype(int)) + ")"


def ticks(low, high, log):
    """Five numbers along them."""
    t = np.linspace(0, 1, 5)
    values = low * (high / low) ** t if log else low + t * (high - low)
    return "".join(f"<b>{float(f'{x:.2g}'):g}</b>" for x in values)


def shades(values, log, tint=0.82, ends=None):
    """A colour, red green blue, for each value, the map's ends at `ends`; grey where a value is not known."""
    low, high = ends or limits(values, log)
    with np.errstate(invalid="ignore"):
        t = np.log(np.maximum(values, 1e-300) / low) / np.log(high / low) if log else (values - low) / (high - low)
    colour = plt.get_cmap(FIELD_MAP)(np.clip(np.nan_to_num(t), 0, 1))[:, :3]
    colour[~np.isfinite(values)] = tint
    return colour


def scene(v):
    """What view.js reads, as a dictionary for JSON."""
    origin, vectors = v.cell()
    x = v.wrapped()
    centre = origin + vectors.sum(0) / 2
    names = v.elements or sorted(set(v.atoms["element"]))
    tints = colours(names)
    index = {e: k for k, e in enumerate(names)}
    return {
        "count": v.count, "positions": packed(x - centre, "<f4"), "element": packed([index[e] for e in v.atoms["element"]], "u1"),
        "ids": packed(v.atoms["id"], "<i4"),
        "elements": [{"name": e, "colour": tints[e], "radius": RADII.get(e, 1.4)} for e in names],
        "cell": (vectors).tolist(), "map": packed(map_table(FIELD_MAP), "u1"),
        "fields": [{"name": name, "unit": unit, "values": packed(values, "<f4"), "log": log, "limits": limits(values, log)}
                   for name, unit, values, log in fields(v)],
    }


def spheres(v, size):
    """The sample seen from a corner, without its colours: in each pixel the atom in front (−1: none), its light and its fog; shaded spheres with a depth buffer."""
    origin, vectors = v.cell()
    x = v.wrapped() - (origin + vectors.sum(0) / 2)
    a, b = -0.62, 0.42
    turn = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]]) @ np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    x = x @ turn.T
    radius = 0.86 * np.array([RADII.get(e, 1.4) for e in v.atoms["element"]])
    scale = size / (2 * np.abs(x[:, :2]).max() + 4)
    front, light, fog, depth = np.full((size, size), -1), np.zeros((size, size)), np.zeros((size, size)), np.full((size, size), -np.inf)
    near, far = x[:, 2].max(), x[:, 2].min()
    for k, ((cx, cy, cz), r) in enumerate(zip(x, radius)):
        px, py, pr = size / 2 + cx * scale, size / 2 - cy * scale, r * scale
        i0, i1, j0, j1 = (int(q) for q in (max(0, py - pr), min(size, py + pr + 1), max(0, px - pr), min(size, px + pr + 1)))
        if i0 >= i1 or j0 >= j1:
            continue
        jj, ii = np.meshgrid((np.arange(j0, j1) + 0.5 - px) / pr, (py - np.arange(i0, i1) - 0.5) / pr)
        d2 = jj**2 + ii**2
        z = cz + r * np.sqrt(np.maximum(0, 1 - d2))
        hit = (d2 < 1) & (z > depth[i0:i1, j0:j1])
        depth[i0:i1, j0:j1][hit] = z[hit]
        front[i0:i1, j0:j1][hit] = k
        fog[i0:i1, j0:j1][hit] = 0.22 * (near - cz) / max(near - far, 1e-9)
        light[i0:i1, j0:j1][hit] = (0.42 + 0.58 * np.clip((-0.4 * jj + 0.5 * ii + 0.77 * np.sqrt(np.maximum(0, 1 - d2))), 0, 1))[hit]
    return front, light[..., None], fog[..., None]


def still(drawn, values, log):
    """spheres() coloured by values (grey where they are not known), on white, as a data: URL of a JPEG: four pixels to one, which smooths the edges."""
    front, light, fog = drawn
    image = shades(values, log)[front] * light * (1 - fog) + fog
    image = (255 * np.clip(np.where(front[..., None] < 0, 1, image), 0, 1)).round().astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(image).resize((front.shape[1] // 2, front.shape[0] // 2), Image.BOX).save(out, format="jpeg", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
