"""How Faust gets in: the arguments of every other client, in Faust's words."""

from __future__ import annotations

from faust.auth import OAuthCredentials, SASLCredentials, SSLCredentials
from faust.types.auth import CredentialsT

from config.settings import Settings
from consumers.kafka.connection import connection


def credentials(settings: Settings) -> CredentialsT | None:
    """Faust's credentials; None for a listener without TLS and login.

    Raises:
        NoWayIn: a password or a certificate can't be read.
    """
    known = connection(settings)
    context = known.get("ssl_context")
    if "sasl_oauth_token_provider" in known:
        return OAuthCredentials(oauth_cb=known["sasl_oauth_token_provider"], ssl_context=context)
    if "sasl_mechanism" in known:
        return SASLCredentials(
            username=known["sasl_plain_username"],
            password=known["sasl_plain_password"],
            mechanism=known["sasl_mechanism"],
            ssl_context=context,
        )
    return None if context is None else SSLCredentials(context=context)
