"""Secrets at rest: they open in their own place by their own key, and nowhere else."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.base.sealing import BadKeys, CannotOpen, Key, KeyRing, Sealer, ring_in, rotate, row

RING = KeyRing((Key.fresh(), Key.fresh()))
SEALER = Sealer(RING)
HERE = row("connection", "credentials", 7)


@settings(deadline=None)
@given(st.text(), st.text(min_size=1))
def test_what_was_sealed_opens_in_its_place(plain: str, context: str) -> None:
    assert SEALER.open(SEALER.seal(plain, context=context), context=context) == plain


@settings(deadline=None)
@given(st.binary(), st.text(min_size=1), st.text(min_size=1))
def test_what_was_moved_to_another_place_does_not_open(plain: bytes, here: str, there: str) -> None:
    sealed = SEALER.seal(plain, context=here)
    if here != there:
        with pytest.raises(CannotOpen, match="not sealed for"):
            SEALER.open_bytes(sealed, context=there)
    assert SEALER.open_bytes(sealed, context=here) == plain


@settings(deadline=None)
@given(st.binary(max_size=40), st.data())
def test_what_was_changed_in_any_bit_does_not_open(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(SEALER.seal(plain, context=HERE))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises(CannotOpen):
        SEALER.open_bytes(bytes(sealed), context=HERE)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_what_was_never_sealed_does_not_open(nonsense: bytes) -> None:
    with pytest.raises(CannotOpen):
        SEALER.open_bytes(nonsense, context=HERE)


def test_what_was_cut_short_does_not_open() -> None:
    sealed = SEALER.seal("token", context=HERE)
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            SEALER.open(sealed[:length], context=HERE)


def test_rows_columns_and_tables_are_places_of_their_own() -> None:
    places = [row("a", "b", 1), row("a", "b", 11), row("a", "c", 1), row("d", "b", 1), row("a.b", "c", 1)]
    assert len(set(places)) == len(places)


def test_a_sealed_value_tells_nothing_and_is_never_the_same_twice() -> None:
    sealed = {SEALER.seal("planted-token", context=HERE) for _ in range(100)}
    assert len(sealed) == 100
    assert not any(b"planted" in value for value in sealed)


def test_a_value_needs_a_place() -> None:
    with pytest.raises(ValueError, match="place"):
        SEALER.seal("token", context="")


def test_an_older_key_still_opens_and_the_newest_seals() -> None:
    old, new = Key.fresh(), Key.fresh()
    sealed = Sealer(KeyRing((old,))).seal("token", context=HERE)
    both = Sealer(KeyRing((new, old)))
    assert both.open(sealed, context=HERE) == "token"
    assert not both.is_current(sealed)
    renewed = both.resealed(sealed, context=HERE)
    assert Sealer(KeyRing((new,))).open(renewed, context=HERE) == "token"
    assert both.resealed(renewed, context=HERE) is renewed
    with pytest.raises(CannotOpen, match=old.id):
        Sealer(KeyRing((new,))).open(sealed, context=HERE)


def test_two_keys_of_one_name_with_other_secrets_do_not_open_each_others_values() -> None:
    one, other = Key("same", bytes(32)), Key("same", bytes([1] * 32))
    with pytest.raises(CannotOpen):
        Sealer(KeyRing((other,))).open(Sealer(KeyRing((one,))).seal("x", context=HERE), context=HERE)


def test_a_ring_is_read_from_the_settings() -> None:
    assert KeyRing.parse(RING.text()) == RING
    secret = base64.urlsafe_b64encode(bytes([255] * 32)).decode()
    assert KeyRing.parse(f"2026:{secret} ,\n old:{base64.b64encode(bytes(32)).decode()}").keys[0].id == "2026"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no key"),
        ("justbase64", "id:base64"),
        ("a:not base64!", "not base64|id:base64"),
        ("a:c2hvcnQ=", "5 bytes"),
        (f"a b:{base64.b64encode(bytes(32)).decode()}", "id:base64"),
        (f"ø:{base64.b64encode(bytes(32)).decode()}", "letters"),
        (",".join([f"a:{base64.b64encode(bytes(32)).decode()}"] * 2), "same id"),
    ],
)
def test_keys_that_cannot_be_used_are_told_without_being_shown(text: str, words: str) -> None:
    with pytest.raises(BadKeys, match=words) as told:
        KeyRing.parse(text)
    assert "AAAA" not in str(told.value)


def test_a_secret_does_not_show_when_a_ring_is_printed() -> None:
    assert RING.keys[0].secret.hex() not in repr(RING)
    assert "secret" not in repr(RING)


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "sealing"
    ring = ring_in(path)
    assert ring_in(path) == ring
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["sealing"]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    path = tmp_path / "sealing"
    with ThreadPoolExecutor(16) as many:
        rings = list(many.map(lambda _: ring_in(path), range(64)))
    assert len(set(rings)) == 1


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sealing"
    ring_in(path)
    path.chmod(0o644)
    with pytest.raises(BadKeys, match="chmod 600"):
        ring_in(path)


def test_a_new_key_goes_in_front_and_the_old_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "sealing"
    before = ring_in(path)
    after = rotate(path)
    assert after.keys[1:] == before.keys
    assert ring_in(path) == after
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
