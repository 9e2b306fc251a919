"""A film for the demo, made here, so that none lies in the repository."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from advocacy.demo import pictures

SIZE = (640, 336)
SECONDS = 6
RATE = 12


def shoot(scene: str, target: Path) -> None:
    """Writes a film that goes slowly along a painted scene.

    Args:
        scene: as for `pictures.paint`.
        target: ends in `.mp4`.
    """
    import av  # the libraries of FFmpeg: every command would load them, and this one alone needs them

    with Image.open(io.BytesIO(pictures.paint(scene))) as painted:
        wide = painted.convert("RGB").resize((SIZE[0] * 5 // 4, SIZE[1] * 5 // 4))
    with av.open(str(target), "w") as film:
        video = film.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "30"})
        video.width, video.height = SIZE
        video.pix_fmt = "yuv420p"
        last = SECONDS * RATE - 1
        for number in range(last + 1):
            left = (wide.width - SIZE[0]) * number // last
            top = (wide.height - SIZE[1]) // 2
            view = wide.crop((left, top, left + SIZE[0], top + SIZE[1]))
            film.mux(video.encode(av.VideoFrame.from_bytes(view.convert("RGBA").tobytes(), *SIZE)))
        film.mux(video.encode(None))
