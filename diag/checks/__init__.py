"""`diag check` for CI: the rules that break a build, JUnit XML and annotations."""
