"""The form of an item, and what passes between it and the library's own value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms import Form as PlainForm
from wtforms.validators import NumberRange, Optional

from advocacy.base.errors import Invalid
from advocacy.library import content
from advocacy.library.content import BriefText, CaptionText, Content, Dimension, Editing, ItemKind, PictureText
from advocacy.web.fields import LocalMoment
from advocacy.web.forms import Form, at_most, required
from advocacy.web.i18n import say

KINDS = {
    ItemKind.ARTICLE: lazy_gettext("Link to an article or page"),
    ItemKind.IMAGE: lazy_gettext("Picture"),
    ItemKind.VIDEO: lazy_gettext("Link to a video"),
    ItemKind.FILM: lazy_gettext("Film that is brought in here"),
    ItemKind.TEXT: lazy_gettext("Text only"),
    ItemKind.POST: lazy_gettext("Post of ours on a network, to pass on"),
}
EDITING = {
    Editing.FREE: lazy_gettext("Anything"),
    Editing.PERSONAL: lazy_gettext("Some words must be their own"),
    Editing.LOCKED: lazy_gettext("Nothing"),
}


MOST_BRIEFS = 6
"""Languages beside the item's own."""


class CaptionForm(PlainForm):  # type: ignore[misc]
    """One ready-made post."""

    id = HiddenField()
    network = SelectField(lazy_gettext("Network"))
    language = SelectField(lazy_gettext("Language"))
    label = StringField(lazy_gettext("Name of this variant"), [at_most(40)])
    text = TextAreaField(lazy_gettext("Text"), [at_most(content.LONGEST_CAPTION)])


class PictureForm(PlainForm):  # type: ignore[misc]
    """A picture that follows the first."""

    picture_id = HiddenField()
    alt_text = TextAreaField(lazy_gettext("Description of the picture"), [at_most(1_500)])


class BriefForm(PlainForm):  # type: ignore[misc]
    """The brief in a further language."""

    language = SelectField(lazy_gettext("Language"))
    text = TextAreaField(lazy_gettext("Why we tell this"), [at_most(content.LONGEST_TEXT)])


class ItemForm(Form):
    """Everything an editor decides about an item."""

    version = HiddenField()
    kind = SelectField(
        lazy_gettext("Kind"), choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()]
    )
    title = StringField(lazy_gettext("Title"), [required(), at_most(200)])
    summary = TextAreaField(lazy_gettext("Summary"), [at_most(2_000)])
    source_url = URLField(lazy_gettext("Link"), [at_most(2_000)])
    language = SelectField(lazy_gettext("Language"))
    body = TextAreaField(lazy_gettext("Text to read here"), [at_most(content.LONGEST_TEXT)])
    picture_id = HiddenField()
    picture = MultipleFileField(lazy_gettext("Picture"))
    new_alt_text = TextAreaField(lazy_gettext("Description of the new picture"), [at_most(1_500)])
    remove_picture = BooleanField(lazy_gettext("Remove the picture"))
    alt_text = TextAreaField(lazy_gettext("Description of the picture"), [at_most(1_500)])
    more_pictures = FieldList(
        FormField(PictureForm), label=lazy_gettext("Further pictures"), max_entries=content.MOST_PICTURES
    )
    film_id = HiddenField()
    film = FileField(lazy_gettext("Film"))
    film_alt_text = TextAreaField(lazy_gettext("Description of the film"), [at_most(1_500)])
    topics = SelectMultipleField(lazy_gettext("Topics"), coerce=int)
    campaign = SelectField(lazy_gettext("Campaign"))
    captions = FieldList(
        FormField(CaptionForm), label=lazy_gettext("Ready-made posts"), max_entries=content.MOST_CAPTIONS
    )
    team = SelectMultipleField(lazy_gettext("Teams"))
    location = SelectMultipleField(lazy_gettext("Locations"))
    people_language = SelectMultipleField(lazy_gettext("People who post in"))
    role = SelectMultipleField(lazy_gettext("Roles"))
    publish_from = LocalMoment(lazy_gettext("Starts"))
    expires_at = LocalMoment(lazy_gettext("Ends"))
    pinned = BooleanField(lazy_gettext("Pin it to the top of the feed"))
    internal_only = BooleanField(lazy_gettext("For colleagues only: can be read, not shared"))
    editing = SelectField(
        lazy_gettext("What people may change"),
        choices=[SelectChoice(kind.value, label) for kind, label in EDITING.items()],
    )
    min_words_changed = IntegerField(
        lazy_gettext("Words that must be their own"),
        [
            Optional(),
            NumberRange(
                1, content.MOST_WORDS_TO_CHANGE, lazy_gettext("Please choose a number from %(min)s to %(max)s.")
            ),
        ],
    )
    disclosure = StringField(lazy_gettext("Disclosure"), [at_most(120)])
    internal_brief = TextAreaField(lazy_gettext("Why we tell this"), [at_most(content.LONGEST_TEXT)])
    briefs = FieldList(FormField(BriefForm), label=lazy_gettext("Brief in other languages"), max_entries=MOST_BRIEFS)
    brief_first = BooleanField(lazy_gettext("People read the brief before they share"))
    read_again = BooleanField(lazy_gettext("The brief has changed: everybody reads it again"))
    inside_hours = IntegerField(
        lazy_gettext("Hours inside before outside"),
        [
            Optional(),
            NumberRange(
                0, content.MOST_INSIDE_HOURS, lazy_gettext("Please choose a number from %(min)s to %(max)s.")
            ),
        ],
    )
    note = StringField(lazy_gettext("What did you change?"), [at_most(500)])

    def written(self) -> Content:
        """What the form says, as the library takes it."""
        kind = ItemKind(self.kind.data)
        return Content(
            kind=kind,
            title=self.title.data,
            summary=self.summary.data or "",
            body=self.body.data or "",
            source_url=(self.source_url.data or "").strip(),
            language=self.language.data,
            picture_id=_number(self.picture_id.data),
            alt_text=(self.film_alt_text if kind is ItemKind.FILM else self.alt_text).data or "",
            more_pictures=tuple(self._more_pictures()),
            film_id=_number(self.film_id.data) if kind is ItemKind.FILM else None,
            topic_ids=tuple(sorted(set(self.topics.data or ()))),
            campaign_id=_number(self.campaign.data),
            audience=self.audience(),
            publish_from=self.publish_from.data,
            expires_at=self.expires_at.data,
            pinned=self.pinned.data,
            internal_only=self.internal_only.data,
            editing=Editing(self.editing.data),
            min_words_changed=self.min_words_changed.data or 0,
            disclosure=self.disclosure.data or "",
            internal_brief=self.internal_brief.data or "",
            briefs=tuple(self._briefs()),
            brief_first=self.brief_first.data,
            inside_hours=self.inside_hours.data or 0,
            captions=tuple(self._captions()),
        )

    def audience(self) -> content.Audience:
        """Whom the form names; a dimension without a value is not there."""
        chosen = {
            Dimension.TEAM: self.team.data,
            Dimension.LOCATION: self.location.data,
            Dimension.LANGUAGE: self.people_language.data,
            Dimension.ROLE: self.role.data,
        }
        return {dimension: tuple(values) for dimension, values in chosen.items() if values}

    def _more_pictures(self) -> list[PictureText]:
        rows = [(_number(row.form.picture_id.data), row.form.alt_text.data) for row in self.more_pictures.entries]
        return [PictureText(picture_id, alt_text or "") for picture_id, alt_text in rows if picture_id is not None]

    def take(self, error: Invalid) -> None:
        """As every form; what is wrong with one of several pictures is said beside that one."""
        at, name, place = self.more_pictures, *error.field.partition("-")[::2]
        if name == "more_pictures" and place.partition("-")[0].isdecimal():
            row = at.entries[int(place.partition("-")[0])].form
            row.alt_text.errors = [*row.alt_text.errors, say(error.text)]
        else:
            super().take(error)

    def offer_brief(self, languages: list[tuple[str, str]]) -> None:
        """Offers room for the brief in one language more."""
        used = {self.language.data, *(row.form.language.data for row in self.briefs.entries)}
        if all((row.form.text.data or "").strip() for row in self.briefs.entries) and len(self.briefs) < MOST_BRIEFS:
            free = next((code for code, _ in languages if code not in used), languages[0][0])
            self.briefs.append_entry({"language": free})
        for row in self.briefs.entries:
            row.form.language.choices = languages

    def _briefs(self) -> list[BriefText]:
        return [
            BriefText(row.language.data, row.text.data)
            for row in (entry.form for entry in self.briefs.entries)
            if (row.text.data or "").strip()
        ]

    def _captions(self) -> list[CaptionText]:
        # A row that nobody wrote in is no post: the form offers an empty one to begin with.
        return [
            CaptionText(
                text=row.text.data,
                network=row.network.data,
                language=row.language.data,
                label=row.label.data or "",
                id=_number(row.id.data),
            )
            for row in (entry.form for entry in self.captions.entries)
            if (row.text.data or "").strip()
        ]


def values_of(written: Content, *, version: int) -> Mapping[str, Any]:
    """What the form of an item begins with."""
    return {
        "version": version,
        "kind": written.kind.value,
        "title": written.title,
        "summary": written.summary,
        "source_url": written.source_url,
        "language": written.language,
        "body": written.body,
        "picture_id": str(written.picture_id or ""),
        "alt_text": written.alt_text,
        "more_pictures": [{"picture_id": one.picture_id, "alt_text": one.alt_text} for one in written.more_pictures],
        "film_id": str(written.film_id or ""),
        "film_alt_text": written.alt_text if written.kind is ItemKind.FILM else "",
        "topics": list(written.topic_ids),
        "campaign": str(written.campaign_id or ""),
        "captions": [
            {
                "id": caption.id or "",
                "network": caption.network,
                "language": caption.language,
                "label": caption.label,
                "text": caption.text,
            }
            for caption in written.captions
        ],
        "team": list(written.audience.get(Dimension.TEAM, ())),
        "location": list(written.audience.get(Dimension.LOCATION, ())),
        "people_language": list(written.audience.get(Dimension.LANGUAGE, ())),
        "role": list(written.audience.get(Dimension.ROLE, ())),
        "publish_from": written.publish_from,
        "expires_at": written.expires_at,
        "pinned": written.pinned,
        "internal_only": written.internal_only,
        "editing": written.editing.value,
        "min_words_changed": written.min_words_changed or None,
        "disclosure": written.disclosure,
        "internal_brief": written.internal_brief,
        "briefs": [{"language": one.language, "text": one.text} for one in written.briefs],
        "brief_first": written.brief_first,
        "inside_hours": written.inside_hours or None,
    }


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isdecimal() and typed.isascii() and len(typed) < 10 else None
