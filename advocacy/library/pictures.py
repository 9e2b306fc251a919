"""Makes pictures from outside safe to keep and to send on: checked, upright, without hidden data, of a sane size.

Pure: bytes in, bytes out. What leaves here was drawn anew from the picture's points, so nothing else that was in
the file is left: no place, no camera, no preview, no script behind the end.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field

from PIL import Image, ImageCms, ImageOps, ImageSequence

from advocacy.base.errors import Invalid
from advocacy.base.text import Text

KINDS = ("image/", "application/octet-stream", "binary/octet-stream")
"""Content types to expect of a picture; see `Fetcher.get`. What it is, is told by its bytes."""
ACCEPT = "image/jpeg, image/png, image/webp, image/gif;q=0.8, */*;q=0.1"

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
MOST_BYTES = 20_000_000
MOST_POINTS = 50_000_000
"""Width times height: a camera's 48 megapixels pass. Decoded, that is at most 200 MB, and less for photographs."""
LONGEST_SIDE = 1600
THUMB_BYTES = 900_000
"""Below the 1,000,000 bytes that Bluesky takes for the picture of a card (networks.md, 4.4)."""
THUMB_SIDE = 1200
SMALLEST_SIDE = 2
ORIGINAL_SIDE = 4096
"""What networks get theirs from: the largest that any of them shows."""
MOST_FRAMES = 250
"""LinkedIn takes no more (networks.md, 1.6)."""
MOST_MOVING_POINTS = 150_000_000
"""Of all frames together: what moves is decoded and drawn anew frame by frame."""

_UNREADABLE = (
    OSError, ValueError, SyntaxError, IndexError, EOFError, KeyError, TypeError, OverflowError, struct.error,
)  # fmt: skip
"""What Pillow raises for files that are damaged on purpose or by chance."""
_MOST_SCANS = 200
_PNG_AS_IS = 600_000
"""Bytes up to which a drawing without transparency stays PNG; above, it is a photograph in the wrong format."""
_PNG_SEE_THROUGH = 2_000_000
"""Bytes up to which transparency is kept; above, the picture is laid on white."""


@dataclass(frozen=True, slots=True)
class ReadyPicture:
    """A picture that may be kept and shown."""

    data: bytes = field(repr=False)
    mime: str
    """image/jpeg or image/png: what every network takes."""
    width: int
    height: int
    was_animated: bool = False
    """Whether only the first of several frames was taken."""
    frames: int = 1


def prepare(data: bytes, *, field: str = "picture") -> ReadyPicture:
    """A picture made safe, at most `LONGEST_SIDE` on either side, in sRGB.

    Args:
        data: a file that somebody gave or a site served.
        field: where to show what is wrong.

    Raises:
        Invalid: it is no picture of a kind we take, it is too large, or it is damaged.
    """
    image, was_animated = _opened(data, field)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return _encoded(image, was_animated, is_drawing=_is_drawing(data))


def original(data: bytes, *, field: str = "picture") -> ReadyPicture | None:
    """What networks get theirs from, where it is more than `prepare` gives: larger, or a GIF with all its frames.

    Drawn anew like that one, so that nothing hidden is left in it either. A GIF that has too many frames stands still.

    Args:
        data: as for `prepare`, which took it.
        field: likewise.

    Raises:
        Invalid: as `prepare`.
    """
    moving = _moving(data)
    if moving is not None:
        return moving
    image, was_animated = _opened(data, field, side=ORIGINAL_SIDE)
    if max(image.size) <= LONGEST_SIDE:
        return None
    image.thumbnail((ORIGINAL_SIDE, ORIGINAL_SIDE), Image.Resampling.LANCZOS)
    return _encoded(image, was_animated, is_drawing=_is_drawing(data), quality=92)


def _moving(data: bytes) -> ReadyPicture | None:
    """A GIF with all its frames and how long each stays, and nothing else that was in the file."""
    if data[:4] != b"GIF8":
        return None
    try:
        with Image.open(io.BytesIO(data), formats=("GIF",)) as image:
            count, (width, height) = getattr(image, "n_frames", 1), image.size
            if count < 2 or count > MOST_FRAMES or count * width * height > MOST_MOVING_POINTS:
                return None
            return animated(*frames_of(image))
    except _UNREADABLE:
        return None  # the first frame was readable: it stands for the rest


def frames_of(image: Image.Image) -> tuple[list[Image.Image], list[int]]:
    """The frames of an animation, each whole, and how many milliseconds each stays."""
    frames, stays = [], []
    for frame in ImageSequence.Iterator(image):
        frames.append(frame.convert("RGBA"))
        stays.append(int(frame.info.get("duration") or 100))
    return frames, stays


def animated(frames: list[Image.Image], stays: list[int]) -> ReadyPicture:
    """A GIF of these frames that goes round for ever."""
    out = io.BytesIO()
    first, *rest = [frame.convert("P", palette=Image.Palette.ADAPTIVE) for frame in (on_white(one) for one in frames)]
    first.save(out, "GIF", save_all=True, append_images=rest, duration=stays, loop=0, disposal=1, optimize=False)
    with Image.open(io.BytesIO(out.getvalue())) as made:
        count = int(getattr(made, "n_frames", 1))  # frames that are alike are laid together
    return ReadyPicture(out.getvalue(), "image/gif", first.width, first.height, frames=count)


def thumb(data: bytes, *, max_bytes: int = THUMB_BYTES, longest_side: int = THUMB_SIDE) -> ReadyPicture:
    """A JPEG of a picture that is sure to be small enough for a network.

    Args:
        data: a picture, as `prepare` gave it or as it came.
        max_bytes: at least 3,000.
        longest_side: in points.

    Raises:
        Invalid: as `prepare`.
    """
    image, was_animated = _opened(data, "picture")
    side = longest_side
    while True:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        flat = on_white(image)
        for quality in (85, 75, 60, 45):
            made = saved(flat, "JPEG", quality=quality, optimize=True, progressive=True)
            if len(made) <= max_bytes or side <= SMALLEST_SIDE:
                return ReadyPicture(made, "image/jpeg", flat.width, flat.height, was_animated)
        side = max(min(side, max(image.size)) * 3 // 4, SMALLEST_SIDE)


def _opened(data: bytes, field: str, side: int = LONGEST_SIDE) -> tuple[Image.Image, bool]:
    """The first frame, upright, in sRGB with or without transparency."""
    if len(data) > MOST_BYTES:
        raise Invalid(
            field,
            Text(
                "This picture's file is too large. Give one of up to {megabytes} MB.", megabytes=MOST_BYTES // 10**6
            ),
        )
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        was_animated = bool(getattr(image, "is_animated", False))
    except (*_UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _not_ours(data, field, error) from error
    _judge(image, data, field)
    try:
        # Photographs can be decoded at half their size and less, which saves the memory for the rest.
        image.draft("RGB", (side, side))
        image.load()
        upright = ImageOps.exif_transpose(image)
    except _UNREADABLE as error:
        raise Invalid(field, Text("This picture's file is damaged. Save it anew and try again.")) from error
    return _in_srgb(upright), was_animated


def _judge(image: Image.Image, data: bytes, field: str) -> None:
    width, height = image.size
    if width * height > MOST_POINTS:
        raise Invalid(
            field,
            Text(
                "This picture is too large ({width} × {height}). Give one of up to {megapixels} megapixels.",
                width=width,
                height=height,
                megapixels=MOST_POINTS // 10**6,
            ),
        )
    if min(width, height) < SMALLEST_SIDE:
        raise Invalid(
            field, Text("This picture is too small to be seen ({width} × {height}).", width=width, height=height)
        )
    # A progressive JPEG of many tiny scans makes the decoder walk the whole picture for each of them.
    if image.format == "JPEG" and data.count(b"\xff\xda") > _MOST_SCANS:
        raise Invalid(field, Text("This picture's file is damaged. Save it anew and try again."))


def _not_ours(data: bytes, field: str, error: Exception) -> Invalid:
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        megapixels = MOST_POINTS // 10**6
        return Invalid(
            field,
            Text("This picture is too large. Give one of up to {megapixels} megapixels.", megapixels=megapixels),
        )
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return Invalid(field, Text("HEIC and AVIF pictures cannot be used. Save it as JPEG or PNG and try again."))
    if b"<svg" in data[:1000].lower():
        return Invalid(field, Text("SVG drawings cannot be used. Save it as PNG and try again."))
    return Invalid(field, Text("This is no picture that can be used. JPEG, PNG, WebP and GIF can."))


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours as they were meant, without the profile that says how: networks drop it."""
    if image.mode.startswith("I;16"):
        image = image.convert("I").point([value >> 8 for value in range(65536)], "L")
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode
            )
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile: the plain colours are the best there is
    return image.convert("RGBA" if has_alpha else "RGB")


def _is_drawing(data: bytes) -> bool:
    return data[:8] == b"\x89PNG\r\n\x1a\n" or data[:4] == b"GIF8"


def _encoded(image: Image.Image, was_animated: bool, *, is_drawing: bool, quality: int = 85) -> ReadyPicture:
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    if image.mode == "RGBA" or is_drawing:
        made = saved(image, "PNG", optimize=True)
        if len(made) <= (_PNG_SEE_THROUGH if image.mode == "RGBA" else _PNG_AS_IS):
            return ReadyPicture(made, "image/png", image.width, image.height, was_animated)
    made = saved(on_white(image), "JPEG", quality=quality, optimize=True, progressive=True)
    return ReadyPicture(made, "image/jpeg", image.width, image.height, was_animated)


def on_white(image: Image.Image) -> Image.Image:
    """The picture without transparency."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def saved(image: Image.Image, kind: str, **options: bool | int) -> bytes:
    """The picture's points in a fresh file: what else the image carries (EXIF, XMP, comments) is left behind."""
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    out = io.BytesIO()
    bare.save(out, kind, **options)
    return out.getvalue()
