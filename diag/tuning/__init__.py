"""The steps of `diag tune` on a terminal: begin a campaign, make its windows, show how far it is, give the
result."""
