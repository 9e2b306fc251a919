"""What every network module says about itself and can do: the contract between the app and a connector."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from connectors._checks import check_film_reaches, check_images, check_pictures_reach, check_text, check_video
from connectors._errors import N_, CredentialsExpired, OutcomeUnknown, Reason, Rejected
from connectors._http import Http
from connectors._oauth2 import Pkce
from connectors._set_up import SetUp, Trial
from connectors._text import length, wording
from connectors._values import (
    AppRegistration,
    Begun,
    Count,
    Credentials,
    Draft,
    Figures,
    Idempotency,
    Identity,
    Kind,
    Limits,
    Offer,
    Receipt,
    SignIn,
)

NO_DEVICE = Idempotency("none")


class Connector(ABC):
    """One way out of the house. Everything the app asks about a network, it asks here.

    ``name`` is unique; ``network`` is the network that captions are written for (two connectors may serve
    one). ``reads`` names the settings that must be set for it to be awake; ``may_read`` those that only
    change it. ``needs_picture`` is whether it takes no post without one, ``fetches_pictures`` whether it fetches them
    from ``Image.public_url``, and ``hint`` what a writer should know about it. ``set_up`` tells an operator what to do
    for it to wake.
    """

    name: str
    network: str
    label: str
    icon: str
    limits: Limits
    kind: ClassVar[Kind]
    sign_in_kind: ClassVar[SignIn] = SignIn.NONE
    many_servers: bool = False
    reads: ClassVar[tuple[str, ...]] = ()
    may_read: ClassVar[tuple[str, ...]] = ()
    idempotency: ClassVar[Idempotency] = NO_DEVICE
    card_carries_link: ClassVar[bool] = False
    passes_on: ClassVar[bool] = False
    """Whether a post of somebody else can be passed on through us, as it is or quoted: see ``Draft.reposts``."""
    quotes: ClassVar[bool] = True
    """Whether words of one's own may go with it, where ``passes_on``."""
    boosts_once: ClassVar[bool] = False
    """Whether a post passed on as it is twice is passed on once, however much later: see ``device``."""
    answers: ClassVar[bool] = False
    """Whether words may be put below a post of somebody else's: see ``Draft.below``."""
    post_address: ClassVar[str] = ""
    """What the address of a post looks like here, as a regular expression; "" where posts have none to pass on."""
    demands_own_words: bool = False
    """Whether the network's rules forbid that several people post the same or nearly the same text."""
    needs_picture: ClassVar[bool] = False
    fetches_pictures: ClassVar[bool] = False
    fetches_films: ClassVar[bool] = False
    """Whether the network fetches a film itself, from ``Video.public_url``."""
    hint: ClassVar[Reason | None] = None
    set_up: ClassVar[SetUp] = SetUp()

    def __init__(self, *, http: Http, settings: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self._http = http
        self._settings = settings
        self._now = now

    @classmethod
    def build(cls, *, http: Http, settings: Mapping[str, str], now: Callable[[], datetime]) -> Sequence[Connector]:
        """The connectors this class stands for: itself, or one for each row of a table."""
        return (cls(http=http, settings=settings, now=now),)

    def try_settings(self) -> Trial:
        """Whether the settings work, found out by a call that changes nothing; one that cannot be made says so.

        Raises: any of ``connectors._errors``, which tells why they do not work.
        """
        return Trial(None, Reason(N_("There is nothing to try by itself: the first account that connects shows it.")))

    def server_origin(self, typed: str) -> str:
        """The origin (``https://host``) of the server a person typed, as a name, an address or a handle.

        Raises: Rejected when it cannot be the address of a public server.
        """
        return self._http.origin_of(typed)

    def wording(self, text: str, link: str | None = None, *, has_card: bool = False) -> str:
        """The exact text that is sent: ``text``, with ``link`` below it unless it is in it or on the card."""
        return wording(text, None if has_card and self.card_carries_link else link)

    def count(
        self, text: str, link: str | None = None, *, has_card: bool = False, limits: Limits | None = None
    ) -> Count:
        """How long ``wording`` is by this network's own rule. ``limits`` are the server's, if it has its
        own.
        """
        rule = limits or self.limits
        return Count(length(self.wording(text, link, has_card=has_card), rule), rule.max_length)

    def check(self, draft: Draft, limits: Limits | None = None) -> None:
        """Say before anything is sent what the network would refuse.

        Raises: Rejected, with the first thing that is wrong in plain words.
        """
        rule = limits or self.limits
        if draft.reposts is not None and not self.passes_on:
            reason = N_("{network} does not let us pass a post on. Open it there, and pass it on yourself.")
            raise Rejected(Reason(reason, {"network": self.label}))
        if draft.below and not self.answers:
            reason = N_("{network} does not let us comment below a post. Open it there, and comment yourself.")
            raise Rejected(Reason(reason, {"network": self.label}))
        if draft.is_boost:
            return
        check_text(self.wording_of(draft), rule, self.label, may_be_empty=bool(draft.images or draft.video))
        check_images(draft, rule, self.label)
        check_video(draft, rule, self.label)
        check_pictures_reach(draft, self.label, needed=self.needs_picture, fetched=self.fetches_pictures)
        check_film_reaches(draft, self.label, fetched=self.fetches_films)

    def wording_of(self, draft: Draft) -> str:
        """The exact text that is sent for ``draft``. A card is not shown beside pictures, so it carries no
        link.
        """
        shows = draft.images or draft.video
        return self.wording(draft.text, draft.link, has_card=draft.card is not None and not shows)


class ShareLinkConnector(Connector):
    """A network that the person posts to themselves, on its own share page, with everything filled in.

    ``carries_text`` is whether the page takes the words too, or the link alone; then the words are copied by hand.
    """

    kind = Kind.SHARE_LINK
    carries_text: bool = True

    def try_settings(self) -> Trial:
        """A share page is only a link."""
        return Trial(True, Reason(N_("Nothing is needed for it: it only opens a page.")))

    @abstractmethod
    def share_url(self, draft: Draft, server: str | None = None) -> str:
        """The address of the network's share page for ``draft``. ``server`` where a network has many.

        Raises: Rejected if the draft lacks what this page needs (a link, say).
        """


class ApiConnector(Connector):
    """A network that we publish to with the person's own credentials.

    ``extend_before`` is how long before its end a sign-in is renewed although nobody uses it, where the network
    gives a longer life only to one that has not ended. ``shows_after`` is how long a new post may be missing from what
    ``find`` looks at: a look before that proves nothing. ``currency`` is what the network charges in, "" where nothing
    costs. ``announces`` is whether ``publish`` calls ``draft.progress.about_to_post`` just before the request that makes
    the post, every time: so must one that sends pictures or films ahead of it.

    Any method may raise any error of ``connectors._errors``, but only ``publish`` and ``find``
    OutcomeUnknown. No method keeps state: one connector may be used by many threads at once.
    """

    kind = Kind.API
    extend_before: ClassVar[timedelta | None] = None
    shows_after: ClassVar[timedelta] = timedelta(0)
    currency: ClassVar[str] = ""
    announces: ClassVar[bool] = False
    followers_at_once: ClassVar[int] = 1
    """Of how many accounts one request tells the followers; where it is more than one, to anybody, without a sign-in."""
    separate_sign_ins: ClassVar[bool] = False
    """Whether each sign-in is a permission of its own, so that giving one back leaves the account's others."""

    @abstractmethod
    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Publish ``draft`` once. A repeat of the same draft is the same post as far as ``idempotency``
        goes.
        """

    def no_such_post(self, network_said: str = "") -> Rejected:
        """What ``publish`` raises where the post that is to be passed on cannot be found."""
        reason = N_("The post you wanted to pass on is not there on {network}, or not for you. Look at its address.")
        return Rejected(Reason(reason, {"network": self.label}), network_said=network_said)

    def device(self, *, is_boost: bool) -> Idempotency:
        """What holds against double posting: ``idempotency``, and for a post passed on as it is, that an account has
        passed it on or has not, where the network sees to it (``boosts_once``).
        """
        return Idempotency("record") if is_boost and self.boosts_once else self.idempotency

    def find(
        self,
        draft: Draft,  # noqa: ARG002 - others need them
        credentials: Credentials,  # noqa: ARG002
        since: datetime,  # noqa: ARG002
    ) -> Receipt | None:
        """Look, without writing, whether ``draft`` was published after ``since``. ``None``: surely not there.

        Raises: OutcomeUnknown when that cannot be told; by itself always, for networks where we may not look.
        """
        raise self.look_yourself()

    def figures(
        self,
        remote_ids: Sequence[str],
        credentials: Credentials | None,  # noqa: ARG002 - others need them
    ) -> dict[str, Figures | None]:
        """The network's own figures for each id; ``None`` for a post that is gone. Any number of ids.

        By itself nothing is available, for networks where we may not read.
        """
        return dict.fromkeys(remote_ids, Figures())

    def followers(
        self,
        remote_ids: Sequence[str],
        credentials: Credentials | None,  # noqa: ARG002 - others need them
    ) -> dict[str, int | Reason]:
        """How many follow each account, as the network counts now; or why it does not tell, which is not zero.

        Any number of accounts where ``followers_at_once`` is more than one, and then without credentials; else the one
        that the credentials are of. By itself nothing is told, for networks where we may not read, and nothing asked.
        """
        reason = Reason(N_("{network} does not tell us how many follow an account."), {"network": self.label})
        return dict.fromkeys(remote_ids, reason)

    def untold_followers(self) -> Reason:
        """What ``followers`` says of an account that the network's answer has no number for."""
        return Reason(N_("{network} did not say how many follow this account."), {"network": self.label})

    def delete(self, remote_id: str, credentials: Credentials) -> None:  # noqa: ARG002 - others need them
        """Take the post back. One that is gone already is fine.

        Raises: Rejected where the network does not let us; by itself always.
        """
        raise self.delete_yourself()

    @abstractmethod
    def identity(self, credentials: Credentials) -> Identity:
        """Who these credentials belong to. Also the cheapest way to learn whether they are still good."""

    @abstractmethod
    def revoke(self, credentials: Credentials, registration: AppRegistration | None = None) -> None:
        """Tell the network to forget these credentials. Ones that it has forgotten already are fine."""

    def prices(self) -> tuple[tuple[str, int], ...]:
        """What is charged for, each as an English sentence (``N_``) and its price in millionths of ``currency``."""
        return ()

    def cost_of(self, draft: Draft) -> int:  # noqa: ARG002 - others charge
        """What publishing ``draft`` costs at most, in millionths of ``currency``."""
        return 0

    def cost_of_looking(self) -> int:
        """What ``find`` costs at most, likewise."""
        return 0

    def is_read(self, remote_id: str) -> bool:  # noqa: ARG002 - others need it
        """Whether ``figures`` asks the network about this one: not about what has none of its own there."""
        return True

    def cost_of_figures(self, posts: int) -> int:  # noqa: ARG002
        """What reading the figures of so many posts costs, likewise."""
        return 0

    def cost_of_followers(self) -> int:
        """What reading how many follow an account costs, likewise."""
        return 0

    def cost_of_deleting(self) -> int:
        """What ``delete`` costs, likewise."""
        return 0

    @property
    def monthly_budget(self) -> int | None:
        """What may be spent in a month, in millionths of ``currency``; ``None`` when nobody has set a limit."""
        return None

    def refresh(self, credentials: Credentials) -> Credentials:  # noqa: ARG002 - others need them
        """Newer credentials. The caller holds a lock for the connection: some networks refuse a second use.

        Raises: CredentialsExpired (not refreshable) when the person has to connect again.
        """
        raise self.reconnect()

    def server_limits(self, credentials: Credentials) -> Limits:
        """What the account's server accepts, as it said when the account was connected. No network call."""
        return Limits.from_json(credentials.extra.get("limits")) or self.limits

    def reconnect(self, network_said: str = "") -> CredentialsExpired:
        """The error that asks the person to connect again."""
        reason = Reason(
            N_("{network} no longer accepts the sign-in you gave us. Connect your account again."),
            {"network": self.label},
        )
        return CredentialsExpired(reason, refreshable=False, network_said=network_said)

    def sign_in_ends(self, credentials: Credentials) -> datetime | None:
        """When the person has to sign in again, whatever we do; ``None`` while ``refresh`` keeps it alive."""
        lives_on = credentials.refresh_token is not None or self.extend_before is not None
        return None if lives_on else credentials.expires_at

    def look_yourself(self) -> OutcomeUnknown:
        """What ``find`` raises where we may not look, or cannot tell: only the person can."""
        reason = N_("We could not tell from your posts on {network} whether this one is there. Look at your profile.")
        return OutcomeUnknown(Reason(reason, {"network": self.label}))

    def delete_yourself(self, network_said: str = "") -> Rejected:
        """What ``delete`` raises where the network does not let us."""
        reason = N_("{network} does not let us delete posts. Delete it there yourself.")
        return Rejected(Reason(reason, {"network": self.label}), network_said=network_said)


class RedirectConnector(ApiConnector):
    """A network where the person allows us on its own page, and comes back from there.

    ``cancelled`` are the names (the answer's ``error``) under which its page says that the person did not want to.
    ``asks_handle`` is whether it helps to know the account beforehand; then the person is asked for its handle, or
    may leave it to the network's page. ``revokes_with_registration`` is whether a sign-in can only be given back
    with the registration it was made by.
    """

    sign_in_kind = SignIn.OAUTH
    cancelled: ClassVar[tuple[str, ...]] = ("access_denied",)
    asks_handle: ClassVar[bool] = False
    revokes_with_registration: ClassVar[bool] = True

    def came_from(
        self,
        registration: AppRegistration,
        issuer: str,
        kept: Mapping[str, str],  # noqa: ARG002 - others need it
    ) -> bool:
        """Whether an answer that names ``issuer`` (its ``iss``; "" when it names none) is this server's own.

        Another server's code must never be taken to this one, or the other way round (RFC 9207, 2.4). Where the
        server has not told how it names itself, its name must at least lie on its own address. ``kept`` is what
        ``begin`` kept.
        """
        if not issuer:
            return not registration.names_issuer
        if registration.issuer:
            return issuer == registration.issuer
        return f"{issuer}/".startswith(f"{registration.server}/")

    def registered_at(self, typed: str) -> str:
        """The server that our app is registered with for what a person typed. No network call.

        Raises: Rejected when it cannot be a server.
        """
        return self.server_origin(typed)

    def outdated(self, registration: AppRegistration) -> bool:  # noqa: ARG002 - others need it
        """Whether our app was made known before it asked for all that it asks for now; then it is made known anew."""
        return False

    def unfit(self, redirect_uri: str) -> Reason | None:  # noqa: ARG002 - others need it
        """Why nobody can sign in here while the hub is reached at this address; ``None`` when they can."""
        return None

    def client_document(
        self,
        registration: AppRegistration,  # noqa: ARG002 - others need them
        *,
        client_name: str,  # noqa: ARG002
        website: str,  # noqa: ARG002
    ) -> Mapping[str, Any] | None:
        """What the hub tells about itself at ``/oauth/client-metadata.json``; ``None`` where no network reads it."""
        return None

    @abstractmethod
    def register_app(self, server: str, *, redirect_uri: str, client_name: str, website: str = "") -> AppRegistration:
        """Make our app known to ``server`` (an origin, or what a person typed). The caller keeps it."""

    @abstractmethod
    def begin(self, registration: AppRegistration, *, typed: str, state: str, pkce: Pkce) -> Begun:
        """Begin a sign-in. ``typed`` is the server or handle that the person gave, "" for none.

        Raises: Rejected when what was typed is wrong, or the server refuses us.
        """

    @abstractmethod
    def complete(
        self, registration: AppRegistration, *, code: str, verifier: str, kept: Mapping[str, str]
    ) -> Credentials:
        """Credentials for the ``code`` the person came back with, after ``came_from`` was content.

        ``verifier`` is ``Pkce.verifier``, ``kept`` is ``Begun.kept``. Raises: Rejected when it is not what we sent
        them for.
        """

    def offers(self, credentials: Credentials) -> Sequence[Offer]:
        """The accounts that the person may connect with what ``complete`` gave: their own, or one of several.

        Raises: Rejected when there is none, saying what is missing.
        """
        return (Offer(credentials, self.identity(credentials)),)


class OAuthConnector(RedirectConnector):
    """The usual such network: an address to go to, and a code to be exchanged."""

    @abstractmethod
    def authorize_url(self, registration: AppRegistration, *, state: str, challenge: str) -> str:
        """Where to send the person. ``challenge`` is ``Pkce.challenge``; it is used where the server offers
        it.
        """

    @abstractmethod
    def exchange(self, registration: AppRegistration, *, code: str, verifier: str) -> Credentials:
        """Credentials for the ``code`` the person came back with. ``verifier`` is ``Pkce.verifier``."""

    def begin(self, registration: AppRegistration, *, typed: str, state: str, pkce: Pkce) -> Begun:  # noqa: ARG002
        """Begin a sign-in: the server's page, with the state and the challenge."""
        return Begun(self.authorize_url(registration, state=state, challenge=pkce.challenge))

    def complete(
        self,
        registration: AppRegistration,
        *,
        code: str,
        verifier: str,
        kept: Mapping[str, str],  # noqa: ARG002
    ) -> Credentials:
        """Credentials for the code."""
        return self.exchange(registration, code=code, verifier=verifier)


class OneAppConnector(OAuthConnector):
    """An OAuth network that knows one app of ours, the same for everybody: nobody names a server, nothing is made known.

    The first two names of ``reads`` are the settings that hold the app's client id and secret. ``offers_pkce`` is
    whether the network takes a challenge along.
    """

    offers_pkce: ClassVar[bool] = False

    @property
    @abstractmethod
    def authorize_page(self) -> str:
        """The address of the page on which people allow us, without a query."""

    @property
    @abstractmethod
    def scopes(self) -> str:
        """What we ask people to allow, written as this network wants it."""

    def server_origin(self, typed: str) -> str:  # noqa: ARG002 - there is only one, whatever was typed
        """The origin of the page on which people allow us."""
        parts = urlsplit(self.authorize_page)
        return f"{parts.scheme}://{parts.netloc}"

    def register_app(
        self,
        server: str,
        *,
        redirect_uri: str,
        client_name: str,  # noqa: ARG002 - the network has its own name for the app
        website: str = "",  # noqa: ARG002
    ) -> AppRegistration:
        """Our app as the settings have it. No network call: ask whenever it is needed, and the newest secret is used."""
        client_id, client_secret = (self._settings[name] for name in self.reads[:2])
        return AppRegistration(
            server=self.server_origin(server),
            client_id=client_id,
            client_secret=client_secret,
            redirect_uri=redirect_uri,
            scopes=self.scopes,
            offers_pkce=self.offers_pkce,
        )

    def authorize_url(self, registration: AppRegistration, *, state: str, challenge: str) -> str:
        """The network's page where the person allows us (RFC 6749, 4.1.1)."""
        query = {
            "response_type": "code",
            "client_id": registration.client_id,
            "redirect_uri": registration.redirect_uri,
            "scope": registration.scopes,
            "state": state,
        }
        if registration.offers_pkce:
            query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{self.authorize_page}?{urlencode(query)}"


class AppPasswordConnector(ApiConnector):
    """A network where the person makes a password for us alone, which they can take back at any time."""

    sign_in_kind = SignIn.APP_PASSWORD

    @abstractmethod
    def sign_in(self, identifier: str, app_password: str, server: str | None = None) -> Credentials:
        """Credentials for a handle or mail address and an app password. The password is not kept.

        Raises: Rejected when it is not an app password or is refused.
        """
