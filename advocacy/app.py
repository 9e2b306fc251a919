"""The roof: puts the house together. Nothing imports it but wsgi.py, cli.py and tests."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from advocacy.admin.views import channels as open_channels
from advocacy.admin.views import health
from advocacy.admin.views import networks as networks_page
from advocacy.base import logs
from advocacy.base.blocks import Blocks
from advocacy.base.clock import Clock, SystemClock
from advocacy.base.db import Database
from advocacy.base.fetch import Fetcher
from advocacy.base.forwarded import Noticing
from advocacy.base.house import House
from advocacy.base.letters import Printer
from advocacy.base.mail import Post
from advocacy.base.notifying import Kinds
from advocacy.base.own_marks import OwnMarks
from advocacy.base.sealing import Sealer
from advocacy.base.speaking import Speaker
from advocacy.base.subjects import Subjects
from advocacy.insights import own_data as insights_data
from advocacy.insights.views import (
    insight_audience,
    insight_cohorts,
    insight_conversions,
    insight_countries,
    insight_files,
    insight_items,
    insight_long_files,
    insight_report,
    insight_rows,
    insight_teams,
    insight_value,
    insight_views,
    insights,
)
from advocacy.keys import sealer, secret_key, vapid
from advocacy.learning import notifications as learning_kinds
from advocacy.learning import own_data as learning_data
from advocacy.learning import requirements, taking
from advocacy.learning.files import LessonFiles
from advocacy.learning.views import certificates, course_editor, course_parts, courses, lesson_files, meetings
from advocacy.library import newsletter_block as library_block
from advocacy.library import notifications as library_kinds
from advocacy.library import own_data as library_data
from advocacy.library.media import Media
from advocacy.library.views import (
    campaigns,
    film_uploads,
    item_alignment,
    item_editor,
    item_history,
    item_review,
    items,
    media,
    message_house,
    new_item,
    sources,
    topics,
)
from advocacy.messages import own_data as messages_data
from advocacy.messages.last_looks import LAST_LOOKS
from advocacy.messages.views import (
    chat,
    newsletter_preview,
    newsletters,
    notifications,
    preferences,
    push,
    unsubscribe,
)
from advocacy.people import notifications as people_kinds
from advocacy.people import own_data as people_data
from advocacy.people.privacy import Holdings
from advocacy.people.views import (
    admin_invitations,
    admin_mail,
    admin_people,
    admin_people_files,
    admin_policy,
    admin_teams,
    appearance,
    devices,
    join,
    onboarding,
    own_data,
    own_password,
    password_reset,
    policies,
    profile,
    set_up,
    sign_in,
)
from advocacy.programme import newsletter_block as programme_block
from advocacy.programme import notifications as programme_kinds
from advocacy.programme import own_data as programme_data
from advocacy.programme.programmes import SUBJECT as PLAN_SUBJECT
from advocacy.programme.views import evaluation, goals, programmes, steps, touchpoints
from advocacy.reach import figures, redirect
from advocacy.reach import own_data as reach_data
from advocacy.reach.views import (
    caption_results,
    conversion_admin,
    conversion_doors,
    definitions,
    ended_links,
    item_reach,
    links,
    offices,
    own_followers,
    rejudging,
    share_reach,
)
from advocacy.recognition import challenge_notifications as challenge_kinds
from advocacy.recognition import newsletter_block as recognition_block
from advocacy.recognition import notifications as recognition_kinds
from advocacy.recognition import own_data as points_data
from advocacy.recognition import reward_notifications as reward_kinds
from advocacy.recognition.views import (
    achievements,
    challenge_editor,
    challenges,
    holiday_weeks,
    kudos,
    leaderboard,
    points,
    reward_editor,
    reward_requests,
    rewards,
    stories,
)
from advocacy.recognition.views import values as company_values
from advocacy.sharing import briefs_first, handing_over, text_rules
from advocacy.sharing import notifications as sharing_kinds
from advocacy.sharing import own_data as sharing_data
from advocacy.sharing.gates import Gates
from advocacy.sharing.network_memory import NetworkMemory
from advocacy.sharing.networks import Networks
from advocacy.sharing.publisher import Publisher
from advocacy.sharing.views import (
    by_hand,
    channels,
    client_document,
    composer,
    connections,
    disclosure,
    feed,
    link_parameters,
    my_shares,
    sharing_calendar,
    sharing_rules,
    unclear,
)
from advocacy.tasks import Tasks
from advocacy.voice import newsletter_block as voice_block
from advocacy.voice import notifications as voice_kinds
from advocacy.voice import own_data as voice_data
from advocacy.voice.anonymity import Pace
from advocacy.voice.feedback import SUBJECTS as VOICE_SUBJECTS
from advocacy.voice.views import feedback, forum, forum_reports, handbook, notices, surveys
from advocacy.web import (
    access,
    asking,
    company,
    errors,
    fragments,
    house,
    i18n,
    markup,
    navigation,
    requests,
    security,
    sessions,
)
from advocacy.web.routing import Pages
from config import Settings

ROOT = Path(__file__).resolve().parent.parent

AREAS: tuple[Blueprint, ...] = (
    company.blueprint,
    sign_in.blueprint,
    password_reset.blueprint,
    set_up.blueprint,
    join.blueprint,
    onboarding.blueprint,
    policies.blueprint,
    appearance.blueprint,
    profile.blueprint,
    own_password.blueprint,
    devices.blueprint,
    own_data.blueprint,
    admin_people.blueprint,
    admin_invitations.blueprint,
    admin_people_files.blueprint,
    admin_teams.blueprint,
    admin_policy.blueprint,
    admin_mail.blueprint,
    media.blueprint,
    film_uploads.blueprint,
    items.blueprint,
    new_item.blueprint,
    item_editor.blueprint,
    item_review.blueprint,
    item_history.blueprint,
    item_alignment.blueprint,
    message_house.blueprint,
    campaigns.blueprint,
    topics.blueprint,
    sources.blueprint,
    connections.blueprint,
    channels.blueprint,
    client_document.blueprint,
    feed.blueprint,
    composer.blueprint,
    my_shares.blueprint,
    unclear.blueprint,
    sharing_calendar.blueprint,
    by_hand.blueprint,
    sharing_rules.blueprint,
    disclosure.blueprint,
    link_parameters.blueprint,
    links.blueprint,
    ended_links.blueprint,
    offices.blueprint,
    rejudging.blueprint,
    conversion_admin.blueprint,
    conversion_doors.blueprint,
    share_reach.blueprint,
    own_followers.blueprint,
    item_reach.blueprint,
    caption_results.blueprint,
    definitions.blueprint,
    leaderboard.blueprint,
    points.blueprint,
    kudos.blueprint,
    company_values.blueprint,
    challenges.blueprint,
    challenge_editor.blueprint,
    achievements.blueprint,
    holiday_weeks.blueprint,
    stories.blueprint,
    rewards.blueprint,
    reward_editor.blueprint,
    reward_requests.blueprint,
    notices.blueprint,
    surveys.blueprint,
    forum.blueprint,
    forum_reports.blueprint,
    handbook.blueprint,
    feedback.blueprint,
    courses.blueprint,
    course_editor.blueprint,
    course_parts.blueprint,
    certificates.blueprint,
    lesson_files.blueprint,
    meetings.blueprint,
    programmes.blueprint,
    goals.blueprint,
    steps.blueprint,
    touchpoints.blueprint,
    evaluation.blueprint,
    notifications.blueprint,
    preferences.blueprint,
    push.blueprint,
    chat.blueprint,
    newsletters.blueprint,
    newsletter_preview.blueprint,
    unsubscribe.blueprint,
    insights.blueprint,
    insight_rows.blueprint,
    insight_items.blueprint,
    insight_conversions.blueprint,
    insight_countries.blueprint,
    insight_audience.blueprint,
    insight_value.blueprint,
    insight_teams.blueprint,
    insight_files.blueprint,
    insight_long_files.blueprint,
    insight_views.blueprint,
    insight_cohorts.blueprint,
    insight_report.blueprint,
    networks_page.blueprint,
    open_channels.blueprint,
    health.blueprint,
)
"""Every page, area by area, in the order of the house."""


def build_house(settings: Settings, *, clock: Clock | None = None) -> House:
    """The database and all parts, for the web, the clock, the workers and the tests alike.

    Args:
        settings: from the environment.
        clock: the time of everything, the database's included, for tests; else each tells its own.
    """
    db = Database(settings.database, time=clock.now if clock else None)
    networks = Networks.of_environment(
        settings.environment,
        allow_private_hosts=settings.connectors_allow_private_hosts,
        memory=NetworkMemory(db),
    )
    return House(
        db=db,
        clock=clock or SystemClock(),
        parts=[
            settings,
            Fetcher(allow_hosts=settings.fetchable),
            Tasks(
                threads=settings.worker_threads,
                broker_url=settings.task_broker_url,
                queue=settings.task_queue,
                works={handing_over.CARRY_OUT: handing_over.take_up, figures.LOOK: figures.take_up},
            ),
            sealer(settings),
            vapid(settings),
            Post(smtp_url=settings.smtp_url, folder=settings.data_dir / "mail"),
            Printer(
                templates=ROOT / "templates",
                translations=ROOT / "translations",
                company_name=settings.company_name,
                sender=settings.mail_from,
                address=settings.address,
            ),
            Speaker(ROOT / "translations"),
            Holdings(
                people_data.HOLDING,
                library_data.HOLDING,
                sharing_data.HOLDING,
                reach_data.HOLDING,
                points_data.HOLDING,
                voice_data.HOLDING,
                learning_data.HOLDING,
                programme_data.HOLDING,
                messages_data.HOLDING,
                insights_data.HOLDING,
            ),
            Kinds(
                *sharing_kinds.KINDS,
                *recognition_kinds.KINDS,
                *challenge_kinds.KINDS,
                *reward_kinds.KINDS,
                *voice_kinds.KINDS,
                *learning_kinds.KINDS,
                *programme_kinds.KINDS,
                *library_kinds.KINDS,
                *people_kinds.KINDS,
            ),
            Blocks(
                library_block.BLOCK,
                voice_block.BLOCK,
                recognition_block.KUDOS,
                recognition_block.STORY,
                programme_block.BLOCK,
            ),
            Subjects(*VOICE_SUBJECTS, taking.SUBJECT, PLAN_SUBJECT),
            LAST_LOOKS,
            Media(settings.data_dir / "media"),
            Pace(),
            LessonFiles(settings.data_dir / "media" / "lessons"),
            Gates(requirements.hold, briefs_first.hold),
            networks,
            text_rules.of_networks(networks, public_url=settings.address, company=settings.company_name),
            Publisher(public_url=settings.address, most_of_a_place=max(1, settings.worker_threads // 2)),
        ],
    )


def create_app(settings: Settings, *, the_house: House | None = None) -> Flask:
    """The web application.

    Args:
        settings: from the environment.
        the_house: built already (tests); else built from the settings.

    Raises:
        RuntimeError: a view has no access rule.
    """
    logs.set_up(level=settings.log_level, as_json=settings.log_format == "json")
    app = Pages("advocacy", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SECRET_KEY=secret_key(settings),
        SESSION_COOKIE_NAME="__Host-form" if settings.is_https else "form",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=20 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
        TRANSLATIONS=ROOT / "translations",
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    the_house = the_house or build_house(settings)
    house.set_up(app, the_house)
    requests.set_up(app)
    security.set_up(app, settings)
    csrf = CSRFProtect(app)
    csrf.exempt(unsubscribe.blueprint)
    csrf.exempt(conversion_doors.blueprint)
    own_marks = OwnMarks(app.config["SECRET_KEY"])
    sessions.set_up(app, own_marks)
    access.set_up(app)
    asking.set_up(app)
    i18n.set_up(app)
    markup.set_up(app)
    fragments.set_up(app)
    navigation.set_up(app, company_name=settings.company_name)
    errors.set_up(app)
    for blueprint in AREAS:
        app.register_blueprint(blueprint)
    access.anyone(app.view_functions["static"])
    access.check_every_view(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    else:
        app.wsgi_app = Noticing(app.wsgi_app, settings.data_dir, the_house.clock)  # type: ignore[method-assign]
    app.wsgi_app = redirect.in_front_of(  # type: ignore[method-assign]
        app.wsgi_app,
        db=the_house.db,
        clock=the_house.clock,
        sealer=the_house.part(Sealer),
        own_marks=own_marks,
        data_dir=settings.data_dir,
        trusted_proxies=settings.trusted_proxies,
        is_https=settings.is_https,
        country_database=settings.country_database,
    )
    return app
