"""What became of a presented credential: whom it let in, or the one refusal that all others share."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address

from app.auth.actor import Actor
from app.errors import Unauthenticated

Network = IPv4Network | IPv6Network


class BadCredential(Unauthenticated):
    """Whatever is wrong with it, the words are the same: who guesses learns nothing."""

    def __init__(self, *, presented: bool = True) -> None:
        super().__init__("Send a valid credential: Authorization: Bearer, then an API key or an access token.")
        if presented:
            self.challenge = f'{self.challenge}, error="invalid_token"'


@dataclass(frozen=True, slots=True)
class Verified:
    """An actor, until when the credential is good without another look, and from where it may be used."""

    actor: Actor
    until: datetime
    networks: tuple[Network, ...] = ()

    def admits(self, address: str | None) -> bool:
        """Whether a caller at `address` may use it. Who is bound to networks must come from a known address."""
        if not self.networks:
            return True
        try:
            caller = ip_address(address or "")
        except ValueError:
            return False
        # A socket of both families shows callers of the older one in the newer form.
        caller = getattr(caller, "ipv4_mapped", None) or caller
        return any(caller in network for network in self.networks)
