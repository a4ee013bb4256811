"""Pictures for tests as cameras make them: position, maker and the way up in EXIF, a note in XMP and IPTC."""

from io import BytesIO

from PIL import Image, ImageCms, ImageDraw
from PIL.TiffImagePlugin import IFDRational

#: Words that must not be found in anything that was stored.
SECRETS = (b"SERIAL-4711", b"Near the house of R. Diallo", b"GPSLatitude", b"after the end")
_XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><exif:GPSLatitude>13,30.7N</exif:GPSLatitude></x:xmpmeta>"


def exif(orientation: int = 1) -> Image.Exif:
    """EXIF with a position in Niger and the serial number of a camera."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = "Near the house of R. Diallo"
    data[0xA431] = "SERIAL-4711"
    position = data.get_ifd(0x8825)
    position.update({1: "N", 2: (IFDRational(13), IFDRational(30), IFDRational(42)), 3: "E", 4: (2.0, 7.0, 30.0)})
    return data


def photo(kind: str = "JPEG", size: tuple[int, int] = (400, 300), orientation: int = 1, **options: object) -> bytes:
    """A photo: red in its upper left quarter as the camera held it, soft colours elsewhere."""
    picture = drawn(size)
    out = BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    given: dict[str, object] = {"exif": exif(orientation), "icc_profile": profile}
    if kind in ("JPEG", "WEBP"):
        given["xmp"] = _XMP
    if kind == "JPEG":
        given |= {"comment": "Near the house of R. Diallo", "quality": 90}
    picture.save(out, kind, **{**given, **options})
    return out.getvalue() + (b"after the end" if kind != "WEBP" else b"")


def drawn(size: tuple[int, int]) -> Image.Image:
    width, height = size
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2, height // 2), fill=(220, 20, 20))
    return picture


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def is_red(picture: Image.Image, x: float, y: float) -> bool:
    """Whether the picture is red at this part of its width and height."""
    red, green, blue = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    return red > 180 and green < 80 and blue < 80
