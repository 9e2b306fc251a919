"""Where background work runs: a pool of threads in the worker, or all workers together when a broker is configured.

The row in the database decides who owns a piece; a message only says that there is one. So a message may come late,
twice or never, and a broker that is away stops nothing. The only file that knows Celery, which is loaded when needed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

import structlog

from advocacy.base.house import House

if TYPE_CHECKING:
    from celery import Celery

log = structlog.get_logger()

Work = Callable[[House, int], object]
"""A piece of work that a message may name: the house of the process that carries it out, and the id of a row."""

ASK_AGAIN = 10.0
"""Seconds for which a broker that did not answer is left alone."""
ANSWER_WITHIN = 2.0
"""Seconds that a broker gets to take a connection."""


class BrokerAway(Exception):
    """The broker does not answer."""


class Tasks:
    """A pool of threads, and the broker's queue where there is one.

    Args:
        threads: how many pieces of work run at once, 1 or more.
        broker_url: `redis://...` or `amqp://...`; "" for the pool alone.
        queue: the queue's name; hubs that share a broker need names that differ.
        works: what messages may name. The names are known to every worker of every version: never change one.
    """

    def __init__(
        self, *, threads: int, broker_url: str = "", queue: str = "advocacy", works: Mapping[str, Work] | None = None
    ) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="task")
        self._running = 0
        self._ended = threading.Condition()
        self._broker_url, self._queue, self._works = broker_url, queue, dict(works or {})
        self._left_alone_until = 0.0
        self._sent: dict[tuple[str, int], float] = {}
        self._receiver: threading.Thread | None = None
        self._ends = threading.Event()

    @property
    def free(self) -> int:
        """How many pieces could start at once now; claim no more than that."""
        return max(0, self.threads - self._running)

    @property
    def broker(self) -> str:
        """What kind of broker there is: "Redis", "RabbitMQ" or ""."""
        return {"redis": "Redis", "amqp": "RabbitMQ"}.get(self._broker_url.partition("://")[0], "")

    def start(self, work: Callable[..., object], *args: Any) -> None:
        """Runs a piece of work here, soon. An error in it is logged; its row's lease runs out and says the rest."""
        with self._ended:
            self._pool.submit(self._run, work, *args)
            self._running += 1

    def _run(self, work: Callable[..., object], *args: Any) -> None:
        try:
            self._guarded(work, *args)
        finally:
            with self._ended:
                self._running -= 1
                self._ended.notify_all()

    def wait(self, seconds: float, *, free: int = 1) -> bool:
        """Waits until so many pieces could start at once, or nothing runs.

        Args:
            seconds: how long at most, 0 or more.
            free: how many, 1 or more.

        Returns:
            Whether it came to that.
        """
        with self._ended:
            return self._ended.wait_for(lambda: self.free >= min(free, self.threads), timeout=seconds)

    def send(self, name: str, house: House, number: int) -> None:
        """Has some worker carry out a piece of work; this process does it while the broker is away.

        A message of which nobody knows whether it arrived is carried out here too: the work's row lets one of the two.

        Args:
            name: one of `works`.
            house: for the case that it is carried out here.
            number: the row's id; all that the message holds.
        """
        if self.broker and time.monotonic() >= self._left_alone_until:
            from kombu.exceptions import OperationalError

            try:
                self._celery.send_task(name, args=[number], task_id=str(number), retry=False)
                return
            except (OperationalError, OSError) as error:
                self._left_alone_until = time.monotonic() + ASK_AGAIN
                log.warning("the broker is away; work is carried out here", why=type(error).__name__)
        self.start(self._works[name], house, number)

    def send_unless_sent(self, name: str, house: House, number: int, *, within: float) -> bool:
        """As `send`, for work that whoever receives it claims: it stays due until then, and one message is enough.

        Args:
            name: one of `works`.
            house: for the case that it is carried out here.
            number: the row's id.
            within: seconds for which this process does not send the same again, above 0: a message may be lost.

        Returns:
            Whether it was sent.
        """
        now = time.monotonic()
        self._sent = {piece: at for piece, at in self._sent.items() if at > now - within}
        if (name, number) in self._sent:
            return False
        self._sent[name, number] = now
        self.send(name, house, number)
        return True

    def receive(self, house: House) -> None:
        """Begins to carry out what messages bring, as many at once as there are threads. Without a broker: nothing."""
        if self.broker:
            self._receiver = threading.Thread(target=self._receive, args=(house,), name="receiver", daemon=True)
            self._receiver.start()

    def waiting(self) -> int:
        """How many messages no worker has taken up yet.

        Raises:
            BrokerAway: it does not answer.
        """
        from kombu.exceptions import OperationalError

        app = self._celery
        try:
            with app.connection_for_read() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=ANSWER_WITHIN)
                # As Celery declares it; asking without declaring fails at Redis when nothing waits.
                found = connection.default_channel.queue_declare(self._queue, durable=True, auto_delete=False)
                return int(found.message_count)
        except (OperationalError, OSError) as error:
            raise BrokerAway from error

    def end(self) -> None:
        """Lets what runs come to its end."""
        if self._receiver is not None:
            from celery.worker import state

            self._ends.set()
            state.should_stop = 0  # an exit status: "stop, all is well"
            self._receiver.join()
        if "_celery" in self.__dict__:
            self._let_the_broker_go()
        self._pool.shutdown(wait=True)

    def _let_the_broker_go(self) -> None:
        """Closes connections, which stay open otherwise; and forgets their pools, which kombu keeps for the whole
        process under the broker's address and would hand out closed to the next who asks.
        """
        from kombu import pools

        connection = self._celery.connection_for_write()
        self._celery.pool.force_close_all()
        for group in (pools.producers, pools.connections):
            with suppress(KeyError):
                del group[connection]
        self._celery.close()

    def _received(self, work: Work, house: House) -> Callable[[int], None]:
        def carry_out(number: int) -> None:
            self._guarded(work, house, number)

        return carry_out

    def _guarded(self, work: Callable[..., object], *args: Any) -> None:
        try:
            work(*args)
        except Exception:
            log.exception("background work failed", work=getattr(work, "__name__", str(work)))

    @cached_property
    def _celery(self) -> Celery:
        from celery import Celery

        app = Celery("advocacy", broker=self._broker_url, set_as_current=False)
        is_redis = self.broker == "Redis"
        app.conf.update(
            task_default_queue=self._queue,
            task_serializer="json",
            accept_content=["json"],
            task_ignore_result=True,
            task_acks_late=True,
            task_reject_on_worker_lost=True,
            worker_prefetch_multiplier=1,
            worker_pool="threads",  # in one process, so that the leases of what runs are kept by its timetable
            worker_enable_remote_control=False,
            worker_hijack_root_logger=False,
            broker_connection_timeout=ANSWER_WITHIN,
            broker_connection_retry_on_startup=True,
            broker_connection_max_retries=None,
            broker_transport_options={"socket_connect_timeout": ANSWER_WITHIN, "socket_keepalive": True}
            if is_redis
            else {"confirm_publish": True},
        )
        return app

    def _receive(self, house: House) -> None:
        from celery.worker import WorkController, state

        app = self._celery
        app.set_default()  # Celery's threads look for it there
        for name, work in self._works.items():
            app.task(self._received(work, house), name=name, shared=False)
        app.finalize()
        state.should_stop = None
        while not self._ends.is_set():
            try:
                WorkController(
                    app=app,
                    concurrency=self.threads,
                    without_gossip=True,
                    without_mingle=True,
                    without_heartbeat=True,
                ).start()
            except Exception:
                log.exception("messages are not received; trying again")
            self._ends.wait(ASK_AGAIN / 5)
