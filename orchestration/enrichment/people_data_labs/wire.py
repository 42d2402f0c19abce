"""One HTTP request to People Data Labs, once: what came back, or how far it got."""

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError, SSLError

from orchestration.enrichment.provider import KeyRefused, Unavailable
from orchestration.enrichment.redirects import UnredirectedSession

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Route:
    """Where a call goes: a query for GET, a body for POST."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Delivery:
    """What became of one HTTP request.

    Attributes
    ----------
    status : HTTP status, null where no answer began
    headers : of the answer, names in any case
    text : of the answer's body, as much as came
    whole : whether the body came to its end
    sent : whether the provider may have had the request
    is_under_way : whether nobody waited for the answer any longer, so that it may still be made
    problem : why there is no whole answer, in a few words without any value of request or key
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    whole: bool = False
    sent: bool = True
    is_under_way: bool = False
    problem: str = ""


class Wire:
    """A pool of connections that carry the key in a header, and nowhere else.

    Parameters
    ----------
    base_url : such as ``https://api.peopledatalabs.com/v5``
    key : sent as ``X-Api-Key``
    connections : how many calls may be under way at once
    connect_timeout, read_timeout : seconds to wait for a connection, and for the next bytes
    deadline : seconds after which an answer that still drips is cut off
    longest : bytes of an answer after which it is cut off

    Raises
    ------
    KeyRefused, Unavailable
        When key or URL cannot be one.
    """

    def __init__(
        self,
        base_url: str,
        key: SecretStr,
        *,
        connections: int,
        connect_timeout: float = 10,
        read_timeout: float = 60,
        deadline: float = 180,
        longest: int = 1 << 27,
    ) -> None:
        _raise_if_unusable(base_url, key)
        self._base_url = base_url.rstrip("/")
        self._timeout = (connect_timeout, read_timeout)
        self._deadline = deadline
        self._longest = longest
        self._session = UnredirectedSession()
        self._session.auth = _KeyHeader(key)
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections)
        self._session.mount(f"{urlsplit(base_url).scheme}://", adapter)
        # A proxy of the environment cannot reach what listens on this machine.
        self._session.trust_env = urlsplit(base_url).hostname != "127.0.0.1"

    def send(self, route: Route) -> Delivery:
        """Send once. Every failure of the network is a delivery, too."""
        started = time.monotonic()
        try:
            response = self._session.request(
                route.method,
                self._base_url + route.path,
                params=route.query,
                data=None if route.body is None else json.dumps(route.body).encode(),
                headers={"Content-Type": "application/json", "Accept": "application/json"},
                timeout=self._timeout,
                stream=True,
            )
        except (requests.RequestException, HTTPError) as error:
            sent = not _never_left(error)
            is_late = sent and isinstance(error, requests.Timeout)
            return Delivery(sent=sent, is_under_way=is_late, problem=_in_words(error))
        with response:
            body, problem = _read(response, started + self._deadline, self._longest)
        return Delivery(
            status=response.status_code,
            headers=response.headers,
            # No table keeps a zero byte.
            text=body.decode("utf-8", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}"),
            whole=not problem,
            problem=problem,
        )

    def close(self) -> None:
        """Close all connections."""
        self._session.close()


def _raise_if_unusable(base_url: str, key: SecretStr) -> None:
    # The library would say so with every call, and with the key in its message.
    value = key.get_secret_value()
    if not (value.isascii() and value.isprintable()):
        raise KeyRefused(
            "PDL_API_KEY has characters that no key has, such as a line end: set it to the key."
        )
    if not base_url.startswith(("http://", "https://")) or not urlsplit(base_url).hostname:
        raise Unavailable(
            "PDL_URL is no address of a server: set it to one that begins with https://, or unset "
            "it for that of People Data Labs."
        )


class _KeyHeader(AuthBase):
    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-Api-Key"] = self._key.get_secret_value()
        return request


def _read(response: requests.Response, until: float, longest: int) -> tuple[bytes, str]:
    """Return as much of the body as comes until then, and what ended it early."""
    body = bytearray()
    try:
        for chunk in _chunks(response):
            body += chunk
            if time.monotonic() > until:
                return bytes(body), "the answer took too long"
            if len(body) > longest:
                return bytes(body), "the answer was too long"
    except (requests.RequestException, HTTPError, OSError) as error:
        return bytes(body), _in_words(error)
    return bytes(body), ""


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """Yield what has come as it comes: a body that breaks off is kept up to there."""
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        yield chunk


def _never_left(error: Exception) -> bool:
    """Whether no connection came about, so that the provider cannot have had the request."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, NewConnectionError)


def _in_words(error: Exception) -> str:
    # Messages of the libraries name host, path and query: the query has personal data.
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError) and _never_left(error):
        return "no connection"
    return "the connection broke off"
