"""An action of the org: as a scenario describes it, its configuration and contract, as the API shows it."""
