"""From an analysis to what users read: one HTML file, Markdown, PNG charts, a terminal summary.

Nothing in this room computes a statistic: it shows the numbers of `analysis` and never changes one.
Charts are matplotlib `Figure`s (no pyplot), written as SVG whose colours are CSS variables.
"""
