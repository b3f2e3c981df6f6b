"""The report: results.py reads, spectrum.py and figures.py compute and draw, verdict.py says what may be said, page.py assembles."""
