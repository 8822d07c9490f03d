"""What runs show beside latencies: how many calls a second count, and why calls were refused."""
