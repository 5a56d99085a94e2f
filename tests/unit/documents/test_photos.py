"""Pictures as people upload them."""

import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from core.documents.photos import NO_PICTURE, TOO_LARGE, TOO_MANY, TOO_SMALL, WIDEST, written_anew

SENTENCES = (NO_PICTURE, TOO_LARGE, TOO_MANY, TOO_SMALL)


def picture(kind: str = "JPEG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, "red").save(made, kind, **more)
    return made.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


KINDS = [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("WEBP", "RGBA")]
KINDS += [("PNG", mode) for mode in ("RGBA", "P", "1", "LA", "I;16")]


@pytest.mark.parametrize(("kind", "mode"), KINDS)
def test_every_kind_of_picture_becomes_a_jpeg(kind: str, mode: str) -> None:
    made = io.BytesIO()
    Image.new(mode, (300, 200)).save(made, kind)
    found = opened(written_anew(made.getvalue()))
    assert (found.format, found.mode, found.size) == ("JPEG", "RGB", (300, 200))


def test_a_large_one_is_made_small_and_keeps_its_shape() -> None:
    found = opened(written_anew(picture(size=(4000, 1000))))
    assert found.size == (WIDEST, WIDEST // 4)


def test_it_stands_upright_and_says_nothing_of_the_camera() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A phone"
    found = opened(written_anew(picture(exif=exif)))
    assert found.size == (200, 300) and dict(found.getexif()) == {}


def test_what_one_could_see_through_is_white() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(made, "PNG")
    assert opened(written_anew(made.getvalue())).getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (b"GIF89a" + b"\0" * 100, "no picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "no picture"),
        (b"<html><script>alert(1)</script>", "no picture"),
        (picture()[:200], "no picture"),
        (picture("PNG")[:-30], "no picture"),
        (picture(size=(20, 300)), "too small"),
        (bomb(), "too many pixels"),
        (bomb(6000, 6000), "too many pixels"),
        (bomb(1000, 1000), "no picture"),
    ],
)
def test_what_is_no_picture_or_a_bomb_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        written_anew(content)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_damaged_picture_is_a_picture_or_a_sentence_of_ours() -> None:
    exif, dice = Image.Exif(), random.Random(7)
    exif[0x0112], exif[0x010E], exif[0x8825] = 6, "a phone", {1: "N", 2: (1.0, 2.0, 3.0)}
    whole = [picture(kind, (100, 100), exif=exif) for kind in ("JPEG", "PNG", "WEBP")]
    for _ in range(4000):
        damaged = bytearray(dice.choice(whole))
        for _ in range(dice.choice((1, 2, 5))):
            damaged[dice.randrange(min(400, len(damaged)))] = dice.randrange(256)
        try:
            assert written_anew(bytes(damaged)).startswith(b"\xff\xd8")
        except ValueError as error:
            assert str(error) in SENTENCES


def test_what_a_camera_noted_wrongly_spoils_no_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    odd = exif.tobytes().replace(struct.pack(">HHL", 0x0112, 3, 1), struct.pack(">HHL", 0x0112, 2, 1))
    assert odd != exif.tobytes()
    assert opened(written_anew(picture(exif=odd))).size == (300, 200)
