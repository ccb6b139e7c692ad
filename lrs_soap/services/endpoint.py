"""One address of the service: a Spyne application behind a protocol and a transport that speak this contract."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from lxml import etree

from lrs_soap.domain.codes import ErrorCode
from lrs_soap.services import envelope, ns, observing
from lrs_soap.services.faults import RegisterFault, invalid, out_of_service, unforeseen
from lrs_soap.services.reading import Reader, compile_reader
from lrs_soap.services.register import Register
from lrs_soap.services.spyne_support import Application, Fault, MethodContext, ProtocolBase, ServerBase, Service
from lrs_soap.services.writing import ContractDialect, LegacyDialect, compile_root
from lrs_soap.store import is_out_of_service
from lrs_soap.wsdl.validation import RequestSchema

logger = logging.getLogger(__name__)

CONTRACT_NAMESPACES: Final = frozenset({ns.TEMPURI, ns.EXTERNAL})


@dataclass(frozen=True, slots=True)
class Plan:
    """How one operation's request is read and its answer written, prepared when the application starts."""

    name: str
    descriptor: Any
    read: Reader
    write: Callable[[Any], bytes]
    contract: bool


def compile_plan(descriptor: Any) -> Plan:
    """Return the plan of an operation from its Spyne description."""
    message = descriptor.out_message
    contract = message.Attributes.sub_ns in CONTRACT_NAMESPACES
    reader, writer = compile_reader(descriptor.in_message), _answer_writer(message, contract=contract)
    return Plan(descriptor.operation_name, descriptor, reader, writer, contract)


def _answer_writer(message: Any, *, contract: bool) -> Callable[[Any], bytes]:
    dialect = ContractDialect() if contract else LegacyDialect()
    wrap = envelope.contract_envelope if contract else envelope.legacy_envelope
    body = compile_root(message.Attributes.sub_name, message.Attributes.sub_ns, message, dialect)

    def write(value: Any) -> bytes:
        pieces: list[str] = []
        body(value, pieces.append)
        return wrap("".join(pieces))

    return write


class ContractProtocol(ProtocolBase):
    """The contract as a Spyne protocol: SOAP 1.1, dispatch by the body's element, the schema before anything else."""

    mime_type = "text/xml; charset=utf-8"

    def __init__(self, schema: RequestSchema, *, contract_faults: bool, qualified_faults: bool) -> None:
        super().__init__()
        self._schema = schema
        self._contract_faults = contract_faults
        self._qualified_faults = qualified_faults
        self.plans: dict[str, Plan] = {}

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Parse the message, once."""
        ctx.in_document = envelope.parse(ctx.in_string, charset)

    def decompose_incoming_envelope(self, ctx: Any, message: Any = None) -> None:
        """Find the element that says which operation is meant."""
        ctx.in_body_doc = envelope.open_body(ctx.in_document)
        ctx.method_request_string = ctx.in_body_doc.tag
        observing.note(element=ctx.in_body_doc.tag)

    def generate_method_contexts(self, ctx: Any) -> list[Any]:
        """Let the context call the operation of the body's qualified name; there is one for each name."""
        plan = self.plans.get(ctx.method_request_string)
        if plan is None:
            name = etree.QName(ctx.method_request_string)
            raise RegisterFault(
                ErrorCode.UNKNOWN_OPERATION,
                f"No operation is available at this address for the element '{name.localname[:100]}' of the namespace "
                f"'{(name.namespace or '')[:100]}'.",
            )
        ctx.descriptor = plan.descriptor
        observing.note(operation=plan.name)
        return [ctx]

    def validate_document(self, payload: etree._Element) -> None:
        """Check the body's element against the schema the service enforces."""
        violation = self._schema.check(payload)
        if violation is not None:
            observing.note(violation=violation)
            raise invalid(violation.text)

    def deserialize(self, ctx: Any, message: Any = None) -> None:
        """Validate the request, then read it into its model."""
        self.validate_document(ctx.in_body_doc)
        ctx.in_object = self.plans[ctx.method_request_string].read(ctx.in_body_doc)
        observing.note(request=ctx.in_object)

    def serialize(self, ctx: Any, message: Any = None) -> None:
        """Write the answer, or the fault."""
        if ctx.out_error is not None:
            ctx.out_document = self._fault(ctx)
        else:
            ctx.out_document = self.plans[ctx.method_request_string].write(ctx.out_object[0])

    def create_out_string(self, ctx: Any, string_encoding: str | None = None) -> None:
        """Hand the bytes on."""
        ctx.out_string = [ctx.out_document]

    def _fault(self, ctx: Any) -> bytes:
        observing.note(fault=ctx.out_error, outcome=getattr(ctx.out_error, "code", ctx.out_error.faultcode))
        plan = self.plans.get(ctx.method_request_string or "")
        if self._contract_faults if plan is None else plan.contract:
            return envelope.contract_fault(ctx.out_error)
        return envelope.legacy_fault(ctx.out_error, ctx.udc.clock.now(), qualified=self._qualified_faults)


class ContractApplication(Application):
    """A Spyne application that lets nothing of its insides out."""

    def process_request(self, ctx: Any) -> None:
        """Call the operation; what nobody foresaw becomes a fault with a reference to the log."""
        try:
            ctx.out_object = [observing.intercepted(ctx.in_object) or ctx.function(ctx, ctx.in_object)]
        except Fault as fault:
            ctx.out_error = fault
        except Exception as error:
            ctx.out_error = report(error)


def report(error: Exception) -> RegisterFault:
    """Log an error and return the fault that refers to it: the database's being away in a line, others with a trace."""
    reference = uuid4().hex[:12]
    if is_out_of_service(error):
        logger.error("the database is out of service, %s: %s", reference, getattr(error, "orig", error))
        return out_of_service(reference)
    logger.error("unforeseen error %s", reference, exc_info=error)
    return unforeseen(reference)


class Context(MethodContext):
    """The context of one call. Spyne guards its attributes and announces each step; here nobody listens."""

    __setattr__ = object.__setattr__

    def fire_event(self, event: str, *args: Any, **kwargs: Any) -> None:
        """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: the HTTP status and the envelope."""

    status: int
    body: bytes


class Endpoint(ServerBase):
    """A Spyne transport that takes the bytes of one request and returns the bytes of its answer, always."""

    transport = "http://schemas.xmlsoap.org/soap/http"

    def __init__(
        self,
        name: str,
        services: Iterable[type[Service]],
        register: Register,
        schema: RequestSchema,
        *,
        contract_faults: bool = False,
        qualified_faults: bool = False,
    ) -> None:
        options = {"contract_faults": contract_faults, "qualified_faults": qualified_faults}
        protocol = ContractProtocol(schema, **options)
        application = ContractApplication(
            services, f"urn:lrs-soap:{name}", name, protocol, ContractProtocol(schema, **options)
        )
        super().__init__(application)
        self.name = name
        self._register = register
        protocol.plans = application.out_protocol.plans = {
            _request_name(descriptor): compile_plan(descriptor)
            for descriptor in application.interface.method_id_map.values()
        }

    def answer(self, message: bytes, charset: str | None = None) -> Answer:
        """Return the answer to one message: 200 with an answer or 500 with a fault."""
        context = Context(self, Context.SERVER)
        context.udc = self._register
        context.in_string = message
        observing.note(service=self.name, message=message)
        try:
            context = self._process(context, charset)
        except Exception as error:
            return self.refuse(report(error))
        return Answer(200 if context.out_error is None else 500, context.out_string[0])

    def refuse(self, fault: Fault) -> Answer:
        """Return the answer to a request that is refused before its message is read."""
        context = Context(self, Context.SERVER)
        context.udc = self._register
        context.out_error = fault
        self.app.out_protocol.serialize(context)
        return Answer(500, context.out_document)

    def _process(self, context: Any, charset: str | None) -> Any:
        context = self.generate_contexts(context, charset)[0]
        if context.in_error is None:
            self.get_in_object(context)
        if context.in_error is None:
            self.get_out_object(context)
        self.get_out_string(context)
        return context


def _request_name(descriptor: Any) -> str:
    attributes = descriptor.in_message.Attributes
    return f"{{{attributes.sub_ns}}}{attributes.sub_name}"
