"""Work too long for any timeout: how often a flow should poll for it, and how many times at most."""
