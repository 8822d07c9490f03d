"""The backend itself: an action's own request, made without Genesys Cloud, and what may be called so."""
