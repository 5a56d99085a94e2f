"""Pictures that people upload: looked into, made small, and written anew: nothing of the file is kept."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

KINDS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 30_000_000
SMALLEST, WIDEST = 100, 1200
QUALITY = 82
LARGEST = 12_000_000
TOO_LARGE = f"This picture is too large: at most {LARGEST // 1_000_000} MB."
NO_PICTURE = "This is no picture that we can read. Take a JPEG, PNG or WebP."
TOO_MANY = "This picture has too many pixels. Make it smaller first, at most 5000 × 5000."


def written_anew(content: bytes) -> bytes:
    """A JPEG of at most 1200 × 1200, upright, without what a camera noted. Raises ValueError with a sentence.

    Sizes are looked at before anything is unpacked: a small file may hold a picture that fills the memory.
    """
    if len(content) > LARGEST:
        raise ValueError(TOO_LARGE)
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as picture:
            _check(picture)
            picture.draft("RGB", (WIDEST, WIDEST))
            return _saved(_flat(ImageOps.exif_transpose(picture)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(TOO_MANY) from None
    except (UnidentifiedImageError, OSError, SyntaxError, EOFError, KeyError, IndexError) as error:
        raise ValueError(NO_PICTURE) from error


def _check(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise ValueError(TOO_MANY)
    if min(picture.size) < SMALLEST:
        raise ValueError(f"This picture is too small: at least {SMALLEST} × {SMALLEST}.")


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
