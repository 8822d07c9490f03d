"""What runs show beside latencies: how many calls a second count, why calls were
refused, and where replies broke the contract."""
