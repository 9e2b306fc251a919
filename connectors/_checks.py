"""What is wrong with a draft, said before anything is sent, in words that tell what to change."""

from __future__ import annotations

from connectors._errors import N_, Reason, Rejected
from connectors._text import length
from connectors._values import Draft, Image, Limits


def check_text(text: str, limits: Limits, network: str, *, may_be_empty: bool) -> None:
    """Refuse a text that is empty or too long by the network's own rule. Raises: Rejected."""
    if not text.strip() and not may_be_empty:
        raise Rejected(Reason(N_("There is no text to publish. Write something first.")))
    over = 0 if limits.max_length is None else length(text, limits) - limits.max_length
    if over > 0:
        raise Rejected(
            Reason(
                N_("The text is too long for {network}, by {over}: it takes {limit} characters. Shorten it."),
                {"over": over, "network": network, "limit": limits.max_length or 0},
            )
        )
    if limits.max_bytes is not None and len(text.encode()) > limits.max_bytes:
        reason = N_("The text takes more room than {network} gives: some characters, such as emoji, count for many.")
        raise Rejected(Reason(reason, {"network": network}))


def check_images(draft: Draft, limits: Limits, network: str) -> None:
    """Refuse pictures that are too many, too large or of a kind the network does not take. Raises:
    Rejected.
    """
    if draft.images and not limits.max_images:
        raise Rejected(
            Reason(N_("{network} takes no pictures from us. Choose another network."), {"network": network})
        )
    if len(draft.images) > limits.max_images:
        raise Rejected(
            Reason(
                N_("{network} takes at most {limit} pictures in a post. Remove some."),
                {"network": network, "limit": limits.max_images},
            )
        )
    for image in draft.images:
        _check_image(image, limits, network)
    thumb = draft.card.thumb if draft.card else None
    if thumb and not draft.images and limits.thumb_bytes and len(thumb.data) > limits.thumb_bytes:
        raise Rejected(_too_large(network, limits.thumb_bytes))


def check_video(draft: Draft, limits: Limits, network: str) -> None:
    """Refuse a film that the network does not take. Raises: Rejected."""
    video = draft.video
    if video is None:
        return
    if not limits.max_videos:
        raise Rejected(Reason(N_("{network} takes no films from us. Remove it."), {"network": network}))
    if draft.images:
        raise Rejected(
            Reason(N_("{network} takes a film or pictures in a post, not both. Remove one."), {"network": network})
        )
    if video.mime not in limits.video_mimes:
        reason = N_("{network} does not take films of the kind {kind}. Use an MP4.")
        raise Rejected(Reason(reason, {"network": network, "kind": video.mime}))
    if limits.video_bytes is not None and video.size > limits.video_bytes:
        reason = N_("The film is larger than {network} takes ({limit} MB). Use a smaller one.")
        raise Rejected(Reason(reason, {"network": network, "limit": limits.video_bytes // 1_000_000}))
    if limits.video_seconds_least is not None and (video.seconds or limits.video_seconds_least) < (
        limits.video_seconds_least
    ):
        reason = N_("The film is shorter than {network} takes ({limit} seconds). Use a longer one.")
        raise Rejected(Reason(reason, {"network": network, "limit": int(limits.video_seconds_least)}))
    if limits.video_seconds is not None and (video.seconds or 0) > limits.video_seconds:
        reason = N_("The film is longer than {network} takes ({limit} seconds). Use a shorter one.")
        raise Rejected(Reason(reason, {"network": network, "limit": int(limits.video_seconds)}))
    if limits.video_alt_length is not None and len(video.alt_text) > limits.video_alt_length:
        reason = N_("The description of the film is longer than {network} takes ({limit} characters). Shorten it.")
        raise Rejected(Reason(reason, {"network": network, "limit": limits.video_alt_length}))


def check_pictures_reach(draft: Draft, network: str, *, needed: bool, fetched: bool) -> None:
    """Refuse a post without a picture or film where the network ``needed`` one, and one that it could not fetch.

    Raises: Rejected.
    """
    if needed and not draft.images and not draft.video:
        raise Rejected(
            Reason(N_("{network} only takes posts with a picture, and this one has none."), {"network": network})
        )
    if fetched and any(not image.public_url for image in draft.images):
        reason = N_(
            "{network} fetches pictures from this hub, and the hub cannot be reached from the internet over https. "
            "Ask an administrator."
        )
        raise Rejected(Reason(reason, {"network": network}))


def check_film_reaches(draft: Draft, network: str, *, fetched: bool) -> None:
    """Refuse a film that the network fetches and could not. Raises: Rejected."""
    if fetched and draft.video and not draft.video.public_url:
        reason = N_(
            "{network} fetches films from this hub, and the hub cannot be reached from the internet over https. "
            "Ask an administrator."
        )
        raise Rejected(Reason(reason, {"network": network}))


def _check_image(image: Image, limits: Limits, network: str) -> None:
    if image.mime not in limits.image_mimes:
        reason = N_("{network} does not take pictures of the kind {kind}. Use a JPEG or PNG.")
        raise Rejected(Reason(reason, {"network": network, "kind": image.mime}))
    if limits.image_bytes is not None and len(image.data) > limits.image_bytes:
        raise Rejected(_too_large(network, limits.image_bytes))
    if limits.image_pixels and image.width and image.height and image.width * image.height > limits.image_pixels:
        reason = N_("A picture has more pixels than {network} takes. Make it smaller.")
        raise Rejected(Reason(reason, {"network": network}))
    if limits.alt_length is not None and len(image.alt_text) > limits.alt_length:
        reason = N_("The description of a picture is longer than {network} takes ({limit} characters). Shorten it.")
        raise Rejected(Reason(reason, {"network": network, "limit": limits.alt_length}))


def _too_large(network: str, limit: int) -> Reason:
    reason = N_("A picture is larger than {network} takes ({limit} kB). Use a smaller one.")
    return Reason(reason, {"network": network, "limit": limit // 1000})
