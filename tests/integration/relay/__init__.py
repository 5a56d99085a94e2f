"""What PostgreSQL owes conversations and boards, and how it gets there."""
