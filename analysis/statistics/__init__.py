"""Pure mathematics on counts: Kaplan-Meier, exact bounds, design effect, interim looks. No action, no
verdict."""
