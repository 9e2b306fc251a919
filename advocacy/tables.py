"""Every table of the hub, for migrations: importing this file makes the metadata complete."""

from __future__ import annotations

from advocacy.base import editions, events, leases, retention
from advocacy.base.db import Base
from advocacy.insights import file_models as figure_files
from advocacy.insights import models as insights
from advocacy.insights import view_models as saved_views
from advocacy.learning import meeting_models as meetings
from advocacy.learning import models as learning
from advocacy.library import disclosure_models as disclosures
from advocacy.library import models as library
from advocacy.library import source_models as sources
from advocacy.library import upload_models as uploads
from advocacy.messages import chat_models as chat
from advocacy.messages import models as messages
from advocacy.messages import newsletter_models as newsletters
from advocacy.messages import push_models as pushes
from advocacy.people import entry_models as entry
from advocacy.people import mail_models as mail
from advocacy.people import models as people
from advocacy.programme import goal_models as goals
from advocacy.programme import models as programme
from advocacy.programme import step_models as plan_steps
from advocacy.programme import touchpoint_models as touchpoints
from advocacy.reach import click_ids, conversion_models, ended_links, follower_models, media_rates, offices
from advocacy.reach import models as reach
from advocacy.reach import rejudging_models as rejudging
from advocacy.reach import sum_models as reach_sums
from advocacy.recognition import badge_models as badges
from advocacy.recognition import challenge_models as challenges
from advocacy.recognition import kudos_models as kudos
from advocacy.recognition import models as recognition
from advocacy.recognition import reward_models as rewards
from advocacy.recognition import story_models as stories
from advocacy.sharing import cost_models as costs
from advocacy.sharing import feed_models as calendar_feeds
from advocacy.sharing import models as sharing
from advocacy.sharing import network_models as networks
from advocacy.sharing import place_models as places
from advocacy.sharing import post_sum_models as post_sums
from advocacy.sharing import result_models as sharing_results
from advocacy.sharing import rule_models as sharing_rules
from advocacy.sharing import utm
from advocacy.voice import forum_models as forum
from advocacy.voice import models as voice
from advocacy.voice import page_models as voice_pages
from advocacy.voice import survey_models as surveys

__all__ = [
    "badges",
    "calendar_feeds",
    "challenges",
    "chat",
    "click_ids",
    "conversion_models",
    "costs",
    "disclosures",
    "editions",
    "ended_links",
    "entry",
    "events",
    "figure_files",
    "follower_models",
    "forum",
    "goals",
    "insights",
    "kudos",
    "learning",
    "leases",
    "library",
    "mail",
    "media_rates",
    "meetings",
    "messages",
    "metadata",
    "networks",
    "newsletters",
    "offices",
    "people",
    "places",
    "plan_steps",
    "post_sums",
    "programme",
    "pushes",
    "reach",
    "reach_sums",
    "recognition",
    "rejudging",
    "retention",
    "rewards",
    "saved_views",
    "sharing",
    "sharing_results",
    "sharing_rules",
    "sources",
    "stories",
    "surveys",
    "touchpoints",
    "uploads",
    "utm",
    "voice",
    "voice_pages",
]

metadata = Base.metadata
