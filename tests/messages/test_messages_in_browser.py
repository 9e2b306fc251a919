"""Notifications in a real browser: the bell rings without a reload, and a push is shown though no page asked for it."""

import json
import re

import pytest

from advocacy.base.fetch import Fetcher
from advocacy.base.web_push import Vapid
from advocacy.messages import pushing
from tests.messages.push_service import BrowserKey, push_service

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SUBSCRIBES_ELSEWHERE = """given => {
  // The browser's own push service is on the internet; everything else here is the browser's.
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async options => {
    window.askedWith = [options.userVisibleOnly, new Uint8Array(options.applicationServerKey).length];
    const bytes = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), l => l.charCodeAt(0));
    return {endpoint: given.endpoint, getKey: name => bytes(name === 'auth' ? given.auth : given.public).buffer};
  };
}"""

IN_TIME = """async what => {
  // `wait_for_function` takes a promise for a value; this waits for what the promise brings.
  for (const end = Date.now() + 20000; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 50))) {
    const brought = await (0, eval)(what)();
    if (brought) return brought;
  }
  throw new Error(`not in 20 s: ${what}`);
}"""

SHOWN = """async () => {
  const all = await (await navigator.serviceWorker.ready).getNotifications();
  return all.length && all.map(one => [one.title, one.data.path]);
}"""


@ONE_DATABASE
def test_the_bell_and_the_open_list_tell_what_happened_without_a_reload(site, make, happen):
    kari, leader = make.user("Kari"), make.leader()
    page = site.visit(kari)
    page.goto("/me/notifications")
    page.get_by_text("Nothing has happened yet").wait_for()
    bell = page.locator("#bell")
    page.evaluate("window.isTheSamePage = true")
    happen.notice(leader, "New doors")
    page.wait_for_function("document.querySelector('#bell').getAttribute('hx-trigger').includes('60s')")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_role("link", name="There is a new notice.").wait_for()
    assert re.search(r"\b1\b", bell.inner_text())
    assert page.evaluate("window.isTheSamePage")


@ONE_DATABASE
def test_a_push_is_shown_by_the_browser_and_leads_to_its_page(site, make, happen, house, monkeypatch):
    kari, leader, key = make.user("Kari"), make.leader(), BrowserKey()
    page = site.visit(kari)
    page.context.grant_permissions(["notifications"], origin=site.url)
    with push_service(house.clock.now, public=house.part(Vapid).public) as service:
        monkeypatch.setitem(house._parts, Fetcher, Fetcher(allow_hosts=frozenset({service.name}), seconds=5))
        given = {"endpoint": f"http://{service.name}/send/kari", **key.given}
        page.add_init_script(f"({SUBSCRIBES_ELSEWHERE})({json.dumps(given)})")
        page.goto("/me/messages")
        page.get_by_role("button", name="Show notifications in this browser").click()
        page.get_by_text("This browser shows notifications from now on").wait_for()
        pushing.tick(house)
        happen.notice(leader, "New doors")
        pushing.tick(house)
        says = key.open(service.taken[-1][2])
    devtools = page.context.new_cdp_session(page)
    found = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    devtools.send("ServiceWorker.enable")
    page.evaluate(IN_TIME, "async () => (await navigator.serviceWorker.ready).active.state === 'activated'")
    [registration] = {one["registrationId"] for one in found}
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": site.url, "registrationId": registration, "data": json.dumps(says)},
    )
    shown = page.evaluate(IN_TIME, SHOWN)
    assert shown == [["There is a new notice.", f"/me/notifications/{happen.told(kari)[0].id}"]]
    page.goto(shown[0][1])
    assert page.url.startswith(f"{site.url}/company/notices/")
