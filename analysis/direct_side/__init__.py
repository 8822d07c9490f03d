"""An action's backend, called without Genesys Cloud, beside the action: how much of the time is whose."""
