"""Work that fits into no timeout: submitted, polled, and how a flow should wait for it."""
