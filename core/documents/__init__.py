"""What is given in writing: what stands on it (plain data), and drawing that as PDF, CSV or Excel. No I/O but fonts."""
