"""Pictures from outside: what is kept of them, what is refused, and what an attacker gains."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from advocacy.base.errors import Invalid
from advocacy.library import pictures

PROJECT = Path(__file__).parents[2]
GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def drawn(width: int = 40, height: int = 20, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), (220, 20, 20))
    image.paste((20, 20, 220), (width // 2, 0, width, height))
    return image.convert(mode)


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """What packs badly, the same each time."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), Random(1).randbytes(width * height * channels))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(ready: pictures.ReadyPicture) -> Image.Image:
    image = Image.open(io.BytesIO(ready.data))
    image.load()
    assert Image.MIME[image.format or ""] == ready.mime
    assert image.size == (ready.width, ready.height)
    return image


def is_reddish(point: object) -> bool:
    assert isinstance(point, tuple)
    return bool(point[0] > 150 and point[2] < 100)


@pytest.mark.parametrize(
    ("kind", "mode", "mime"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "RGB", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "1", "image/png"),
        ("PNG", "LA", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("WEBP", "RGB", "image/jpeg"),
        ("GIF", "P", "image/png"),
    ],
)
def test_every_usual_kind_becomes_one_that_all_networks_take(kind: str, mode: str, mime: str) -> None:
    image = Image.new("I;16", (40, 20), 40_000) if mode == "I;16" else drawn(mode=mode)
    ready = pictures.prepare(saved(image, kind))
    assert ready.mime == mime
    assert opened(ready).mode == "RGB"


def test_colours_stay_what_they_were() -> None:
    for mode in ("RGB", "CMYK"):
        image = opened(pictures.prepare(saved(drawn(mode=mode), "JPEG", quality=95)))
        assert is_reddish(image.getpixel((3, 10)))
        assert not is_reddish(image.getpixel((36, 10)))
    grey = opened(pictures.prepare(saved(Image.new("I;16", (9, 9), 40_000), "PNG")))
    assert grey.getpixel((4, 4)) == (156, 156, 156)


def test_transparency_stays_in_a_drawing_and_lies_on_white_in_a_thumb() -> None:
    image = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    ready = pictures.prepare(saved(image, "PNG"))
    assert opened(ready).mode == "RGBA"
    assert opened(pictures.thumb(ready.data)).getpixel((5, 5)) == (255, 255, 255)
    assert opened(pictures.prepare(saved(image, "WEBP", lossless=True))).mode == "RGBA"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_is_set_upright(orientation: int) -> None:
    image, exif = drawn(40, 20), Image.Exif()
    exif[ORIENTATION] = orientation
    ready = opened(pictures.prepare(saved(image, "JPEG", exif=exif, quality=95)))
    is_on_its_side = orientation >= 5
    assert ready.size == ((20, 40) if is_on_its_side else (40, 20))
    red_at = {1: (3, 10), 2: (36, 10), 3: (36, 10), 4: (3, 10), 5: (10, 3), 6: (10, 3), 7: (10, 36), 8: (10, 36)}
    assert is_reddish(ready.getpixel(red_at[orientation]))
    assert ORIENTATION not in ready.getexif()


def test_nothing_hidden_stays_in_the_file() -> None:
    exif = Image.Exif()
    exif[MAKER] = "SECRET-camera"
    exif.get_ifd(GPS)[1] = "SECRET-N"
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "SECRET-text")
    info.add_itxt("XML:com.adobe.xmp", "SECRET-xmp", zip=True)
    for data in (
        saved(drawn(), "JPEG", exif=exif, comment=b"SECRET-comment", xmp=b"SECRET-xmp") + b"<script>SECRET</script>",
        saved(drawn(), "PNG", exif=exif, pnginfo=info) + b"PK\x03\x04SECRET",
        saved(drawn(), "WEBP", exif=exif, xmp=b"SECRET-xmp"),
        saved(drawn(), "GIF", comment=b"SECRET-comment"),
    ):
        for ready in (pictures.prepare(data), pictures.thumb(data)):
            assert b"SECRET" not in ready.data
            assert b"script" not in ready.data
            image = opened(ready)
            assert not image.getexif()
            assert not {"comment", "xmp", "icc_profile", "Comment", "XML:com.adobe.xmp"} & set(image.info)


def test_a_colour_profile_is_followed_and_not_kept() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"no profile at all"):
        ready = opened(pictures.prepare(saved(drawn(), "JPEG", icc_profile=profile, quality=95)))
        assert "icc_profile" not in ready.info
        assert is_reddish(ready.getpixel((3, 10)))


def test_a_large_photograph_is_made_smaller_and_a_small_one_left_alone() -> None:
    assert opened(pictures.prepare(saved(drawn(4000, 1000), "JPEG"))).size == (1600, 400)
    assert opened(pictures.prepare(saved(drawn(1000, 5000), "PNG"))).size == (320, 1600)
    assert opened(pictures.prepare(saved(drawn(30, 20), "JPEG"))).size == (30, 20)
    assert opened(pictures.prepare(saved(drawn(40_000, 4), "PNG"))).size == (1600, 1)


def test_of_an_animation_the_first_frame_is_taken_and_it_is_said() -> None:
    for kind in ("GIF", "WEBP", "PNG"):
        frames = [Image.new("RGB", (20, 20), "white") for _ in range(3)]
        data = saved(drawn(20, 20), kind, save_all=True, append_images=frames, duration=100)
        ready = pictures.prepare(data)
        assert ready.was_animated
        assert is_reddish(opened(ready).convert("RGB").getpixel((3, 10)))
    assert not pictures.prepare(saved(drawn(), "GIF")).was_animated


def test_a_photograph_kept_as_png_becomes_jpeg() -> None:
    ready = pictures.prepare(saved(noise(1200, 900), "PNG"))
    assert ready.mime == "image/jpeg"


@pytest.mark.parametrize("max_bytes", [900_000, 100_000, 20_000, 3_000])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_thumb_is_never_larger_than_asked(max_bytes: int, mode: str) -> None:
    thumb = pictures.thumb(saved(noise(1600, 700, mode), "PNG"), max_bytes=max_bytes)
    assert len(thumb.data) <= max_bytes
    assert opened(thumb).mode == "RGB"
    assert thumb.width <= 1200
    if max_bytes == 900_000:
        assert thumb.width == 1200


REFUSED = {
    "nothing": (b"", "no picture"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "no picture"),
    "a drawing": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
    "avif": (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00", "HEIC and AVIF"),
    "a bitmap": (saved(drawn(), "BMP"), "no picture that can be used"),
    "a fax": (saved(drawn(), "TIFF"), "no picture that can be used"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
    "half a jpeg": (saved(noise(300, 300), "JPEG")[:9000], "damaged"),
    "half a png": (saved(noise(300, 300), "PNG")[:9000], "damaged"),
    "a dot": (saved(drawn(1, 1), "PNG"), "too small"),
    "a heavy file": (saved(drawn(), "JPEG") + bytes(20_000_001), "up to 20 MB"),
    "many scans": (saved(drawn(), "JPEG")[:-2] + b"\xff\xda" * 300, "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_good_picture_is_refused_in_plain_words(name: str) -> None:
    data, words = REFUSED[name]
    for make in (pictures.prepare, pictures.thumb):
        with pytest.raises(Invalid, match=words) as refused:
            make(data)
        assert refused.value.field == "picture"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, bits: int, colour: int, rows: int | None = None) -> bytes:
    """A real PNG, all black, packed without ever being whole in memory; or one that breaks off after `rows`."""
    channels = {0: 1, 6: 4}[colour]
    row = bytes(1 + width * bits * channels // 8)
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(row) for _ in range(rows or height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def resized_on_paper(data: bytes, marker: bytes, at: int) -> bytes:
    """A small picture whose head claims 30,000 x 30,000."""
    start = data.index(marker) + at
    return data[:start] + struct.pack(">HH", 30_000, 30_000) + data[start + 4 :]


def gif_with_a_huge_frame() -> bytes:
    data = bytearray(saved(drawn(), "GIF"))
    frame = data.index(b"\x2c")
    data[frame + 5 : frame + 9] = struct.pack("<HH", 60_000, 60_000)
    return bytes(data)


def webp_that_claims_to_be_large() -> bytes:
    data = bytearray(saved(drawn(), "WEBP", lossless=True))
    at = data.index(b"VP8L") + 9  # after the length and the signature byte: 14 bits of width, 14 of height
    data[at : at + 4] = struct.pack("<I", 16_382 | 16_382 << 14)
    return bytes(data)


BOMBS: dict[str, Callable[[], bytes]] = {
    "png of 30,000 x 30,000": lambda: png(30_000, 30_000, 1, 0),
    "png of 30,000 x 30,000 in colour": lambda: png(30_000, 30_000, 8, 6, rows=100),
    "png of 13,000 x 13,000": lambda: png(13_000, 13_000, 1, 0),
    "png of 8,000 x 8,000": lambda: png(8_000, 8_000, 1, 0),
    "jpeg that claims 30,000 x 30,000": lambda: resized_on_paper(saved(drawn(), "JPEG"), b"\xff\xc0", 5),
    "gif with a frame of 60,000 x 60,000": gif_with_a_huge_frame,
    "webp that claims 16,383 x 16,383": webp_that_claims_to_be_large,
}
IN_A_CELL = """
import resource, sys, warnings
from advocacy.base.errors import Invalid
from advocacy.library import pictures
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
warnings.simplefilter("ignore")
try:
    ready = pictures.prepare(data)
    print("taken", ready.width, ready.height)
except Invalid as refused:
    print("refused", refused)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def in_a_cell(data: bytes) -> tuple[str, int]:
    """What became of a picture, and how many kilobytes that took at most."""
    cell = subprocess.run([sys.executable, "-c", IN_A_CELL], input=data, capture_output=True, cwd=PROJECT)
    assert cell.returncode == 0, cell.stderr.decode()[-800:]
    said, kilobytes = cell.stdout.decode().strip().split("\n")
    return said, int(kilobytes)


@pytest.mark.parametrize("name", BOMBS)
def test_a_giant_is_refused_before_it_is_unpacked(name: str) -> None:
    bomb = BOMBS[name]()
    assert len(bomb) < pictures.MOST_BYTES
    said, kilobytes = in_a_cell(bomb)
    assert said.startswith("refused This picture is too large")
    assert kilobytes < 30_000


def test_the_largest_that_is_taken_stays_within_its_memory() -> None:
    said, kilobytes = in_a_cell(png(7_000, 7_000, 8, 6))
    assert said == "taken 1600 1600"
    assert kilobytes < 600_000


def test_a_png_whose_text_unpacks_to_a_gigabyte_costs_nothing() -> None:
    packer = zlib.compressobj(9)
    text = b"".join(packer.compress(bytes(10**6)) for _ in range(500)) + packer.flush()
    data = saved(drawn(), "PNG")
    said, kilobytes = in_a_cell(data[:33] + chunk(b"zTXt", b"k\0\0" + text) + data[33:])
    assert said.startswith(("refused", "taken 40 20"))
    assert kilobytes < 100_000


SEEDS = [saved(drawn(), kind) for kind in ("JPEG", "PNG", "GIF", "WEBP")]


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8))
@pytest.mark.filterwarnings("ignore")
def test_no_damage_does_more_than_a_refusal(seed: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(seed)
    for at, value in changes:
        data[at % len(data)] = value
    try:
        ready = pictures.prepare(bytes(data))
    except Invalid:
        return
    assert max(ready.width, ready.height) <= pictures.LONGEST_SIDE
