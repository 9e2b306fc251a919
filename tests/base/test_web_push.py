"""Web push: what RFC 8291 gives as an example comes out, and the hub's signature is one that a push service takes."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from advocacy.base import web_push
from advocacy.base.web_push import Vapid, decoded


def test_the_example_of_the_rfc_comes_out() -> None:
    own = int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = web_push.sealed(
        b"When I grow up, I want to be a watermelon",
        public=decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        auth=decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        own=ec.derive_private_key(own, ec.SECP256R1()),
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert web_push.encoded(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
        "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_message_that_does_not_fit_is_refused_here() -> None:
    key = web_push._point(ec.generate_private_key(ec.SECP256R1()))
    assert len(web_push.sealed(b"x" * web_push.MOST_BYTES, public=key, auth=b"a" * 16)) == 4096
    with pytest.raises(ValueError, match="too long"):
        web_push.sealed(b"x" * (web_push.MOST_BYTES + 1), public=key, auth=b"a" * 16)


def test_the_signature_names_the_push_service_and_fits_the_key_that_browsers_subscribe_with() -> None:
    vapid, now = Vapid(Vapid.fresh(), contact="mailto:hub@example.com"), datetime(2026, 3, 2, 12, tzinfo=UTC)
    header = vapid.authorization("https://push.example:8443/send/abc?x=1", now)
    token, key = header.removeprefix("vapid t=").split(", k=")
    words, _, signature = token.rpartition(".")
    claims = json.loads(decoded(words.split(".")[1]))
    assert claims["aud"] == "https://push.example:8443"
    assert claims["sub"] == "mailto:hub@example.com"
    assert 0 < claims["exp"] - now.timestamp() < 86_400
    raw, public = decoded(signature), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    signed = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(signed, words.encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(signed, b"other", ec.ECDSA(hashes.SHA256()))
    assert key == vapid.public
