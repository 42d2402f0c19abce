"""HTTP as the Census Bureau's servers need it: patient, and silent about the key."""

import logging
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from pydantic import SecretStr

from orchestration.enrichment.provider import Unavailable
from orchestration.enrichment.redirects import UnredirectedSession

ATTEMPTS = 4
# A batch of a thousand addresses takes minutes; nobody takes longer than seconds to pick up.
TIMEOUT = (10.0, 600.0)
_PAUSE = 2.0
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500

# Progress within a step is for the terminal alone: each message to Dagster's own log is stored.
_progress = logging.getLogger("orchestration.progress")


class _KeyFilter(logging.Filter):
    """Keeps the key, which the API takes in the URL alone, out of urllib3's own log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _without_key(record.getMessage()), ()
        return True


def _without_key(text: str) -> str:
    return re.sub(r"(?i)(\bkey=)[^&\s\"']+", r"\1***", text)


logging.getLogger("urllib3.connectionpool").addFilter(_KeyFilter())


@dataclass(frozen=True)
class Servers:
    """Where the Census Bureau answers."""

    survey: str = "https://api.census.gov"
    files: str = "https://www2.census.gov"
    geocoder: str = "https://geocoding.geo.census.gov"


CENSUS_BUREAU = Servers()


class Connection:
    """A connection to be used again and again, which asks once more where that may help.

    Parameters
    ----------
    key : SecretStr
        Key of the survey; files and geocoder need none.
    servers : Servers
    pause : float
        Seconds before the second attempt; each further one waits twice as long, with jitter.
    """

    def __init__(
        self, key: SecretStr, servers: Servers = CENSUS_BUREAU, *, pause: float = _PAUSE
    ) -> None:
        self.key = key
        self.servers = servers
        self._session = UnredirectedSession()
        self._pause = pause

    def ask(
        self,
        method: str,
        url: str,
        is_answer: Callable[[requests.Response], bool] = lambda response: True,
        **options: Any,
    ) -> requests.Response:
        """Return the first answer that is one; redirects are answers and are not followed.

        Parameters
        ----------
        is_answer
            Says whether a response that is no error of the server holds what was asked for.
        options
            As of ``requests.request``.

        Raises
        ------
        Unavailable
            After four attempts that were refused, broke off, or brought nothing.
        """
        reason = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                _progress.info("asking %s again: %s", url, reason)
                time.sleep(self._pause * 2 ** (attempt - 1) * random.uniform(0.5, 1))  # noqa: S311
            try:
                response = self._session.request(method, url, timeout=TIMEOUT, **options)
            except requests.RequestException as error:
                # Its own words hold the URL with the key.
                reason = f"the connection failed ({type(error).__name__})"
                continue
            if "charset" not in response.headers.get("Content-Type", ""):
                response.encoding = "utf-8"
            is_refusal = response.status_code == _TOO_MANY_REQUESTS
            if not is_refusal and response.status_code < _SERVER_ERROR and is_answer(response):
                return response
            reason = f"it answered {response.status_code} {_excerpt(response)}".rstrip()
        raise Unavailable(
            f"{url} gave no answer in {ATTEMPTS} attempts: {reason}; try again later, what came "
            "before is kept."
        )

    def close(self) -> None:
        """Close what is still open."""
        self._session.close()


def _excerpt(response: requests.Response) -> str:
    """Return the beginning of a text that a server sent in place of an answer."""
    words = re.sub(r"<[^>]*>", " ", response.text[:2000]) if response.content else ""
    return _without_key(" ".join(words.split()))[:120]
