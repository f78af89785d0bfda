"""What we serve over SCIM: the attributes of people and groups that we keep, and what the service can do.

Of the many attributes of RFC 7643 these are the ones that mentoring needs. Others are taken and let fall: what is not
kept need not be erased (docs/decisions/0028).
"""

from typing import Annotated, Any, Union

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Pagination,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.resources.resource import AnyExtension

from app.text import ZONES

PATH = "/scim/v2"
LARGEST_PAGE, DEFAULT_PAGE = 200, 100
LARGEST_BODY, MOST_OPERATIONS = 1024 * 1024, 1000
CURSOR_SECONDS = 3600
ON_LEAVE = "on_leave"
_LANGUAGES = ["de", "en", "es", "fr", "ja", "pl"]


class Name(ComplexAttribute):
    """The parts of a name that we keep."""

    given_name: str | None = None
    family_name: str | None = None


class Email(ComplexAttribute):
    """An address. One is kept: the one for work, else the primary one, else the first."""

    value: str | None = None
    type: str | None = Field(None, examples=["work"])
    primary: Annotated[bool | None, Returned.request] = None


class User(Resource[AnyExtension]):
    """A person of the directory."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    nick_name: str | None = None
    title: str | None = None
    user_type: str | None = None
    preferred_language: str | None = Field(None, examples=_LANGUAGES)
    locale: str | None = None
    timezone: str | None = Field(None, examples=sorted(ZONES))
    active: bool | None = None
    emails: list[Email] | None = None


class Manager(ComplexAttribute):
    """Whoever stands above a person. Who sends it without a `$ref` is understood, too."""

    value: Annotated[str | None, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.read_only] = Field(  # type: ignore[type-arg]
        None, serialization_alias="$ref", validation_alias="$ref"
    )


class EnterpriseUser(Extension):
    """What RFC 7643 section 4.3 says of people in companies."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    employee_number: str | None = None
    cost_center: str | None = None
    organization: str | None = None
    division: str | None = None
    department: str | None = None
    manager: Manager | None = None


class MentoringUser(Extension):
    """What HR systems know of a person, mentoring needs, and SCIM has no attribute for."""

    __schema__ = URN("urn:flipside:scim:schemas:extension:mentoring:1.0:User")

    hire_date: str | None = Field(None, examples=["2021-09-01"])
    termination_date: str | None = Field(None, examples=["2031-12-31"])
    leave_status: str | None = Field(None, examples=[ON_LEAVE])
    rank: str | None = None
    location: str | None = None
    skills: list[str] | None = None


class GroupMember(ComplexAttribute):
    """A person who is in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(  # type: ignore[type-arg]
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    display: Annotated[str | None, Mutability.read_only, Returned.request] = None


class Group(Resource[Any]):
    """A group of people."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    members: list[GroupMember] | None = None


CORE, ENTERPRISE, MENTORING, GROUP = (str(model.__schema__) for model in (User, EnterpriseUser, MentoringUser, Group))
# Attributes that everybody has, sent or not: what was left out at the creation has been filled in.
ALWAYS = {
    CORE: {"name", "name.givenName", "name.familyName", "displayName", "timezone", "active"},
    MENTORING: {"rank"},
}

_CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=True, max_operations=MOST_OPERATIONS, max_payload_size=LARGEST_BODY),
    filter=Filter(supported=True, max_results=LARGEST_PAGE),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    pagination=Pagination(
        cursor=True,
        index=True,
        default_pagination_method=Pagination.DefaultPaginationMethod.index,
        default_page_size=DEFAULT_PAGE,
        max_page_size=LARGEST_PAGE,
        cursor_timeout=CURSOR_SECONDS,
    ),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Bearer token",
            description="An API key of a service account with the scope scim, or an access token got with one.",
            spec_uri=Reference("https://www.rfc-editor.org/info/rfc6750"),
            primary=True,
        )
    ],
)
PROVIDER = ScimProvider(
    models=[User, EnterpriseUser, MentoringUser, Group],
    resource_types=[
        ResourceType.from_resource(User[Union[EnterpriseUser, MentoringUser]]),  # noqa: UP007
        ResourceType.from_resource(Group),
    ],
    config=_CONFIG,
    # As Entra and Okta speak it.
    policy=ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
    ),
)
