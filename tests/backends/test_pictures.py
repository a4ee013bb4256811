"""Pictures of strangers are opened apart: upright, narrower, or told to be broken, and never with much memory."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from kmwiki.backends import pictures
from kmwiki.backends.pictures import BrokenPicture, TooManyPixels, narrowed, size_of, upright
from photos import drawn, is_red, opened, photo

#: The orientation in EXIF, and where the upper left of the camera is seen.
SEEN_AT = {1: (0.25, 0.25), 2: (0.75, 0.25), 3: (0.75, 0.75), 4: (0.25, 0.75),
           5: (0.25, 0.25), 6: (0.75, 0.25), 7: (0.75, 0.75), 8: (0.25, 0.75)}  # fmt: skip


@pytest.mark.parametrize("orientation", SEEN_AT)
def test_a_photo_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    taken = photo("JPEG", orientation=orientation)

    seen = upright(taken, "image/jpeg")

    picture = opened(seen.content)
    assert (seen.width, seen.height) == picture.size == ((300, 400) if orientation > 4 else (400, 300))
    assert is_red(picture, *SEEN_AT[orientation])
    assert (seen.content == taken) == (orientation == 1)
    assert picture.info["icc_profile"] == opened(taken).info["icc_profile"]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_stand_upright_too(kind: str) -> None:
    seen = upright(photo(kind, orientation=6), f"image/{kind.lower()}")

    assert (seen.width, seen.height) == (300, 400)
    assert is_red(opened(seen.content), 0.75, 0.25)
    assert opened(seen.content).format == kind


def test_narrow_pictures_are_small_and_as_they_were() -> None:
    taken = photo("JPEG", size=(2000, 1500))

    made = narrowed(taken, "image/jpeg", [480, 960, 1600])

    assert {width: opened(content).size for width, content in made.items()} == {
        480: (480, 360), 960: (960, 720), 1600: (1600, 1200)
    }  # fmt: skip
    assert all(opened(content).format == "WEBP" and is_red(opened(content), 0.25, 0.25) for content in made.values())
    assert len(made[480]) < len(made[1600]) < len(taken)


def test_transparency_stays_in_narrow_pictures() -> None:
    out = BytesIO()
    glass = Image.effect_noise((1000, 600), 90).convert("RGBA")
    glass.putalpha(Image.linear_gradient("L").resize((1000, 600)))
    glass.save(out, "PNG")

    made = narrowed(out.getvalue(), "image/png", [480])

    assert opened(made[480]).mode == "RGBA"


def test_what_would_not_be_smaller_is_not_made() -> None:
    plain, moving = BytesIO(), BytesIO()
    Image.new("P", (2000, 10)).save(plain, "PNG", optimize=True)
    drawn((500, 500)).save(moving, "WEBP", save_all=True, append_images=[Image.new("RGB", (500, 500))])

    assert narrowed(plain.getvalue(), "image/png", [1600])[1600] == b""
    assert narrowed(moving.getvalue(), "image/webp", [480]) == {480: b""}


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says to be huge, and is."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width + 7) // 8 + 1) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(20_000, 3_000), (60_000, 60_000)])
def test_a_picture_with_too_many_pixels_is_not_opened(size: tuple[int, int]) -> None:
    header = bomb(size[0], 1).replace(struct.pack(">II", size[0], 1), struct.pack(">II", *size))

    for ask in (size_of, upright, lambda content, kind: narrowed(content, kind, [480])):
        with pytest.raises((TooManyPixels, BrokenPicture)):
            ask(header, "image/png")
    with pytest.raises(TooManyPixels):
        size_of(bomb(20_000, 3_000), "image/png")


def test_a_picture_that_takes_more_memory_than_allowed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MEMORY_MEGABYTES", 160)

    with pytest.raises(BrokenPicture):
        upright(photo("JPEG", size=(8_000, 6_000)), "image/jpeg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_ends_too_early_is_refused(kind: str) -> None:
    whole = photo(kind, size=(800, 600))

    with pytest.raises(BrokenPicture):
        upright(whole[: len(whole) // 2], f"image/{kind.lower()}")


def test_what_is_no_picture_is_refused() -> None:
    for content in (b"", b"\xff\xd8\xff", b"<svg/>", b"\x89PNG\r\n\x1a\n broken"):
        with pytest.raises(BrokenPicture):
            upright(content, "image/jpeg")
