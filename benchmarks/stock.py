"""The same operation as a stock Spyne application: its own SOAP protocol and WSGI transport, and the ORM."""

import logging
import os
from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, registry

from lrs_soap.services.messages.find import FindLearnerResp, LearnerByULNRqst
from lrs_soap.services.messages.learner import Learner
from lrs_soap.services.ns import FIND
from lrs_soap.services.spyne_support import Application, Service, const, rpc
from lrs_soap.store.schema import learner

from .bare import COLUMNS

from spyne.protocol.soap import Soap11  # isort: skip
from spyne.server.wsgi import WsgiApplication  # isort: skip

const.MIN_GC_INTERVAL = 1.0
logging.getLogger("spyne").setLevel(logging.WARNING)


class Row:
    """A learner as the ORM maps it."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


registry().map_imperatively(Row, learner)
engine = create_engine(os.environ["LRS_BENCH_DATABASE"])


class StockService(Service):
    """learnerByULN, the way a Spyne tutorial writes it."""

    @rpc(
        LearnerByULNRqst,
        _returns=FindLearnerResp,
        _body_style="bare",
        _in_message_name=f"{{{FIND}}}FindLearnerByULN",
        _out_message_name=f"{{{FIND}}}FindLearnerResponse",
    )
    def learnerByULN(ctx: Any, request: Any) -> Any:  # noqa: N802, N805 - Spyne's way
        """Answer one request."""
        with Session(engine) as session:
            row = session.execute(select(Row).where(learner.c.uln == int(request.ULN))).scalar_one()
            values = {name: str(getattr(row, column)) for column, name in COLUMNS.items() if getattr(row, column)}
        values["VersionNumber"] = int(values["VersionNumber"])  # type: ignore[assignment]
        return FindLearnerResp(
            ResponseCode="WSRC0004",
            ULN=request.ULN,
            FamilyName=request.FamilyName,
            GivenName=request.GivenName,
            Learner=[Learner(**values)],
        )


application = WsgiApplication(Application([StockService], FIND, in_protocol=Soap11(), out_protocol=Soap11()))
