"""The simulated mail server, and a page that shows what was posted."""
