"""Pictures of the demo's rewards, painted here."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

SIZE = (1200, 628)
GROUNDS = {"cup": (226, 231, 250), "tree": (223, 240, 226), "sun": (253, 236, 214), "bread": (247, 232, 224)}


def paint(thing: str) -> bytes:
    """A PNG of one thing on a plain ground.

    Args:
        thing: a name in GROUNDS.
    """
    picture = Image.new("RGB", SIZE, GROUNDS[thing])
    draw = ImageDraw.Draw(picture)
    {"cup": _cup, "tree": _tree, "sun": _sun, "bread": _bread}[thing](draw)
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _cup(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse([380, 470, 840, 540], fill=(190, 198, 228))
    draw.ellipse([690, 230, 850, 410], outline=(65, 83, 216), width=38)
    draw.rounded_rectangle([420, 170, 760, 510], radius=60, fill=(65, 83, 216))
    draw.ellipse([420, 130, 760, 220], fill=(84, 58, 44))
    draw.ellipse([420, 130, 760, 220], outline=(120, 134, 236), width=14)


def _tree(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse([330, 500, 870, 580], fill=(190, 214, 192))
    draw.rectangle([575, 380, 625, 545], fill=(110, 76, 54))
    for top, wide in ((60, 150), (160, 200), (260, 250)):
        draw.polygon([(600, top), (600 - wide, top + 190), (600 + wide, top + 190)], fill=(22, 101, 72))


def _sun(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse([470, 150, 730, 410], fill=(240, 150, 60))
    draw.rectangle([0, 400, 1200, 628], fill=(70, 140, 170))
    for number in range(5):
        draw.line(
            [(380 + 30 * number, 440 + 36 * number), (820 - 30 * number, 440 + 36 * number)], (240, 190, 130), 8
        )


def _bread(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse([270, 430, 930, 560], fill=(255, 255, 255))
    draw.ellipse([270, 430, 930, 560], outline=(214, 196, 188), width=8)
    draw.pieslice([380, 210, 820, 640], 180, 360, fill=(196, 132, 72))
    draw.rectangle([380, 425, 820, 455], fill=(102, 152, 82))
    draw.rounded_rectangle([380, 452, 820, 510], radius=26, fill=(176, 112, 58))
