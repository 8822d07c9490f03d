"""Verdicts: which one, with which timeout, at what cost, in which words, and what to run next (`judge`)."""
