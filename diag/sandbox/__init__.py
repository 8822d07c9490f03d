"""A local Genesys Cloud: the same API, on this machine, in its own process.

Read in the order a call takes: `serve` (the process), `front` (every request), `routes` (one file per
part of the API), `org` (what the org holds), `execution` (one run of an action), `latency` (how long its
backend takes), `observations` (what really happened). `scenario` says how all of it is set up;
`server.start_sandbox` starts it from another program. What the API does, and how sure that is, comes
from docs/genesys-api.md; where it is unknown, `switches` has one setting per possible behaviour.
"""
