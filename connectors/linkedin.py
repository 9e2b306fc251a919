"""LinkedIn, as its members: posts with an article, one picture or several, or a film. It has no device against double posting.

Facts: learn.microsoft.com, LinkedIn, Posts API, Images API, Share on LinkedIn, member post statistics.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from connectors._answers import body_of, count_in, expect_object, failure, unclear, what_was_said
from connectors._errors import N_, ConnectorError, CredentialsExpired, OutcomeUnknown, Reason, Rejected, Transient
from connectors._http import Answer
from connectors._linkedin_accounts import code_of
from connectors._linkedin_films import LinkedInFilms, forget_film, sent_anew
from connectors._linkedin_finding import URN, own_post
from connectors._linkedin_reshares import LinkedInReshares
from connectors._linkedin_text import little_text
from connectors._set_up import SetUp
from connectors._values import Card, Credentials, Draft, Figures, Image, Limits, Receipt, Unit

_ANALYTICS = "r_member_postAnalytics"
_PROFILE = "r_member_profileAnalytics"
_READS = "r_member_social"
_LOOKED_THROUGH = 20
_METRICS = {"views": "IMPRESSION", "likes": "REACTION", "reposts": "RESHARE", "replies": "COMMENT"}
_NOT_PREPARED = "MEDIA_ASSET_PROCESSING_FAILED"
_LOST_PICTURE = {_NOT_PREPARED, "EXPIRED_UPLOAD_URL", "INVALID_IMAGE_ID", "INVALID_VIDEO_ID"}


class LinkedIn(LinkedInReshares, LinkedInFilms):
    """Members of LinkedIn. The permission to write their posts reads none of them, so that a post is found only where
    LinkedIn allowed the company's app to read (``r_member_social``).
    """

    name = "linkedin"
    announces = True
    network = "linkedin"
    icon = "linkedin"
    reads = ("LINKEDIN_CLIENT_ID", "LINKEDIN_CLIENT_SECRET")
    may_read = ("LINKEDIN_SCOPES", "LINKEDIN_VERSION", "LINKEDIN_API_URL", "LINKEDIN_WEB_URL")
    card_carries_link = True
    post_address = r"https://(?:www\.)?linkedin\.com/(?:feed/update/urn:li:(?:activity|share|ugcPost):\d+|posts/[^/?#]+)/?(?:\?.*)?"
    limits = Limits(
        3000,
        unit=Unit.UTF16,
        max_images=20,
        image_bytes=5_000_000,  # what LinkedIn's own page takes; the interface names only a number of pixels
        image_pixels=36_152_319,
        image_mimes=("image/jpeg", "image/png", "image/gif"),
        moving_bytes=5_000_000,
        alt_length=4086,
        thumb_bytes=5_000_000,
        max_videos=1,
        video_bytes=500_000_000,
        video_seconds=30 * 60,
        video_seconds_least=3,
        video_alt_length=4086,
    )
    set_up = SetUp(
        steps=(
            N_(
                "Make an app in LinkedIn's developer portal. It belongs to the company's LinkedIn Page, whose administrator confirms it."
            ),
            N_(
                "Add the products Share on LinkedIn and Sign In with LinkedIn using OpenID Connect; both are granted at once."
            ),
            N_("Enter the address below as an authorized redirect URL."),
            N_("Set the app's client id and secret where the hub runs, and start the hub anew."),
        ),
        console="https://www.linkedin.com/developers/apps",
        scopes=("openid", "profile", "w_member_social"),
        wants_redirect=True,
        costs=N_(
            "It costs nothing. Figures take the Community Management API, which LinkedIn grants after a review. People "
            "sign in again every 60 days."
        ),
    )
    poll_seconds = 1.0
    patience_seconds = 20.0

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Publish once. Sent again after an unknown outcome it is the same to the byte, and LinkedIn may notice."""
        self.check(draft)
        body = self._body(draft, credentials)
        draft.progress.about_to_post()
        was_sent = bool(draft.progress.get("sent"))
        draft.progress.keep("sent", "yes")
        try:
            answer = self._create(body, credentials)
            return self._receipt(answer, draft, may_be_ours=was_sent)
        except OutcomeUnknown:
            raise
        except ConnectorError:
            if not was_sent:  # a clear refusal: should it be sent again, nothing of ours can be there before
                draft.progress.keep("sent", "")
            raise

    def find(self, draft: Draft, credentials: Credentials, since: datetime) -> Receipt | None:
        """Look among the member's newest posts, where LinkedIn allowed the company's app to read them.

        Raises: OutcomeUnknown where it did not, or there are more posts than one answer holds: then only the person
            can look.
        """
        if not _was_granted(credentials, _READS):
            raise self.look_yourself()
        author = quote(_author(credentials), safe="")
        path = f"posts?author={author}&q=author&count={_LOOKED_THROUGH}&sortBy=CREATED"
        try:
            answer = self._ask("GET", path, credentials, headers={"X-RestLi-Method": "FINDER"})
        except CredentialsExpired as error:
            raise self.look_yourself() if _lacks_permission(error) else error from error
        elements = expect_object(answer, elements=list)["elements"]
        parent = self._parent(draft.reposts) if draft.reposts is not None else ""
        found = own_post(elements, link=draft.link, words=self.wording_of(draft), since=since, parent=parent)
        if found is None and len(elements) >= _LOOKED_THROUGH:
            raise self.look_yourself()
        return Receipt(found[0], self._permalink(found[0]), found[1]) if found else None

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        """Impressions, reactions, reposts and comments, where LinkedIn allowed the company's app to read them."""
        if credentials is None or not _was_granted(credentials, _ANALYTICS):
            return dict.fromkeys(remote_ids, Figures())
        return {urn: self._figures_of(urn, credentials) for urn in remote_ids}

    def followers(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, int | Reason]:
        """The member's followers, where LinkedIn allowed the company's app to read them (``memberFollowersCount``,
        Member Follower Statistics, November 2026).
        """
        if credentials is None:
            raise self.reconnect()
        if not _was_granted(credentials, _PROFILE):
            return dict.fromkeys(remote_ids, self._may_not_read_followers())
        try:
            answer = self._ask("GET", "memberFollowersCount?q=me", credentials)
        except (CredentialsExpired, Rejected) as error:
            if not _lacks_permission(error):
                raise
            return dict.fromkeys(remote_ids, self._may_not_read_followers())
        elements = expect_object(answer, elements=list)["elements"]
        told = elements[0] if elements and isinstance(elements[0], dict) else {}
        count = count_in(told, "memberFollowersCount")
        return dict.fromkeys(remote_ids, self.untold_followers() if count is None else count)

    def _may_not_read_followers(self) -> Reason:
        reason = N_(
            "{network} tells how many follow a member only to apps that it has approved for that "
            "(r_member_profileAnalytics), and the company's is not."
        )
        return Reason(reason, {"network": self.label})

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        """Delete the post. Raises: Rejected when LinkedIn does not let this app."""
        path = f"posts/{quote(remote_id, safe='')}"
        try:
            answer = self._ask("DELETE", path, credentials, headers={"X-RestLi-Method": "DELETE"})
        except CredentialsExpired as error:
            raise self.delete_yourself(error.network_said) if _lacks_permission(error) else error from error
        if answer.status == 403:
            raise self.delete_yourself(what_was_said(answer))
        if answer.status >= 300 and not (answer.status == 404 and body_of(answer)):
            raise failure(answer)

    def _body(self, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        content = self._content(draft, credentials) if draft.reposts is None else {}
        return {
            "author": _author(credentials),
            "commentary": little_text(self.wording_of(draft)),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            **({"content": content} if content else {}),
            **({"reshareContext": {"parent": self._parent(draft.reposts)}} if draft.reposts is not None else {}),
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }

    def _content(self, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        if draft.video:
            return {"media": self._film(draft.video, draft, credentials)}
        if draft.images:
            shown = [self._picture(image, draft, credentials) for image in draft.images]
            return {"media": shown[0]} if len(shown) == 1 else {"multiImage": {"images": shown}}
        return {"article": self._article(draft.card, draft, credentials)} if draft.card else {}

    def _picture(self, image: Image, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        shown = {"id": self._upload(image, draft, credentials)}
        return {**shown, "altText": image.alt_text} if image.alt_text else shown

    def _article(self, card: Card, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        """LinkedIn looks at no page itself: what it shows of one is what is sent here."""
        article = {"source": draft.link or card.url, "title": card.title}
        if card.description:
            article["description"] = card.description
        if card.thumb and card.thumb.mime in self.limits.image_mimes:
            article["thumbnail"] = self._upload(card.thumb, draft, credentials)
            if card.thumb.alt_text:
                article["thumbnailAltText"] = card.thumb.alt_text
        return article

    def _upload(self, image: Image, draft: Draft, credentials: Credentials) -> str:
        """Send a picture and return its URN. One that an earlier try sent is there already, and costs no request."""
        name = _kept_as(image)
        if known := draft.progress.get(name):
            return known
        asked = {"initializeUploadRequest": {"owner": _author(credentials)}}
        answer = self._ask("POST", "images?action=initializeUpload", credentials, json=asked)
        value = expect_object(answer, value=dict)["value"]
        url, urn = value.get("uploadUrl"), value.get("image")
        if not (isinstance(url, str) and isinstance(urn, str) and url and urn):
            raise failure(answer)
        sent = self._http.send(
            "PUT",
            url,
            token=credentials.access_token if self._is_linkedins(url) else None,
            headers={"Content-Type": image.mime},
            data=image.data,
        )
        self._raise_for(sent)
        if not 200 <= sent.status < 300 or sent.body.lstrip().startswith(b"<"):  # a page of HTML is somebody else's
            raise failure(sent)
        draft.progress.keep(name, urn)
        return urn

    def _is_linkedins(self, url: str) -> bool:
        """Whether the token may go to this address: it was named by an answer, not by us."""
        host = urlsplit(url).hostname or ""
        ours = {urlsplit(self._api).hostname, urlsplit(self._web).hostname}
        return host in ours or (url.startswith("https://") and host.endswith(".linkedin.com"))

    def _create(self, body: dict[str, Any], credentials: Credentials) -> Answer:
        """Ask for the post; again while a picture or film is still being prepared, which a write permission cannot look at."""
        ends = time.monotonic() + self.patience_seconds
        while True:
            answer = self._ask("POST", "posts", credentials, json=body, publishes=True)
            if answer.status != 400 or code_of(answer) != "MEDIA_ASSET_WAITING_UPLOAD":
                return answer
            if time.monotonic() > ends:
                reason = Reason(N_("The server is still preparing the picture or film."))
                soon = self._now() + timedelta(seconds=30)
                raise Transient(reason, network_said=what_was_said(answer), until=soon)
            time.sleep(self.poll_seconds)

    def _receipt(self, answer: Answer, draft: Draft, *, may_be_ours: bool) -> Receipt:
        urn = answer.headers.get("x-restli-id", "")
        if 200 <= answer.status < 300:
            if not URN.fullmatch(urn):
                raise unclear(answer)
            return Receipt(urn, self._permalink(urn), self._now())
        code, said = code_of(answer), what_was_said(answer)
        if answer.status == 422 and (code == "DUPLICATE_POST" or "duplicate of urn:li:" in said):
            return self._duplicate(said, may_be_ours=may_be_ours)
        if code in _LOST_PICTURE:
            forget_film(draft)
            if draft.video and code == _NOT_PREPARED:  # the same film would fare no better
                reason = N_("{network} could not prepare the film or picture and says: {message}")
                raise Rejected(Reason(reason, {"network": self.label, "message": said}), network_said=said)
            for image in (*draft.images, *((draft.card.thumb,) if draft.card and draft.card.thumb else ())):
                draft.progress.keep(_kept_as(image), "")
            raise sent_anew(said)
        gone = self._refused_reshare(answer) if draft.reposts is not None else None
        raise gone or failure(answer)

    def _duplicate(self, said: str, *, may_be_ours: bool) -> Receipt:
        """LinkedIn says that these words are there. After an unknown outcome they are most likely ours, but the post
        that it names often cannot be opened, and a write permission cannot look: so it stays unverified.
        """
        if not may_be_ours:
            reason = N_(
                "LinkedIn says that you published the same words before. Change them a little, and send again."
            )
            raise Rejected(Reason(reason), network_said=said)
        named = URN.search(said)
        urn = named[0] if named else ""
        return Receipt(urn, self._permalink(urn) if urn else "", self._now(), is_verified=False)

    def _permalink(self, urn: str) -> str:
        return f"{self._web}/feed/update/{urn}/"

    def _figures_of(self, urn: str, credentials: Credentials) -> Figures:
        try:
            found = {name: self._metric(urn, metric, credentials) for name, metric in _METRICS.items()}
        except (CredentialsExpired, Rejected) as error:
            if not _lacks_permission(error):
                raise
            return Figures()
        return Figures(**found)

    def _metric(self, urn: str, metric: str, credentials: Credentials) -> int | None:
        kind = "ugc" if ":ugcPost:" in urn else "share"
        # Written out: the brackets must reach LinkedIn as they are, and the URN escaped once.
        query = f"q=entity&entity=({kind}:{quote(urn, safe='')})&queryType={metric}&aggregation=TOTAL"
        answer = self._ask("GET", f"memberCreatorPostAnalytics?{query}", credentials)
        elements = expect_object(answer, elements=list)["elements"]
        return count_in(elements[0], "count") if elements and isinstance(elements[0], dict) else None


def _author(credentials: Credentials) -> str:
    return f"urn:li:person:{credentials.remote_id}"


def _kept_as(image: Image) -> str:
    return f"picture-{hashlib.sha256(image.data).hexdigest()[:16]}"


def _was_granted(credentials: Credentials, scope: str) -> bool:
    return scope in str(credentials.extra.get("scope")).split()


def _lacks_permission(error: ConnectorError) -> bool:
    return error.network_said.startswith("Not enough permissions")
