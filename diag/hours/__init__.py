"""In which hours calls may be made: as the workload says, and as Genesys approved beyond the limits."""
