"""Tests: facts about the bar, told by real parts."""
