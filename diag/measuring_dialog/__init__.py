"""Before `diag measure` calls anything: what it was asked, the load that is, the org's name typed."""
