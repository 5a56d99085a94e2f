"""DejaVu Sans, cut down to the scripts it writes well: Latin, Greek, Cyrillic, Hebrew, Arabic. Licence beside."""

from pathlib import Path

FOLDER = Path(__file__).parent
REGULAR, BOLD = FOLDER / "DejaVuSans.ttf", FOLDER / "DejaVuSans-Bold.ttf"
