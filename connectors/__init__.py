"""The networks a share can go to: a library that takes values, returns values and keeps nothing."""

from connectors._base import ApiConnector, AppPasswordConnector, Connector, OAuthConnector, ShareLinkConnector
from connectors._errors import (
    AppForgotten,
    ConnectorError,
    CredentialsExpired,
    OutcomeUnknown,
    RateLimited,
    Reason,
    Rejected,
    Transient,
)
from connectors._oauth2 import Pkce
from connectors._records import new_record_key
from connectors._registry import Registry
from connectors._values import (
    AppRegistration,
    Card,
    Count,
    Credentials,
    Draft,
    Figures,
    Idempotency,
    Identity,
    Image,
    Kind,
    Limits,
    Progress,
    Receipt,
    SignIn,
    Unit,
    Visibility,
)

__all__ = [
    "ApiConnector",
    "AppForgotten",
    "AppPasswordConnector",
    "AppRegistration",
    "Card",
    "Connector",
    "ConnectorError",
    "Count",
    "Credentials",
    "CredentialsExpired",
    "Draft",
    "Figures",
    "Idempotency",
    "Identity",
    "Image",
    "Kind",
    "Limits",
    "OAuthConnector",
    "OutcomeUnknown",
    "Pkce",
    "Progress",
    "RateLimited",
    "Reason",
    "Receipt",
    "Registry",
    "Rejected",
    "ShareLinkConnector",
    "SignIn",
    "Transient",
    "Unit",
    "Visibility",
    "new_record_key",
]
