"""Small pictures written by hand, of which a page holds many: each decorates numbers that stand beside it."""
