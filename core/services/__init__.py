"""One function per thing that happens in the bar."""
