"""Lets scenarios act on the calls of a world: decides which of them is due, and sees the call through to its end."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from lrs_soap.services import observing
from lrs_soap.services.endpoint import Answer, Endpoint
from lrs_soap.services.faults import EnvelopeFault, RegisterFault
from lrs_soap.services.http import Environ, StartResponse
from lrs_soap.services.register import Register
from lrs_soap.testbench.scenarios.delivery import Delivery, Heard, Reply
from lrs_soap.testbench.scenarios.effects import Effect, Interference, Normal, StandsAside
from lrs_soap.testbench.scenarios.facts import Facts, facts_of
from lrs_soap.testbench.scenarios.kinds import Cue
from lrs_soap.testbench.scenarios.matching import Plan
from lrs_soap.testbench.scenarios.store import Counting, ScenarioStore

Application = Callable[[Environ, StartResponse], Iterable[bytes]]
NOTHING: Final = Normal()
# What is told of a call whose operation was not carried out and which got no answer.
UNANSWERED: Final = Reply("503 Service Unavailable", (), b"")


@dataclass(frozen=True, slots=True)
class Stage:
    """A world as scenarios need it.

    endpoints: by path within the world, such as `/LearnerService.svc`. seed: None lets chance be chance.
    """

    register: Register
    endpoints: Mapping[str, Endpoint]
    seed: int | None = None

    def endpoint(self, path: str) -> Endpoint | None:
        """Return the endpoint at a path; letter case does not count."""
        return next((endpoint for name, endpoint in self.endpoints.items() if name.lower() == path.lower()), None)

    def draw(self, plan: Plan, calls: int) -> Random:
        """Return where the chance of one call comes from: with a seed, the same for the same call in any process."""
        return Random() if self.seed is None else Random(f"{self.seed}|{plan.fingerprint}|{calls}")  # noqa: S311


class Director:
    """Lets the scenarios of a store act. stage_of: a world by its name. sleep: how time is let pass."""

    def __init__(
        self, store: ScenarioStore, stage_of: Callable[[str], Stage], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.store = store
        self.stage_of = stage_of
        self.sleep = sleep

    def before(self, world: str, environ: Environ) -> "Act | None":
        """Return what sees a call through; None when no scenario can have to do with it, which costs next to nothing.

        PATH_INFO is the path within the world. Messages posted to a service are subject to scenarios, and nothing else.
        """
        plans = self.store.active(world)
        if not plans or environ["REQUEST_METHOD"] != "POST":
            return None
        stage = self.stage_of(world)
        endpoint = stage.endpoint(environ.get("PATH_INFO", ""))
        return None if endpoint is None else Act(self, plans, stage, endpoint, environ)

    def answer(
        self, world: str, app: Application, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes] | Delivery:
        """Answer a request by an application as the scenarios of a world let it."""
        act = self.before(world, environ)
        return app(environ, start_response) if act is None else act.wrap(app, start_response)


class Act:
    """One call that scenarios may act on. It intercepts the operation and wraps the application around it.

    scenario: the name of the one that interfered. reached: whether the request reached an operation.
    """

    def __init__(
        self, director: Director, plans: tuple[Plan, ...], stage: Stage, endpoint: Endpoint, environ: Environ
    ) -> None:
        self._director = director
        self._plans = plans
        self._stage = stage
        self._endpoint = endpoint
        self._environ = environ
        self._effect: Effect | None = None
        self._decided = False
        self.scenario: str | None = None
        self.reached = False
        if not any(plan.reads for plan in plans):
            self._decide(None)

    def __call__(self, operation: str, request: Any) -> Any:
        """Answer in the operation's place, as services.observing has it: raises a fault or Interference, or None."""
        self.reached = True
        if not self._decided:
            self._decide(facts_of(self._endpoint.name, operation, request))
        try:
            return (self._effect or NOTHING).intercept(self._stage.register, request)
        except StandsAside as aside:
            self.scenario = None
            if aside.fault is not None:
                raise aside.fault from None
            return aside.answer

    def wrap(self, app: Application, start_response: StartResponse) -> Delivery:
        """Let the application answer, and do to its answer what is to be done to it."""
        with self._observed():
            reply, close = self._carried_out(app)
            if not self._decided:
                self._decide(None)
            effect = self._effect or NOTHING
            reply = effect.shape(reply, self)
        delivery = Delivery(
            reply,
            effect.parts(reply.body),
            self._environ,
            scenario=self.scenario,
            sleep=self._director.sleep,
            close=close,
        )
        return delivery.start(start_response)

    def refuse(self, fault: RegisterFault | EnvelopeFault) -> Answer:
        """Return a fault in the dialect of the address."""
        return self._endpoint.refuse(fault)

    @contextmanager
    def _observed(self) -> Iterator[None]:
        """Intercept the operation, whether or not somebody observes the request already."""
        noted = observing.observation.get()
        mine = observing.Observation() if noted is None else noted
        mine.interceptor = self
        token = observing.observation.set(mine)
        try:
            yield
        finally:
            mine.interceptor = None
            observing.observation.reset(token)

    def _carried_out(self, app: Application) -> tuple[Reply, Callable[[], None]]:
        heard = Heard()
        try:
            content = app(self._environ, heard)
            body = b"".join(content)
        except Interference:
            return UNANSWERED, _nothing_to_close
        return Reply(heard.status, heard.headers, body), getattr(content, "close", _nothing_to_close)

    def _decide(self, facts: Facts | None) -> None:
        self._decided = True
        now = self._stage.register.clock.now()
        concerned = [plan for plan in self._plans if plan.is_about(facts, now)]
        if not concerned:
            return
        with self._director.store.counting() as counting:
            for plan in concerned:
                self._count(plan, counting, facts, now)

    def _count(self, plan: Plan, counting: Counting, facts: Facts | None, now: datetime) -> None:
        """Count the call for a scenario, and let it act when it is its turn and no earlier one has acted."""
        number = plan.scenario.id
        counts = counting.call(number)
        if counts is None or self._effect is not None:
            return
        draw = self._stage.draw(plan, counts.calls)
        step = plan.step(counts.acted)
        if step is None or not plan.is_turn(counts.calls, draw):
            return

        def tally(key: str, seconds: float | None) -> tuple[int, float]:
            return counting.tally(number, key, now.timestamp(), seconds)

        self._effect = step.effect(Cue(facts, draw, tally))
        if self._effect is not None:
            counting.act(number)
            self.scenario = plan.acts_as(step) if self._effect.interferes else None


def _nothing_to_close() -> None:
    pass
