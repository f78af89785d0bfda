"""What callers send and get of identity providers and standings."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from app.auth.models import Office, PersonMatch, TokenType
from app.domain.people.schemas import PersonId
from app.text import Flag, Input, Name, Output, Patch, absent, distinct

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")


def _known(algorithm: str) -> str:
    if algorithm not in ALGORITHMS:
        raise ValueError(f"must be one of {', '.join(ALGORITHMS)}")
    return algorithm


Algorithm = Annotated[str, Field(json_schema_extra={"enum": list(ALGORITHMS)}), AfterValidator(_known)]
Algorithms = Annotated[list[Algorithm], distinct(len(ALGORITHMS)), Field(min_length=1)]
# Neither query nor fragment (RFC 8414 section 2).
Issuer = Annotated[str, StringConstraints(min_length=8, max_length=2048, pattern=r'^https?://[!"$->@-~]+$')]
Url = Annotated[str, StringConstraints(min_length=8, max_length=2048, pattern=r"^https?://[!-~]+$")]
Audience = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[!-~]+$")]
Claim = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[!-~]+$")]


class IdentityProviderCreate(Input):
    """Where your people sign in: their access tokens open the API then."""

    name: Name
    issuer: Issuer = Field(description="Its `iss`, letter by letter.")
    audience: Audience = Field(
        description="Its `aud`: a text that holds your organisation's id, or the random id of an application."
    )
    jwks_uri: Url | None = Field(
        default=None,
        description="Where its keys lie. Absent: its discovery document says so (OpenID Connect Discovery).",
    )
    algorithms: Algorithms = Field(default=["RS256"], description="How it signs.")
    token_type: TokenType = Field(
        default=TokenType.AT_JWT,
        description="The `typ` of its tokens: `at_jwt` for `at+jwt` (RFC 9068), `jwt` where it says no more.",
    )
    person_claim: Claim = Field(default="sub", description="The claim that says who it is.")
    person_match: PersonMatch = Field(
        default=PersonMatch.EXTERNAL_ID, description="Which member of a person that claim names."
    )


class IdentityProviderUpdate(Patch):
    """Changes to a provider. Issuer and audience are what it is: another one is another provider."""

    name: Name = absent()
    jwks_uri: Url | None = None
    algorithms: Algorithms = absent()
    token_type: TokenType = absent()
    person_claim: Claim = absent()
    person_match: PersonMatch = absent()
    is_enabled: Flag = absent()


class IdentityProviderRead(Output):
    """Where an organisation's people sign in."""

    id: str
    name: str
    issuer: str
    audience: str
    jwks_uri: str | None
    algorithms: list[str]
    token_type: TokenType
    person_claim: str
    person_match: PersonMatch
    is_enabled: bool = Field(description="Whether its tokens are taken.")
    version: int
    created_at: datetime
    updated_at: datetime


class StandingCreate(Input):
    """A role in the whole organisation for someone who signs in at an identity provider."""

    person_id: PersonId
    role: Office


class StandingRead(Output):
    """A role that a person holds in the whole organisation. Whoever has none is a participant."""

    id: str
    person_id: str
    role: Office
    version: int
    created_at: datetime
    updated_at: datetime
