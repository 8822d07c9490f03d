"""The HTML pages and the JSON behind them."""
