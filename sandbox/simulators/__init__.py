"""Stand-ins over real HTTP: Meta's Graph API, Kopo Kopo with M-Pesa behind it, and a guest's phone in the browser."""
