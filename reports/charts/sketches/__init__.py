"""Small pictures written by hand, of which a page holds many: decorations of numbers that stand beside them."""
