"""Counts, survival curves, confidence bounds, design effect: no action, no verdict, only numbers."""
