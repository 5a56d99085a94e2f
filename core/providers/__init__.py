"""The outside services, each in a package of its own: HTTP on one side, our words on the other."""
