"""Meta's Graph API as far as a bar meets it: sending messages, statuses, errors."""
