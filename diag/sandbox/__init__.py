"""A local Genesys Cloud: the same API, on this machine, in its own process.

The way of a request: `serving` (process, middleware, injected faults), `routes` (one file for each part of
the API), `world` (what the org holds), `executions` (one run of an action, and what really happened),
`latency` (how long its backend takes), `backends` (where it is and what it answers, also to calls that go
past the platform). `launch` starts a sandbox from another program. What the API does,
and how sure that is, comes from docs/genesys-api.md; where it is unknown, `world/switches.py` has one
setting for each possible behaviour. Nothing here imports the client, so that each proves the other.
"""
