"""Charts of one action. Each is a function from a small table to a matplotlib `Figure`.

Colours come from an `Ink`: placeholders that `svg.py` turns into CSS variables (light, dark, print),
or real colours for a PNG. No text of a person's making (names, messages) is ever drawn by matplotlib;
titles and descriptions are added to the SVG as escaped text.
"""
