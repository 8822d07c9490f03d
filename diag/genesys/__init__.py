"""The Genesys Cloud client: auth, paging, actions, drafts, limits, typed replies, one error tree.

Start reading at `client.py`. Nothing is imported here on purpose: the load process imports
`diag.genesys.outcomes` alone and must not pay for httpx.
"""
