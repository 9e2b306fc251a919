"""The networks a share can go to: a library that takes values, returns values and keeps nothing."""

from connectors._base import (
    ApiConnector,
    AppPasswordConnector,
    Connector,
    OAuthConnector,
    OneAppConnector,
    ShareLinkConnector,
)
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
from connectors._own_pages import OwnPage
from connectors._records import new_record_key
from connectors._registry import Registry
from connectors._set_up import SetUp, Trial
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
    Offer,
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
    "Offer",
    "OneAppConnector",
    "OutcomeUnknown",
    "OwnPage",
    "Pkce",
    "Progress",
    "RateLimited",
    "Reason",
    "Receipt",
    "Registry",
    "Rejected",
    "SetUp",
    "ShareLinkConnector",
    "SignIn",
    "Transient",
    "Trial",
    "Unit",
    "Visibility",
    "new_record_key",
]
