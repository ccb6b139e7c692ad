"""HTTP without sockets: which media types are taken, what a proxy says of the client's address, and who is believed."""

import pytest

from lrs_soap.services.http import HttpRefusal, PublicAddress, check_media_type

FORWARDED = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "lrs.example, inner.example"}


def address(trusted: str, caller: str, **more: str) -> str:
    environ = {"wsgi.url_scheme": "http", "HTTP_HOST": "inner:8080", "SERVER_NAME": "server", "SERVER_PORT": "80"}
    return PublicAddress(trusted).of(environ | {"REMOTE_ADDR": caller} | more)


@pytest.mark.parametrize(
    ("trusted", "caller"),
    [
        ("*", "192.0.2.9"),
        ("*", ""),
        ("127.0.0.1, 192.0.2.9", "192.0.2.9"),
        ("192.0.2.0/24", "192.0.2.9"),
        ("127.0.0.1,::1", "::1"),
        ("2001:db8::/32", "2001:db8::9"),
    ],
)
def test_a_trusted_proxy_is_believed(trusted: str, caller: str) -> None:
    assert address(trusted, caller, **FORWARDED) == "https://lrs.example"


@pytest.mark.parametrize(
    ("trusted", "caller"),
    [("127.0.0.1,::1", "192.0.2.9"), ("192.0.2.0/24", "192.0.3.9"), ("192.0.2.0/24", ""), ("", "127.0.0.1")],
)
def test_nobody_else_is_believed(trusted: str, caller: str) -> None:
    assert address(trusted, caller, **FORWARDED) == "http://inner:8080"


@pytest.mark.parametrize("host", ["", "a b", "evil.example/path", '"><script>', "host:999999", "[::1"])
def test_a_host_that_is_none_gives_way_to_the_servers_own_name(host: str) -> None:
    assert address("*", "127.0.0.1", HTTP_HOST=host) == "http://server:80"


def test_a_scheme_that_is_not_http_is_not_taken_over() -> None:
    assert address("*", "127.0.0.1", HTTP_X_FORWARDED_PROTO="javascript") == "http://inner:8080"


@pytest.mark.parametrize(
    "charset",
    ["charset=klingon", "charset*=utf-8''x%00y", 'charset="utf-8', "charset=\x01", "charset*=*0%ff*1%00\xff''"],
)
def test_a_charset_that_is_none_is_refused(charset: str) -> None:
    with pytest.raises(HttpRefusal, match="cannot be read") as caught:
        check_media_type({"CONTENT_TYPE": f"text/xml; {charset}"})
    assert caught.value.status.startswith("415")


@pytest.mark.parametrize(
    ("trusted", "caller", "forwarded", "told"),
    [
        ("127.0.0.1", "192.0.2.9", "", "192.0.2.9"),
        ("127.0.0.1", "127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.9", "198.51.100.7", "192.0.2.9"),
        ("127.0.0.1", "127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "127.0.0.1", "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1,192.0.2.0/24", "127.0.0.1", "203.0.113.1, 198.51.100.7, 192.0.2.5", "198.51.100.7"),
        ("127.0.0.1,192.0.2.0/24", "127.0.0.1", "192.0.2.4, 192.0.2.5", "192.0.2.4"),
        ("*", "127.0.0.1", "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        ("*", "127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_whoever_calls_through_proxies_that_are_believed(trusted: str, caller: str, forwarded: str, told: str) -> None:
    environ = {"REMOTE_ADDR": caller, "HTTP_X_FORWARDED_FOR": forwarded}
    assert PublicAddress(trusted).of_caller(environ) == told
