"""Makes a picture fit a network at the moment of publishing: its kind, bytes, points, width and shape, or says why not."""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass

from PIL import Image

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library.media import Media
from advocacy.library.models import Picture
from advocacy.library.pictures import ReadyPicture, animated, frames_of, on_white, saved

_QUALITIES = (90, 82, 74, 64, 50)
_SMALLEST = 64
"""Points of the longer side below which a picture is no help to anybody."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a network takes of a picture; None where it sets no limit.

    Args:
        mimes: kinds of files.
        most_bytes: of a still picture.
        most_points: width times height.
        widths: the narrowest and the widest, in points.
        shapes: the smallest and the largest width by height.
        most_moving_bytes: of a GIF that moves; None where it does not move there.
    """

    mimes: tuple[str, ...]
    most_bytes: int | None = None
    most_points: int | None = None
    widths: tuple[int, int] | None = None
    shapes: tuple[float, float] | None = None
    most_moving_bytes: int | None = None

    @property
    def moves(self) -> bool:
        """Whether an animation stays one."""
        return self.most_moving_bytes is not None and "image/gif" in self.mimes

    def takes(self, one: ReadyPicture) -> bool:
        """Whether a picture is within every limit."""
        most = self.most_moving_bytes if one.frames > 1 else self.most_bytes
        return (
            one.mime in self.mimes
            and (one.frames == 1 or self.moves)
            and (most is None or len(one.data) <= most)
            and (self.most_points is None or one.width * one.height <= self.most_points)
            and (self.widths is None or self.widths[0] <= one.width <= self.widths[1])
            and (self.shapes is None or self.shapes[0] <= one.width / one.height <= self.shapes[1])
        )


def fitted(store: Media, picture: Picture, frame: Frame) -> ReadyPicture:
    """A picture as it goes to a network, made from its original once and then kept.

    Args:
        store: where pictures are.
        picture: which.
        frame: what the network takes.

    Raises:
        NotFound: its file is gone.
        Invalid: it cannot be made to fit; says why.
    """
    key = hashlib.sha256(f"{picture.original_name} {frame!r}".encode()).hexdigest()
    name = store.noted(key)
    if name is not None:
        return _known(*_read(store, name))
    made = fit(*_read(store, picture.original_name), frame)
    store.note(key, store.name_of(made.data, mime=made.mime))
    return made


def fit(data: bytes, mime: str, frame: Frame) -> ReadyPicture:
    """A picture that `Frame.takes`, changed as little as it can be.

    What is too tall or too wide gets white margins, so that nothing of it is cut off. An animation moves on where the
    network lets it; else its first frame goes.

    Args:
        data: a picture as `pictures` gave it: upright, without metadata, of a sane size.
        mime: its kind.
        frame: what the network takes.

    Raises:
        Invalid: it cannot be made to fit; says why.
    """
    known = _known(data, mime)
    if frame.takes(known):
        return known
    if known.frames > 1 and frame.moves:
        return _moving(data, frame)
    with Image.open(io.BytesIO(data)) as opened:
        image = opened.convert("RGBA" if opened.mode in ("RGBA", "LA", "PA", "P") else "RGB")
    image = _within(_shaped(image, frame), frame)
    keeps_lines = mime != "image/jpeg" and "image/png" in frame.mimes
    if keeps_lines:
        made = ReadyPicture(saved(image, "PNG", optimize=True), "image/png", *image.size)
        if frame.takes(made):
            return made
    while "image/jpeg" in frame.mimes and max(image.size) >= _SMALLEST:
        flat = on_white(image)
        for quality in _QUALITIES:
            data = saved(flat, "JPEG", quality=quality, optimize=True, progressive=True)
            made = ReadyPicture(data, "image/jpeg", *flat.size)
            if frame.takes(made):
                return made
        smaller = _within(image.resize((max(image.width * 3 // 4, 1), max(image.height * 3 // 4, 1))), frame)
        if smaller.size == image.size:  # the narrowest that it takes already
            break
        image = smaller
    raise Invalid("pictures", Text("This picture cannot be made small enough for the network. Choose another."))


def _moving(data: bytes, frame: Frame) -> ReadyPicture:
    with Image.open(io.BytesIO(data)) as image:
        frames, stays = frames_of(image)
    while max(frames[0].size) * 3 // 4 >= _SMALLEST:
        size = (max(frames[0].width * 3 // 4, 1), max(frames[0].height * 3 // 4, 1))
        frames = [one.resize(size) for one in frames]
        made = animated(frames, stays)
        if frame.takes(made):
            return made
    raise Invalid("pictures", Text("This moving picture is too large for the network. Use a shorter one."))


def _shaped(image: Image.Image, frame: Frame) -> Image.Image:
    """With white margins where it is too tall or too wide."""
    if frame.shapes is None:
        return image
    lowest, highest = frame.shapes
    width, height = image.size
    if width / height < lowest:
        size = (math.ceil(height * lowest), height)
    elif width / height > highest:
        size = (width, math.ceil(width / highest))
    else:
        return image
    sheet = Image.new("RGB", size, "white")
    sheet.paste(on_white(image), ((size[0] - width) // 2, (size[1] - height) // 2))
    return sheet


def _within(image: Image.Image, frame: Frame) -> Image.Image:
    """As large as the network takes it. The shape stays as near as whole points allow, and inside its limits."""
    width, height = image.size
    ratio = width / height
    if frame.most_points is not None and width * height > frame.most_points:
        width = int(math.sqrt(frame.most_points * ratio))
    if frame.widths is not None:
        width = min(max(width, frame.widths[0]), frame.widths[1])
    if width == image.width:
        return image
    height = max(round(width / ratio), 1)
    if frame.shapes is not None:
        height = min(max(height, math.ceil(width / frame.shapes[1])), int(width / frame.shapes[0]))
    if frame.most_points is not None:
        height = min(height, max(frame.most_points // width, 1))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _read(store: Media, name: str) -> tuple[bytes, str]:
    path, mime = store.find(name)
    return path.read_bytes(), mime


def _known(data: bytes, mime: str) -> ReadyPicture:
    with Image.open(io.BytesIO(data)) as image:
        return ReadyPicture(data, mime, *image.size, frames=int(getattr(image, "n_frames", 1)))
