"""Who changed which action's timeout: the org's audits beside diag's journal (`history --org`, `scan`)."""
