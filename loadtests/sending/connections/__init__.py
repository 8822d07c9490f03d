"""Connections to one address each: pooled, timed, with verified certificates, through a proxy if need be."""
