"""The timetable: what happens by itself, one line a job. The only file that knows APScheduler; holds no logic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from advocacy.base import old_events
from advocacy.base.house import House
from advocacy.insights import checking, headcounts, long_files, monthly_letters, saved_views
from advocacy.learning import deadlines, sign_ups
from advocacy.library import card_fetching, clearing, film_uploads, polling
from advocacy.messages import chatting, digest_turns, mailing, notifications, posting, pushing
from advocacy.people import bounce_mailbox, onboarding, outbox, sweeping
from advocacy.programme import measuring
from advocacy.reach import (
    audience,
    click_ids,
    conversions,
    figures,
    followers,
    importing,
    months,
    rejudging,
    retiring,
    salts,
)
from advocacy.recognition import closing, earning, points
from advocacy.sharing import claims, connecting, extending, publishing, results, sign_ins
from advocacy.voice import forum_reports, rounds, settling

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """Something that happens again and again.

    Args:
        name: for the log and the health page.
        every: seconds between two beginnings, above 0.
        run: a service; called with the house, must be safe to call at any time and again after a crash.
    """

    name: str
    every: float
    run: Callable[[House], object]


CLOCK: tuple[Job, ...] = (
    Job("clear away what is over", 3600, sweeping.sweep),
    Job("clear away pictures made for networks", 3600, clearing.clear_made),
    Job("clear away films that stopped half way", 3600, film_uploads.sweep),
    Job("forget sign-ins that were begun", 600, connecting.forget_old),
    Job("extend sign-ins", 3600, extending.extend_due),
    Job("salts", 600, salts.tend),
    Job("make months of clicks", 3600, months.tend),
    Job("remove old clicks", 300, retiring.remove),
    Job("judge clicks again", 5, rejudging.tick),
    Job("forget click ids", 3600, click_ids.forget),
    Job("clicks of conversions", 5, conversions.tend),
    Job("remove old events", 300, old_events.remove),
    Job("headcount", 600, headcounts.tick),
    Job("plan followers", 600, followers.take_in),
    Job("audience", 600, audience.tend),
    Job("check the sums", 600, checking.tick),
    Job("sign-ins that end", 600, sign_ins.tend),
    Job("letters that came back", 120, bounce_mailbox.read),
    Job("surveys", 60, rounds.tick),
    Job("courses that are due", 3600, deadlines.tick),
    Job("figures of goals", 900, measuring.tick),
    Job("challenges", 60, closing.tick),
    Job("forget views that were removed", 3600, saved_views.sweep),
    Job("remove files of figures", 600, long_files.sweep),
    Job("settle what was said anonymously", 3600, settling.settle),
    Job("tell curators what is reported", 600, forum_reports.tell_curators),
    Job("badges by newer rules", 3600, earning.catch_up),
    Job("forget old notifications", 3600, notifications.sweep),
    Job("forget old news of channels", 3600, chatting.sweep),
)
"""Run by the one clock that leads: things that must happen once."""

WORKER: tuple[Job, ...] = (
    Job("publish", 1, publishing.tick),
    Job("keep leases", publishing.RENEW_EVERY, publishing.renew),
    Job("confirm shares", 3, claims.confirm),
    Job("learn good hours", 5, results.keep_up),
    Job("post letters", 3, outbox.send_due),
    Job("cards", 2, card_fetching.tick),
    Job("first shares", 5, lambda house: onboarding.keep_up(house.db)),
    Job("clicks", 0.5, importing.tick),
    Job("figures", 5, figures.tick),
    Job("followers", 10, followers.tick),
    Job("read sources", 2, polling.poll_due),
    Job("notifications", 2, notifications.keep_up),
    Job("newsletters", 10, mailing.tick),
    Job("channels of the company", 5, chatting.tick),
    Job("pushes", 2, pushing.tick),
    Job("letters with what is new", 60, digest_turns.tick),
    Job("letters about what happened", 20, posting.post_due),
    Job("monthly letters for leaders", 300, monthly_letters.tick),
    Job("files of figures", 2, long_files.tick),
    Job("places of who left", 5, sign_ups.keep_up),
    Job("points", 1, lambda house: points.keep_up(house.db)),
    Job("badges", 3, lambda house: earning.keep_up(house.db)),
)
"""Run by every worker: they claim rows, so that any number of workers may run them at once."""


def start(
    house: House, timetable: tuple[Job, ...], *, may_run: Callable[[], bool] = lambda: True
) -> BackgroundScheduler:
    """Starts a timetable in threads of this process.

    Args:
        house: what jobs work with.
        timetable: the jobs.
        may_run: asked before each run; a clock that does not lead says no.

    Returns:
        The running scheduler; `shutdown(wait=True)` lets running jobs end.
    """
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(max_workers=max(4, len(timetable)))},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="UTC",
    )
    for job in timetable:
        scheduler.add_job(_guarded, "interval", seconds=job.every, args=(house, job, may_run), id=job.name)
    scheduler.start()
    return scheduler


def _guarded(house: House, job: Job, may_run: Callable[[], bool]) -> None:
    if not may_run():
        return
    with structlog.contextvars.bound_contextvars(job=job.name):
        try:
            job.run(house)
        except Exception:
            log.exception("job failed; it runs again at its next time")
