"""WhatsApp Cloud API: reading its webhooks, sending through the Graph API."""
