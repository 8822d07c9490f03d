"""Velocity templates without loops and macros: text to a tree, and the tree with its variables to text."""
