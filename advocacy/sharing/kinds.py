"""What each kind of share is called."""

from __future__ import annotations

from collections.abc import Mapping

from advocacy.base.text import Text
from advocacy.sharing.models import ShareKind

NAMES: Mapping[ShareKind, Text] = {
    ShareKind.SHARE: Text("Post"),
    ShareKind.CHANNEL: Text("Post in a channel"),
    ShareKind.REPOST: Text("Passed on"),
    ShareKind.COMMENT: Text("Passed on with words"),
    ShareKind.REPLY: Text("Comment below a post"),
}
