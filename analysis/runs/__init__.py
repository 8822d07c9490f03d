"""What runs show beside latencies: how many calls a second count, why calls were refused, where replies broke
the contract, and which windows make a campaign, weak ones among them."""
