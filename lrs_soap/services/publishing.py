"""How an operation is published on Spyne: whole messages in, whole messages out, under any name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lrs_soap.services.register import Register
from lrs_soap.services.spyne_support import rpc


@dataclass(frozen=True, slots=True)
class Exchange:
    """One operation's pair of messages and the function that makes the second from the first.

    The names are those of the elements in the Body; their namespaces are those of the models.
    """

    request: Any
    request_name: str
    answer: Any
    answer_name: str
    function: Callable[[Register, Any], Any]


def publish(exchange: Exchange) -> Any:
    """Return what a Spyne service class publishes under the name it is assigned to."""

    def operation(ctx: Any, request: Any) -> Any:
        return exchange.function(ctx.udc, request)

    # Spyne tells operations of one service apart by the names of their functions.
    operation.__name__ = exchange.request_name
    decorate = rpc(
        exchange.request,
        _returns=exchange.answer,
        _body_style="bare",
        _in_message_name=f"{{{exchange.request.get_namespace()}}}{exchange.request_name}",
        _out_message_name=f"{{{exchange.answer.get_namespace()}}}{exchange.answer_name}",
    )
    return decorate(operation)
