"""The whole product over HTTP, with simulated providers."""
