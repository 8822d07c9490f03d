"""The Genesys Cloud client, one file a topic: actions, drafts, flows, integrations, limits; how a test
call ended.

Start reading at `client.py`. Nothing is imported here on purpose: the load process imports
`diag.genesys.outcomes` alone and must not pay for httpx.
"""
