"""The mailbox store. Nothing outside this package knows a Redis key."""
