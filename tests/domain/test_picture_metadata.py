"""Position and names go from pictures; the picture itself stays as it is, to the last pixel."""

from io import BytesIO

import pytest
from PIL import Image

from kmwiki.domain.picture_metadata import BrokenPicture, without_metadata
from photos import SECRETS, drawn, opened, photo

KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"lossless": True}], ids=["plain", "fast", "whole"])
def test_nothing_is_left_of_position_maker_and_notes(kind: str, options: dict[str, bool]) -> None:
    taken = photo(kind, **options)
    assert opened(taken).getexif().get_ifd(0x8825)

    clean = without_metadata(taken, KINDS[kind])

    shown = opened(clean)
    assert dict(shown.getexif()) == {} and "xmp" not in shown.info
    assert not [secret for secret in SECRETS if secret in clean]
    assert shown.tobytes() == opened(taken).tobytes()
    assert shown.info["icc_profile"] == opened(taken).info["icc_profile"]
    assert without_metadata(clean, KINDS[kind]) == clean


def test_a_second_picture_in_a_photo_goes() -> None:
    """Telephones put a preview or a film behind the photo, each with its own position."""
    out = BytesIO()
    drawn((80, 60)).save(out, "MPO", save_all=True, append_images=[drawn((40, 30))])

    clean = without_metadata(out.getvalue(), "image/jpeg")

    assert opened(clean).format == "JPEG"
    assert clean.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animation_and_transparency_stay(kind: str) -> None:
    frames = [Image.new("RGBA", (20, 20), (number * 80, 0, 200, 128 + number)) for number in range(3)]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100, loop=0, comment=SECRETS[1])

    clean = without_metadata(out.getvalue(), f"image/{kind.lower()}")

    assert opened(clean).n_frames == 3
    assert SECRETS[1] not in clean


@pytest.mark.parametrize("kind", [*KINDS, "GIF"])
def test_what_ends_too_early_is_told(kind: str) -> None:
    out = BytesIO()
    drawn((80, 60)).save(out, kind)
    whole = out.getvalue()

    for end in range(12, len(whole) - 1, max(1, len(whole) // 60)):
        try:
            without_metadata(whole[:end], f"image/{kind.lower()}")
        except BrokenPicture:
            continue
        assert kind in ("WEBP", "JPEG")  # whether the pixels are all there is found out by opening it


def test_other_files_are_left_alone() -> None:
    assert without_metadata(b"%PDF-1.7", "application/pdf") == b"%PDF-1.7"
