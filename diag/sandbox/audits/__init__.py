"""Audits of the sandbox's org: who changed which action, as the platform would tell it."""
