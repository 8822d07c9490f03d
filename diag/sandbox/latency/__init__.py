"""How long a backend takes: distributions with exact quantiles, and how load and time change them."""
