"""Benchmarks: each a ratio measured in one run, its contenders taking turns, because machines are noisy."""
