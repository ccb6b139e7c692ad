"""Who acts on the register. Rule: "who may call"."""

from dataclasses import dataclass

from lrs_soap.domain.codes import Channel


@dataclass(frozen=True, slots=True)
class Actor:
    """An organisation's user at work.

    organisation: UKPRN. user_name: as sent, not checked. channel: the way the request came in.
    """

    organisation: str
    user_name: str
    channel: str = Channel.WEB_SERVICES
