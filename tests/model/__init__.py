"""Small exhaustive models of the protocols: every interleaving, with crashes, zombies and lost answers."""
