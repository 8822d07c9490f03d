"""Terraform configuration: who owns an action's timeout there, and the edit that moves only its number.

Rooms: `syntax` (bytes to blocks and expressions, every character kept), `configuration` (folders as
modules), `ownership` (from a resource to the place that sets its timeout), `editing` (the new text, the diff,
the files), `git`, `proposing` (all of it, for verdicts).
"""
