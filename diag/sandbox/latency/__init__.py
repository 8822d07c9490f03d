"""How long an action's backend takes: distributions with exact quantiles, and what time does to them."""
