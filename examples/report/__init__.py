"""The report. Reading: results.py, landscape.py (saddles, correlations). Numbers: spectrum.py, evidence.py, maps.py. Figures: figures.py, searches.py, basins.py, slices.py, picture.py.

What may be said: verdict.py (vibrations), claims.py (basins). chapters.py and page.py assemble."""
