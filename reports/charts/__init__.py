"""The drawings: each file is one kind of chart, a function from a small table to a matplotlib `Figure`.

Colours come from placeholders that `svg.py` turns into CSS variables (light, dark, print), or real colours
for a PNG. No text from outside (names, messages) is ever drawn by matplotlib; titles and descriptions are
added to the SVG as escaped text.
"""
