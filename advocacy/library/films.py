"""Makes films from outside safe to keep and to send on: looked at, freed of hidden data, with a still of them.

From file to file, never whole in memory. What is kept is a new MP4 that holds the pictures and the sound exactly as they
came, and nothing else that was in the file: no place, no camera, no date, no track of positions, no chapters, no second
sound track. Its index stands at the front, so that it plays before all of it has arrived.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageStat

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library import pictures
from advocacy.library.pictures import ReadyPicture

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

ACCEPT = "video/mp4,video/quicktime"
MIME = "video/mp4"
LONGEST_SIDE = 4096
"""Pixels; 4K passes."""
SMALLEST_SIDE = 16
MOST_SECONDS = 60 * 60
_MOST_PACKETS = 2_000_000
"""An hour of 120 pictures a second and its sound is less than half of it."""
_ENDS_EARLY = 0.9
"""Of the length that the file claims, as much must be there."""
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip")
_DARK = 24
"""Mean brightness, of 255, up to which a still shows nothing."""
_MOST_FRAMES = 300
"""Looked at for one still."""
_OPENING = {"protocol_whitelist": "file", "enable_drefs": "0"}
"""No film leads the reader to another file or address."""


@dataclass(frozen=True, slots=True)
class ReadyFilm:
    """A film that may be kept and shown.

    Args:
        seconds: how long it plays, counted, not claimed.
        width: pixels, as it is shown.
        height: likewise.
        poster: a still of it.
    """

    seconds: float
    width: int
    height: int
    poster: ReadyPicture = field(repr=False)


def prepare(source: Path, target: Path) -> ReadyFilm:
    """Looks at a film and writes one without hidden data; nothing is encoded anew, so it looks and sounds the same.

    Args:
        source: a file that somebody gave.
        target: where the film to keep is written, as `MIME`; what stands there after an error is of no use.

    Raises:
        Invalid: on field `film`: it is no film of a kind we take, it is too long or too large to be shown, or damaged.
    """
    import av  # the libraries of FFmpeg, which only whoever takes in a film needs

    _check_kind(source)
    try:
        # The reader is named: no other, such as that of playlists, may take the file for its own.
        with av.open(str(source), format="mov", options=_OPENING) as film:
            video = _judged(film)
            seconds = _rewritten(film, target)
        with av.open(str(target), format="mov", options=_OPENING) as film:
            film.streams.video[0].codec_context.thread_count = 1
            still, turned = _still(film, seconds)
    except (av.FFmpegError, EOFError, ValueError, OverflowError, MemoryError) as error:
        raise _damaged() from error
    width, height = video if not turned else video[::-1]
    out = io.BytesIO()
    still.resize((width, height)).save(out, "JPEG", quality=92)
    return ReadyFilm(seconds, width, height, pictures.prepare(out.getvalue(), field="film"))


def _check_kind(source: Path) -> None:
    with source.open("rb") as file:
        start = file.read(12)
    kind = start[4:8]
    if kind != b"ftyp" and kind not in _OLD_QUICKTIME:
        raise Invalid("film", Text("This is no film that can be used. Save it as MP4 (H.264) and try again."))
    if kind == b"ftyp" and start[8:12] in (b"heic", b"heix", b"mif1", b"avif", b"M4A "):
        raise _no_pictures()


def _judged(film: InputContainer) -> tuple[int, int]:
    """How large the film is shown, before turning."""
    video = _moving(film)
    codec = video.codec_context.name if video.codec_context else ""
    if codec not in ("h264", "hevc"):
        raise Invalid(
            "film",
            Text(
                "The pictures of this film are stored as {codec}, which networks and browsers do not take. "
                "Save it as MP4 (H.264) and try again.",
                codec=codec or "?",
            ),
        )
    sound = film.streams.audio[0].codec_context if film.streams.audio else None
    if sound is not None and sound.name not in ("aac", "mp3", "mp3float"):
        raise Invalid(
            "film",
            Text(
                "The sound of this film is stored as {codec}, which networks and browsers do not take. "
                "Save it as MP4 (H.264) with AAC sound and try again.",
                codec=sound.name,
            ),
        )
    ratio = video.sample_aspect_ratio or Fraction(1)
    width, height = round(video.width * ratio), video.height
    if max(width, video.width, height) > LONGEST_SIDE or min(width, height) < SMALLEST_SIDE:
        raise Invalid(
            "film",
            Text(
                "This film's pictures are {width} × {height} in size. Give one of {least} to {most} on each side.",
                width=width,
                height=height,
                least=SMALLEST_SIDE,
                most=LONGEST_SIDE,
            ),
        )
    return width, height


def _moving(film: InputContainer) -> VideoStream:
    """The film's pictures; a cover that stands still is none."""
    from av.stream import Disposition

    for one in film.streams.video:
        if not one.disposition & Disposition.attached_pic:
            return one
    raise _no_pictures()


def _rewritten(film: InputContainer, target: Path) -> float:
    """Copies pictures and sound into a new file, and counts how long they last."""
    import av

    video = _moving(film)
    chosen = [video, *film.streams.audio[:1]]
    claimed = float(video.duration * video.time_base) if video.duration and video.time_base else 0.0
    first, last = float("inf"), 0.0
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as kept:
        made = {one.index: kept.add_stream_from_template(one, opaque=True) for one in chosen}
        if video.codec_context.name == "hevc":
            made[
                video.index
            ].codec_context.codec_tag = "hvc1"  # by the other name, hev1, Apple's players show nothing
        kept.metadata.clear()
        for stream in made.values():
            stream.metadata.clear()
        for count, packet in enumerate(film.demux(chosen)):
            if packet.dts is None:
                continue  # the reader's sign that a stream has ended
            if packet.is_corrupt or count > _MOST_PACKETS:
                raise _damaged()
            if packet.stream_index == video.index and packet.pts is not None and packet.time_base is not None:
                first = min(first, float(packet.pts * packet.time_base))
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                if last - first > MOST_SECONDS:
                    raise Invalid(
                        "film",
                        Text(
                            "This film is too long. Give one of up to {minutes} minutes.", minutes=MOST_SECONDS // 60
                        ),
                    )
            packet.stream = made[packet.stream_index]
            kept.mux(packet)
    seconds = last - first
    if seconds <= 0 or seconds < claimed * _ENDS_EARLY:
        raise _damaged()
    return round(seconds, 3)


def _still(film: InputContainer, seconds: float) -> tuple[Image.Image, bool]:
    """A picture from near the start that shows something, upright, and whether it was turned onto its side."""
    best: tuple[float, Image.Image, bool] | None = None
    for at in (min(1.0, seconds * 0.1), min(1.0, seconds / 2), seconds * 0.25, seconds * 0.5):
        for frame in _frames(film, at):
            turned = frame.rotation % 360
            image = _drawn(frame).rotate(turned, expand=True)
            light = ImageStat.Stat(image.convert("L")).mean[0]
            if best is None or light > best[0]:
                best = light, image, turned % 180 != 0
        if best is not None and best[0] > _DARK:
            break
    if best is None:
        raise _damaged()
    return best[1:]


def _drawn(frame: av.VideoFrame) -> Image.Image:
    points = frame.reformat(format="rgb24")
    plane = points.planes[0]
    return Image.frombytes("RGB", (points.width, points.height), bytes(plane), "raw", "RGB", plane.line_size)


def _frames(film: InputContainer, at: float) -> Iterator[av.VideoFrame]:
    """The frame that is shown at a moment, in seconds; none when it cannot be read."""
    video = film.streams.video[0]
    film.seek(int(at * 1_000_000))
    for count, frame in enumerate(film.decode(video)):
        if count >= _MOST_FRAMES or frame.time is None or frame.time >= at - 0.001:
            yield frame
            return


def _no_pictures() -> Invalid:
    return Invalid("film", Text("There are no moving pictures in this file. Choose the film itself."))


def _damaged() -> Invalid:
    return Invalid(
        "film", Text("This film's file is damaged or not complete. Save it anew as MP4 (H.264) and try again.")
    )
