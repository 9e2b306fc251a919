"""Films made on the spot, so that none has to lie in the repository."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

RATE = 25


def film(
    path: Path,
    *,
    seconds: float = 1,
    size: tuple[int, int] = (160, 90),
    codec: str = "libx264",
    half: str = "",
    black_until: float = 0,
    bytes_at_least: int = 0,
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """Writes a film, and gives its bytes.

    Args:
        path: its ending decides between MP4 and MOV.
        seconds: how long it plays.
        size: width and height, even numbers.
        codec: of its pictures; "" for sound alone.
        half: a colour of its left half.
        black_until: seconds that show nothing.
        bytes_at_least: filled up behind the film with room that players pass over.
        metadata: what a phone would write into it.
    """
    options = {"movflags": "use_metadata_tags"} if metadata else {}
    with av.open(str(path), "w", options=options) as made:
        made.metadata.update(metadata or {})
        if not codec:
            sound = made.add_stream("aac", rate=48000, layout="mono")
            frame = av.AudioFrame(format="s16", layout="mono", samples=4096)
            frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
            made.mux(sound.encode(frame))
            made.mux(sound.encode(None))
        else:
            video = made.add_stream(codec, rate=RATE)
            video.width, video.height = size
            video.pix_fmt = "yuv420p"
            if codec == "libx264":
                video.options = {"preset": "ultrafast", "g": "25"}
            for number in range(round(seconds * RATE)):
                dark = number < black_until * RATE
                picture = Image.new(
                    "RGB", size, "black" if dark else "black" if half else (40 + number % 160, 120, 200)
                )
                if half:
                    picture.paste(half, (0, 0, size[0] // 2, size[1]))
                made.mux(video.encode(av.VideoFrame.from_image(picture)))
            made.mux(video.encode(None))
    data = path.read_bytes()
    if len(data) + 8 < bytes_at_least:
        room = bytes_at_least - len(data)
        data += room.to_bytes(4, "big") + b"free" + bytes(room - 8)
        path.write_bytes(data)
    return data
