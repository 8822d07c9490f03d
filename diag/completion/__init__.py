"""What the TAB key offers in a shell: verbs, flags, actions of the last scan and runs. Asks no network.

click reads the line and names the parameter; here are the values of ours, and what shells do with them.
"""
