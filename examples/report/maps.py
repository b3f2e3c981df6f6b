"""Coarse-grained fields at atoms and on a plane through the sample: what the maps (Figs. 5a–d, S2, S3) draw."""
import numpy as np

from .spectrum import PAPER_LENGTH


def averages(v, fields, points=None, length=PAPER_LENGTH):
    """Mean of each field over the atoms within `length` of each point (default: of each atom, itself included), the nearest image of every atom: a
    top hat; a column a field.

    Atoms whose value is not known (NaN) are left out; NaN where there is none within reach."""
    origin, vectors = v.cell()
    inverse, x = np.linalg.inv(vectors), v.positions()
    points = x if points is None else points
    values = np.stack(fields, 1)
    known = np.isfinite(values)
    both = np.concatenate([np.where(known, values, 0), known], 1)
    out = np.empty((len(points), len(fields)))
    step = max(1, 4_000_000 // len(x))
    for k in range(0, len(points), step):
        scaled = (points[k:k + step, None] - x[None]) @ inverse
        scaled -= np.rint(scaled)  # the nearest image, where it is nearer than half the cell's least height: then no other rounds to it
        near = ((scaled @ vectors) ** 2).sum(-1) <= length**2
        total = near.astype(float) @ both
        sums, counts = total[:, : len(fields)], total[:, len(fields):]
        out[k:k + step] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return out


def plane(v, steps=72):
    """Points in the middle plane spanned by the first two cell vectors: (steps², 3) in Å, and their two coordinates in it, (steps, steps) each."""
    origin, (a, b, c) = v.cell()
    share = (np.arange(steps) + 0.5) / steps
    s, t = np.meshgrid(share, share, indexing="ij")
    points = origin + 0.5 * c + s[..., None] * a + t[..., None] * b
    first, second = axes_of(v)
    flat = points - origin - 0.5 * c
    return points.reshape(-1, 3), flat @ first, flat @ second


def axes_of(v):
    """Two orthonormal vectors in the plane of the first two cell vectors, the first along the first."""
    _, (a, b, _) = v.cell()
    first = a / np.linalg.norm(a)
    second = b - (b @ first) * first
    return first, second / np.linalg.norm(second)


def slab(v, thickness=3.0):
    """The atoms within half of `thickness` of that plane, as indices, and their two coordinates in it, Å."""
    origin, (a, b, c) = v.cell()
    normal = np.cross(a, b)
    normal /= np.linalg.norm(normal)
    relative = v.wrapped() - origin - 0.5 * c
    inside = np.nonzero(np.abs(relative @ normal) <= 0.5 * thickness)[0]
    first, second = axes_of(v)
    # back into the parallelogram of the drawing
    scaled = relative[inside] @ np.linalg.inv(np.array([a, b, c]))
    scaled[:, :2] -= np.floor(scaled[:, :2])
    flat = scaled @ np.array([a, b, c])
    return inside, flat @ first, flat @ second
