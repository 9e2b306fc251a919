"""A picture is made to fit each network, or it is said why not; nothing hidden goes along."""

from __future__ import annotations

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from advocacy.base.errors import Invalid
from advocacy.library import pictures
from advocacy.library.fitting import Frame, fit

ALL = ("image/jpeg", "image/png", "image/gif", "image/webp")


def drawn(kind: str, width: int, height: int, **options: object) -> bytes:
    """A picture full of noise, which is hard to make small."""
    out = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def moving(frames: int = 3, size: int = 200) -> bytes:
    out = io.BytesIO()
    made = [Image.new("RGB", (size, size), (80 * number, 20, 90)) for number in range(frames)]
    made[0].save(out, "GIF", save_all=True, append_images=made[1:], duration=120, comment=b"where it was made")
    return out.getvalue()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["JPEG", "PNG"]),
    width=st.integers(2, 420),
    height=st.integers(2, 420),
    most_bytes=st.none() | st.integers(900, 60_000),
    most_points=st.none() | st.integers(400, 90_000),
    widths=st.none() | st.tuples(st.integers(20, 100), st.integers(100, 300)),
    shapes=st.none() | st.just((0.8, 1.91)) | st.just((0.1, 10.0)),
    mimes=st.sampled_from([ALL, ("image/jpeg",), ("image/jpeg", "image/png")]),
)
def test_what_comes_out_is_within_every_limit_or_is_refused_in_words(
    kind, width, height, most_bytes, most_points, widths, shapes, mimes
):
    frame = Frame(mimes, most_bytes, most_points, widths, shapes)
    try:
        made = fit(drawn(kind, width, height), f"image/{kind.lower()}", frame)
    except Invalid as refused:
        said, made = str(refused.text.template), None
    if made is None:
        assert said.startswith("This picture cannot be made small enough")
        return
    # Held against each limit by itself: what the frame says of its own work proves nothing.
    assert made.mime in mimes
    assert most_bytes is None or len(made.data) <= most_bytes
    assert most_points is None or made.width * made.height <= most_points
    assert widths is None or widths[0] <= made.width <= widths[1]
    assert shapes is None or shapes[0] <= made.width / made.height <= shapes[1]
    with Image.open(io.BytesIO(made.data)) as opened:
        assert (opened.size, Image.MIME[opened.format]) == ((made.width, made.height), made.mime)


def test_a_picture_that_fits_goes_as_it_is():
    data = drawn("JPEG", 60, 40)
    assert fit(data, "image/jpeg", Frame(ALL, most_bytes=1_000_000)).data == data


def test_what_is_too_tall_gets_white_margins_and_loses_nothing():
    tall = io.BytesIO()
    Image.new("RGB", (200, 1000), "teal").save(tall, "PNG")
    made = fit(tall.getvalue(), "image/png", Frame(("image/jpeg",), shapes=(0.8, 1.91)))
    with Image.open(io.BytesIO(made.data)) as shown:
        assert shown.size == (800, 1000)
        assert shown.getpixel((5, 500)) == (255, 255, 255)
        assert shown.getpixel((400, 2))[0] < 30
        assert shown.getpixel((400, 997))[0] < 30


def test_an_animation_moves_where_it_may_and_stands_still_elsewhere():
    kept = pictures.original(moving())
    assert (kept.frames, kept.mime) == (3, "image/gif")
    with Image.open(io.BytesIO(kept.data)) as shown:
        assert shown.info["duration"] == 120, "each frame stays as long as it did"
    assert fit(kept.data, kept.mime, Frame(ALL, most_moving_bytes=1_000_000)).data == kept.data
    still = fit(kept.data, kept.mime, Frame(ALL, most_bytes=1_000_000))
    assert still.frames == 1
    smaller = fit(kept.data, kept.mime, Frame(ALL, most_moving_bytes=len(kept.data) - 1))
    assert smaller.frames == 3
    assert smaller.width < 200


def test_an_original_is_kept_larger_than_what_pages_show_and_without_what_was_hidden_in_it():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "GPS 69.6489 N 18.9551 E"
    data = drawn("JPEG", 2400, 1200, exif=exif, comment=b"secret words")
    kept = pictures.original(data)
    assert (kept.width, kept.height) == (1200, 2400), "it is not upright"
    assert b"69.6489" not in kept.data
    assert b"secret" not in kept.data
    assert b"where it was made" not in pictures.original(moving()).data
    assert pictures.original(drawn("JPEG", 400, 300)) is None


def test_a_network_gets_what_its_limits_say_of_an_original(house):
    """Each limit that connectors state is held: none is left out on the way from them to here."""
    from advocacy.sharing.drafts import frame_of
    from connectors import Registry

    noise = drawn("JPEG", 1500, 900, quality=95)
    for connector in [*Registry(), *Registry().asleep()]:
        if connector.limits.max_images:
            made = fit(noise, "image/jpeg", frame_of(connector.limits))
            assert len(made.data) <= (connector.limits.image_bytes or len(made.data))
            narrow, wide = connector.limits.image_width or (1, 10_000)
            assert narrow <= made.width <= wide
