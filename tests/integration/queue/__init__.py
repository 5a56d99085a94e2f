"""The mailbox store on a real Redis, rule by rule."""
