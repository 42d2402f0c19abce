"""HTTP without redirects: whatever a question carries goes to nobody else."""

import requests


class UnredirectedSession(requests.Session):
    """A session to which a redirect is an answer like any other, wherever it points."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return that there is none: the library would read it even where it need not follow."""
        return None
