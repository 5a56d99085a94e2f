"""What every benchmark prints: figures in columns, and a ratio with what was hoped for."""

from collections.abc import Sequence
from statistics import median


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table, its columns as wide as needed."""
    cells = [[str(cell) for cell in row] for row in [list(heads), *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    print(f"\n{title}")
    for number, row in enumerate(cells):
        first, *others = zip(row, widths, strict=True)
        print("  " + "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]))
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


def say(line: str) -> None:
    """One line at once, so that a long run shows where it is."""
    print(f"  {line}", flush=True)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of neighbouring rounds: what slows the machine for a while slows both of a pair."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def verdict(name: str, reached: float, wanted: float) -> bool:
    """Print a ratio beside its target; answers whether it was reached."""
    good = reached >= wanted
    say(f"{name}: {reached:.2f} x (wanted {wanted:.1f} x) {'reached' if good else 'NOT REACHED'}")
    return good


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def milliseconds(seconds: float) -> str:
    """For people."""
    return f"{seconds * 1000:.1f} ms"
