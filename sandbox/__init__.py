"""Everything that stands in for the outside world on one machine: servers, simulated providers, the phone."""
