"""What an LRS knows us by: which members belong together, and where they are wrong."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from app import config
from app.errors import Fault
from app.outgoing import addresses
from app.outgoing.addresses import UrlRefused
from app.text import Input
from app.webhooks.models import AuthKind

DEFAULT_SCOPE: Final = "xapi:write"
_BASIC, _CLIENT, _OPTIONAL = ("user", "password"), ("token_url", "client_id", "client_secret"), ("scope",)
_Printable = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[ -~]+$")]


class LrsAuth(Input):
    """How we say who we are: `user` and `password`, or `token_url`, `client_id` and `client_secret`. Kept sealed."""

    kind: AuthKind
    user: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[ -9;-~]+$")] | None = None
    password: _Printable | None = None
    token_url: Annotated[str, StringConstraints(min_length=8, max_length=2048, pattern=r"^https?://[!-~]+$")] | None = (
        Field(default=None, description="Where a token is asked for, with a form in a POST. HTTPS; a public address.")
    )
    client_id: _Printable | None = None
    client_secret: _Printable | None = None
    scope: (
        Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[!#-\[\]-~]+( [!#-\[\]-~]+)*$")]
        | None
    ) = Field(default=None, description=f"What the token is for; `{DEFAULT_SCOPE}` if nothing is said.")


def faults(auth: LrsAuth) -> Iterator[Fault]:
    """What is missing, what belongs to the other kind, and a token's address that we may not call."""
    ours, theirs = (_BASIC, (*_CLIENT, *_OPTIONAL)) if auth.kind is AuthKind.BASIC else (_CLIENT, _BASIC)
    for name in ours:
        if getattr(auth, name) is None:
            yield Fault(f"is needed with the kind {auth.kind.value}", code="needed", pointer=f"/auth/{name}")
    for name in theirs:
        if getattr(auth, name) is not None:
            yield Fault("belongs to the other kind", code="wrong_form", pointer=f"/auth/{name}")
    if auth.token_url is not None and auth.kind is AuthKind.CLIENT_CREDENTIALS:
        try:
            addresses.check_url(auth.token_url, allow_private=config.settings().private_webhooks_allowed)
        except UrlRefused as refused:
            yield from refused.at("/auth/token_url").faults
