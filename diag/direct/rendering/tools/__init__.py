"""The tool objects that templates may call (`$esc`, `$math`, …) and the methods of a Java text."""
