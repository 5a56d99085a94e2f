"""The same cases for every payment provider, against its simulator over HTTP."""
