"""Pictures for the demo, painted here, so that nobody's photograph is needed."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

SIZE = (1200, 628)
SKIES = {
    "wind": ((18, 52, 96), (250, 190, 130)),
    "desk": ((62, 54, 96), (236, 214, 190)),
    "tower": ((30, 84, 120), (196, 224, 238)),
    "hall": ((88, 40, 92), (246, 204, 176)),
    "forest": ((28, 78, 74), (226, 236, 210)),
    "boat": ((14, 60, 92), (170, 214, 224)),
    "battery": ((44, 60, 120), (220, 226, 246)),
    "vessel": ((24, 70, 110), (248, 220, 180)),
}


def paint(scene: str) -> bytes:
    """A PNG of the size that link cards have.

    Args:
        scene: a name in SKIES; it decides colours and shapes, and always gives the same picture.
    """
    chance = random.Random(scene)  # noqa: S311 - a picture, not a secret
    top, bottom = SKIES[scene]
    width, height = SIZE
    picture = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        part = min(1.0, y / (height * 0.7))
        shade = tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        draw.line([(0, y), (width, y)], fill=shade)
    draw.ellipse([820, 250, 980, 410], fill=(255, 226, 178))
    ground = tuple(max(0, round(value * 0.55)) for value in top)
    for layer in range(3):
        base = height * (0.62 + 0.12 * layer)
        tone = tuple(min(255, value + 26 - 12 * layer) for value in ground)
        points = [(0.0, float(height)), (0.0, base)]
        points += [(x, base + chance.uniform(-34, 20)) for x in range(80, width, 140)]
        points += [(float(width), base), (float(width), float(height))]
        draw.polygon(points, fill=tone)
    if scene in ("wind", "tower", "boat", "vessel"):
        for x, tall in ((220, 300), (430, 380), (690, 260)):
            _turbine(draw, x, 430, tall, chance)
    elif scene in ("hall", "desk", "battery"):
        for number in range(9):
            left = 60 + number * 125
            tall = chance.randint(80, 230)
            draw.rounded_rectangle([left, 500 - tall, left + 86, 560], radius=16, fill=(255, 255, 255, 20))
            draw.ellipse([left + 22, 460 - tall, left + 64, 502 - tall], fill=(248, 204, 168))
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _turbine(draw: ImageDraw.ImageDraw, x: int, foot: int, tall: int, chance: random.Random) -> None:
    white = (244, 247, 250)
    hub = foot - tall
    draw.polygon([(x - 7, foot), (x + 7, foot), (x + 3, hub), (x - 3, hub)], fill=white)
    turn = chance.uniform(-20, 20)
    for angle in (90, 210, 330):
        box = [x - tall * 0.42, hub - tall * 0.42, x + tall * 0.42, hub + tall * 0.42]
        draw.pieslice(box, angle + turn - 3, angle + turn + 3, fill=white)
    draw.ellipse([x - 9, hub - 9, x + 9, hub + 9], fill=white)
