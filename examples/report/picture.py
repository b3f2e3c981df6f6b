"""The sample in three dimensions: data for the view that turns (view.js), and a still picture drawn here for print."""
import base64
import io

import numpy as np

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
    return out


def limits(values, logarithmic):
    """The range that the colours span: the middle 98 % of the atoms."""
    good = values[values > 0] if logarithmic else values
    low, high = np.quantile(good, (0.01, 0.99)) if len(good) else (0.1, 1)
    return float(low), float(high if high > low else low * 1.0001 + 1e-12)


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


def still(v, size=760):
    """The sample seen from a corner, coloured by I_BP, as a data: URL of a PNG: shaded spheres with a depth buffer."""
    origin, vectors = v.cell()
    x = v.wrapped() - (origin + vectors.sum(0) / 2)
    a, b = -0.62, 0.42
    turn = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]]) @ np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    x = x @ turn.T
    radius = 0.86 * np.array([RADII.get(e, 1.4) for e in v.atoms["element"]])
    scale = size / (2 * np.abs(x[:, :2]).max() + 4)
    _, _, values, log = fields(v)[0]
    low, high = limits(values, log)
    t = np.clip(np.log(np.maximum(values, 1e-300) / low) / np.log(high / low), 0, 1)
    colour = plt.get_cmap(FIELD_MAP)(t)[:, :3]
    image, depth = np.ones((size, size, 4)) * (1, 1, 1, 0), np.full((size, size), -np.inf)
    near, far = x[:, 2].max(), x[:, 2].min()
    for (cx, cy, cz), r, tint in zip(x, radius, colour):
        px, py, pr = size / 2 + cx * scale, size / 2 - cy * scale, r * scale
        i0, i1, j0, j1 = (int(q) for q in (max(0, py - pr), min(size, py + pr + 1), max(0, px - pr), min(size, px + pr + 1)))
        if i0 >= i1 or j0 >= j1:
            continue
        jj, ii = np.meshgrid((np.arange(j0, j1) + 0.5 - px) / pr, (py - np.arange(i0, i1) - 0.5) / pr)
        d2 = jj**2 + ii**2
        z = cz + r * np.sqrt(np.maximum(0, 1 - d2))
        patch = depth[i0:i1, j0:j1]
        hit = (d2 < 1) & (z > patch)
        if not hit.any():
            continue
        patch[hit] = z[hit]
        light = 0.42 + 0.58 * np.clip((-0.4 * jj + 0.5 * ii + 0.77 * np.sqrt(np.maximum(0, 1 - d2))), 0, 1)
        fog = 0.22 * (near - cz) / max(near - far, 1e-9)
        block = image[i0:i1, j0:j1]
        block[hit, :3] = (tint * light[hit][:, None]) * (1 - fog) + fog
        block[hit, 3] = 1
    out = io.BytesIO()
    plt.imsave(out, np.clip(image, 0, 1), format="png")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
