"""What a timeout costs, how a number came about, and what other rules would set beside it. No verdict."""
