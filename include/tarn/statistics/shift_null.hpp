#pragma once
// What a correlation of two smooth fields is worth: the same correlation after toroidal shifts, which keep each field's autocorrelation and
// break whatever binds the two.
//
// One field is read at x_i + s for random vectors s, uniform over the cell, the other at x_i: Pearson's r of each shift. Coarse-grained fields have few
// independent places, so that these r are far from 0 by chance alone: their standard deviation sd gives the effective number of samples,
//   N_eff = 1 + 1/sd²   (of n independent normal pairs r has the variance 1/(n − 1)),
// and with it Fisher's interval. Where the fields are correlated, small shifts still are: sd is then too large by a factor below √(1 + r²), never too
// small. Of a white field (L = 0) the nearest atom's value is read, some atoms twice and some not at all: there N_eff is up to a third too small.
// M. Fortin, P. Legendre, … use the same shifts for maps: P. Dutilleul, Biometrics 49, 305 (1993) for the effective number.

