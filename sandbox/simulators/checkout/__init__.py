"""Pages on which guests pay: what Pesapal and Paystack have in common."""
