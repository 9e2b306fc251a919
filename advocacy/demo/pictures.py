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

CLOTHES = ((65, 83, 216), (15, 118, 110), (180, 83, 9), (190, 24, 93), (109, 40, 217), (51, 60, 80), (229, 231, 240))
SKINS = ((248, 214, 184), (224, 172, 132), (176, 122, 86), (120, 80, 58))
HAIR = ((54, 38, 30), (26, 24, 28), (150, 96, 44), (204, 164, 92), (120, 120, 128))


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
        for number in range(7):
            _person(draw, 130 + number * 158 + chance.randint(-18, 18), 628, chance)
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _person(draw: ImageDraw.ImageDraw, middle: int, foot: int, chance: random.Random) -> None:
    """Head, hair and shoulders, from behind a table as it were."""
    wide, tall = chance.randint(54, 66), chance.randint(150, 230)
    cloth, skin, hair = chance.choice(CLOTHES), chance.choice(SKINS), chance.choice(HAIR)
    draw.rounded_rectangle([middle - wide, foot - tall, middle + wide, foot + 80], radius=wide, fill=cloth)
    draw.rectangle([middle - 13, foot - tall - 16, middle + 13, foot - tall + 14], fill=skin)
    top = foot - tall - 92
    draw.ellipse([middle - 40, top - 8, middle + 40, top + 76], fill=hair)
    draw.ellipse([middle - 33, top + 4, middle + 33, top + 86], fill=skin)


def _turbine(draw: ImageDraw.ImageDraw, x: int, foot: int, tall: int, chance: random.Random) -> None:
    white = (244, 247, 250)
    hub = foot - tall
    draw.polygon([(x - 7, foot), (x + 7, foot), (x + 3, hub), (x - 3, hub)], fill=white)
    turn = chance.uniform(-20, 20)
    for angle in (90, 210, 330):
        box = [x - tall * 0.42, hub - tall * 0.42, x + tall * 0.42, hub + tall * 0.42]
        draw.pieslice(box, angle + turn - 2.5, angle + turn + 2.5, fill=white)
    draw.ellipse([x - 9, hub - 9, x + 9, hub + 9], fill=white)
