"""Pictures that people upload: looked into, made small, and written anew: nothing of the file is kept."""

import io
import struct
import zlib

from PIL import ExifTags, Image

KINDS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 30_000_000
SMALLEST, WIDEST = 100, 1200
QUALITY = 82
LARGEST = 12_000_000
TOO_LARGE = f"This picture is too large: at most {LARGEST // 1_000_000} MB."
NO_PICTURE = "This is no picture that we can read. Take a JPEG, PNG or WebP."
TOO_MANY = "This picture has too many pixels. Make it smaller first, at most 5000 × 5000."
TOO_SMALL = f"This picture is too small: at least {SMALLEST} × {SMALLEST}."
# What Pillow raises of pictures that are cut or damaged, or say odd things of themselves.
BROKEN = (
    OSError, SyntaxError, EOFError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, struct.error,
    zlib.error,
)  # fmt: skip
# EXIF 2.32, tag 274: how the camera was held.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip


def written_anew(content: bytes) -> bytes:
    """A JPEG of at most 1200 × 1200, upright, without what a camera noted. Raises ValueError with a sentence.

    Sizes are looked at before anything is unpacked: a small file may hold a picture that fills the memory.
    """
    if len(content) > LARGEST:
        raise ValueError(TOO_LARGE)
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as picture:
            if not (problem := _problem(picture)):
                picture.draft("RGB", (WIDEST, WIDEST))
                return _saved(_flat(_upright(picture)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        problem = TOO_MANY
    except BROKEN as error:
        raise ValueError(NO_PICTURE) from error
    raise ValueError(problem)


def _problem(picture: Image.Image) -> str:
    if picture.width * picture.height > MOST_PIXELS:
        return TOO_MANY
    return TOO_SMALL if min(picture.size) < SMALLEST else ""


def _upright(picture: Image.Image) -> Image.Image:
    """As the camera was held, if that can be read; nothing else of what it noted is looked at."""
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except BROKEN:
        return picture
    return picture if turn is None else picture.transpose(turn)


def _flat(picture: Image.Image) -> Image.Image:
    """On white where one could see through it."""
    picture.thumbnail((WIDEST, WIDEST))
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _saved(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()
