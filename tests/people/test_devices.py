"""Where a person is signed in, and ending that."""

from advocacy.people import devices
from tests.factories import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_a_person_sees_their_browsers_and_signs_the_others_out(signed_in, make):
    kari = make.user("Kari Nordmann")
    here, there = signed_in(kari), signed_in(kari)
    page = here.get("/me/devices").text
    assert page.count("This device") == 1
    answer = here.submit("/me/devices", form="/me/devices/end-others")
    assert answer.location == "/me/devices"
    assert here.get("/me").status_code == 200
    assert there.get("/me").location.startswith("/sign-in")


def test_a_person_signs_one_other_browser_out(signed_in, make):
    kari = make.user("Kari Nordmann")
    here, there = signed_in(kari), signed_in(kari)
    here.submit("/me/devices", form="/me/devices/end")
    assert there.get("/me").location.startswith("/sign-in")
    assert here.get("/me").status_code == 200


def test_nobody_signs_somebody_else_out(signed_in, make):
    kari, ola = signed_in(make.user("Kari")), signed_in(make.user("Ola"))
    page = ola.get("/me/devices")
    assert page.status_code == 200
    from advocacy.people.sessions import hash_token

    device = hash_token(ola.get_cookie("hub").value)
    kari.post("/me/devices/end", data={"csrf_token": kari.token(), "device": device})
    assert ola.get("/me").status_code == 200


def test_a_browser_is_called_by_its_name(client, make):
    make.user("Kari", email="kari@example.com", password=PASSWORD)
    client.submit("/sign-in", {"email": "kari@example.com", "password": PASSWORD}, headers={"User-Agent": FIREFOX})
    assert "Firefox · Linux" in client.get("/me/devices").text


def test_names_of_browsers():
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    assert devices.name_of(iphone) == "Safari · iPhone"
    assert devices.name_of(edge) == "Edge · Windows"
    assert devices.name_of("curl/8") == ""
