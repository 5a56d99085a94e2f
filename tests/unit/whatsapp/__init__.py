"""What Meta posts, and what is made of it."""
