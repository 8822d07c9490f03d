"""Experiments on a draft, and questions that only read, by which a platform tells how it behaves."""
