"""What is said on the connections of a worker: requests come, answers go, and nobody has to wait for a slow client."""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum
from socket import SHUT_WR
from typing import Any, Final

from lrs_soap.event.answers import CONTINUE, refusal
from lrs_soap.event.aside import Aside
from lrs_soap.event.bodies import PIECE, drain
from lrs_soap.event.calls import ANSWER_SECONDS, OUR_FAULT, Application, Call, Today
from lrs_soap.event.connection import NOTHING, READ, WRITE, Connection, Connections
from lrs_soap.event.requests import BAD_REQUEST, HttpError, Request

logger = logging.getLogger(__name__)

KEPT_SECONDS: Final = 75.0
LINGER_SECONDS: Final = 2.0
SLOWEST: Final = 16 * 1024
MOST_DRAINED: Final = 32 * 1024 * 1024
LARGE: Final = 64 * 1024
MOST_LARGE: Final = 8
TOO_SLOW: Final = ("408 Request Timeout", "The request did not come to its end in time.")
BROKEN_OFF: Final = ("400 Bad Request", "The body could not be read to its end.")
TOO_BUSY: Final = ("503 Service Unavailable", "Too many large messages are coming in; send this one again later.")

RoomFor = Callable[[Mapping[str, str], bytes | bytearray], int]


class Fate(Enum):
    """What became of an answer that a thread has sent: the connection stays, it ends, or nothing came of it."""

    KEPT = "kept"
    ENDED = "ended"
    LOST = "lost"
    FAILED = "failed"


class House:
    """What a worker has for its clients.

    room_for: tells by the headers of a request, and by what has come of its body, up to how many bytes of that are
    worth waiting for; with more, or -1, a request is handed to the application at once. patience: seconds within which
    a request has to come; large ones have another for every SLOWEST bytes. told: of every call that was answered.
    """

    def __init__(
        self,
        application: Application,
        base: dict[str, Any],
        room_for: RoomFor,
        patience: float,
        told: Callable[[Call], None],
    ) -> None:
        self.application = application
        self.base = base
        self.room_for = room_for
        self.patience = patience
        self.told = told
        self.today = Today()
        self.is_open = True


class Conversations:
    """Those with all clients. A connection that a thread has aside is left alone until the thread gives it back."""

    def __init__(self, house: House, connections: Connections, aside: Aside) -> None:
        self._house = house
        self._connections = connections
        self._aside = aside
        self._large: set[Connection] = set()
        self._queue: deque[Connection] = deque()

    def begin(self, connection: Connection) -> None:
        """Take in a client."""
        connection.until = time.monotonic() + self._house.patience
        self._connections.add(connection)
        # Listeners hand a connection on once its first bytes are there.
        self.receive(connection)

    def happened(self, connection: Connection, events: int) -> None:
        """Go on with a client of whom something can be read, or to whom something can be sent."""
        if connection.watched & events & WRITE:
            self._send_more(connection)
        elif connection.leaving:
            self._drain(connection)
        elif connection.watched:
            self.receive(connection)

    def receive(self, connection: Connection) -> None:
        """Read what has come, and answer what is there whole."""
        try:
            data = connection.socket.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            self._close(connection)
            return
        if not data:
            self._ended(connection)
            return
        reader = connection.reader
        if not reader.has_begun:
            connection.began = time.monotonic()
            connection.until = connection.began + self._house.patience
        try:
            reader.feed(data)
        except HttpError as error:
            connection.wrong = error.refusal
        self._answer_all(connection)

    def sweep(self, now: float) -> None:
        """Give up who takes too long, and, when the house closes, who has nothing under way."""
        for connection in self._connections:
            if connection.aside:
                continue
            if connection.is_idle and not self._house.is_open:
                self._close(connection)
            elif now > connection.until:
                self._give_up(connection)

    def refuse(self, connection: Connection, status: str, text: str) -> None:
        """Send a refusal of the server's own, and no more."""
        self._put(connection, refusal(status, text, str(self._house.today)))
        if connection.is_open:
            self._leave(connection, has_said_all=False)

    # Requests.

    def _answer_all(self, connection: Connection) -> None:
        requests = connection.reader.requests
        while requests and connection.is_ready:
            self._answer(connection, requests.popleft())
        current = connection.reader.current
        if not connection.is_ready:
            return
        if connection.wrong is not None:
            self.refuse(connection, *connection.wrong)
        elif current is not None:
            self._await(connection, current)

    def _await(self, connection: Connection, request: Request) -> None:
        """Wait for the rest of a request, unless it is not worth it."""
        if len(request.body) > request.room:
            request.room = self._house.room_for(request.headers, request.body)
            if len(request.body) > request.room:
                self._answer(connection, request)
                return
        if request.expects and not request.body:
            request.expects = False
            self._put(connection, CONTINUE)
        if len(request.body) > LARGE:
            connection.until = connection.began + self._house.patience + len(request.body) / SLOWEST
            self._make_room(connection)

    def _answer(self, connection: Connection, request: Request) -> None:
        """Answer a request, whether all of it has come or not."""
        self._release(connection)
        house = self._house
        call = Call(connection, request, house.base, house.patience)
        keeps, answer = False, b""
        try:
            is_there = call.ask(house.application)
            if is_there:
                keeps = request.keeps and request.is_whole and house.is_open and call.can_end
                answer = call.whole(str(house.today), keeps=keeps)
        except Exception:
            logger.exception("unforeseen error outside of the service")
            self.refuse(connection, *OUR_FAULT)
            house.told(call)
            return
        if is_there:
            self._put(connection, answer)
            self._done(connection, call, keeps=keeps)
        else:
            self._take_aside(connection, call)

    def _done(self, connection: Connection, call: Call, *, keeps: bool) -> None:
        self._house.told(call)
        if not connection.is_open:
            return
        if keeps:
            connection.until = time.monotonic() + (ANSWER_SECONDS if connection.unsent else KEPT_SECONDS)
        else:
            self._leave(connection, has_said_all=call.request.is_whole)

    # Answers that take their time.

    def _take_aside(self, connection: Connection, call: Call) -> None:
        self._connections.watch(connection, 0)
        connection.aside = True
        self._aside.begin(lambda: self._deliver(connection, call))

    def _deliver(self, connection: Connection, call: Call) -> Callable[[], None]:
        """Send an answer, in a thread of its own; return how the worker goes on."""
        try:
            wanted = call.request.keeps and self._house.is_open
            fate = Fate.KEPT if call.deliver(connection.socket, self._house.today, keeps=wanted) else Fate.ENDED
        except OSError:
            # The client went away, or a scenario had it go.
            fate = Fate.LOST
        except Exception:
            logger.exception("unforeseen error outside of the service")
            fate = Fate.LOST if call.has_begun else Fate.FAILED
        finally:
            call.close()
        return lambda: self._given_back(connection, call, fate)

    def _given_back(self, connection: Connection, call: Call, fate: Fate) -> None:
        connection.aside = False
        if fate is Fate.LOST or not connection.is_open:
            self._house.told(call)
            self._close(connection)
            return
        connection.socket.setblocking(False)
        self._connections.watch(connection, READ)
        if fate is Fate.FAILED:
            self.refuse(connection, *OUR_FAULT)
        self._done(connection, call, keeps=fate is Fate.KEPT)
        self._answer_all(connection)

    # Large messages: so many at once, since they are kept in memory until they are whole.

    def _make_room(self, connection: Connection) -> None:
        if connection in self._large:
            return
        if len(self._large) < MOST_LARGE:
            self._large.add(connection)
        else:
            self._queue.append(connection)
            self._connections.watch(connection, 0)

    def _release(self, connection: Connection) -> None:
        if connection not in self._large:
            return
        self._large.discard(connection)
        while self._queue and len(self._large) < MOST_LARGE:
            following = self._queue.popleft()
            if following.is_open and not following.leaving:
                self._large.add(following)
                following.began = time.monotonic()
                following.until = following.began + self._house.patience
                self._connections.watch(following, READ)

    # Bytes go.

    def _put(self, connection: Connection, data: bytes) -> None:
        try:
            sent = connection.socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._close(connection)
            return
        if sent < len(data):
            connection.unsent = memoryview(data)[sent:]
            connection.until = time.monotonic() + ANSWER_SECONDS
            self._connections.watch(connection, WRITE)

    def _send_more(self, connection: Connection) -> None:
        """Send more of an answer that the client takes slowly."""
        try:
            sent = connection.socket.send(connection.unsent)
        except BlockingIOError:
            return
        except OSError:
            self._close(connection)
            return
        connection.unsent = connection.unsent[sent:]
        connection.until = time.monotonic() + ANSWER_SECONDS
        if not connection.unsent:
            self._all_sent(connection)

    def _all_sent(self, connection: Connection) -> None:
        connection.unsent = NOTHING
        self._connections.watch(connection, READ)
        if connection.leaving:
            self._say_goodbye(connection)
            return
        connection.until = time.monotonic() + KEPT_SECONDS
        self._answer_all(connection)

    # Connections end.

    def _leave(self, connection: Connection, *, has_said_all: bool) -> None:
        """Answer no more on a connection, and close it once the client has the answer."""
        connection.leaving = True
        if connection.unsent:
            return
        if has_said_all and not connection.reader.has_begun:
            self._close(connection)
        else:
            self._say_goodbye(connection)

    def _say_goodbye(self, connection: Connection) -> None:
        # Closing at once would reset the connection, and a client still sending would never see its answer.
        with suppress(OSError):
            connection.socket.shutdown(SHUT_WR)
        self._connections.watch(connection, READ)
        connection.until = time.monotonic() + LINGER_SECONDS

    def _drain(self, connection: Connection) -> None:
        count = drain(connection.socket)
        connection.drained += max(count, 0)
        if not count or connection.drained > MOST_DRAINED:
            self._close(connection)

    def _ended(self, connection: Connection) -> None:
        """The client sends no more."""
        if connection.reader.has_begun:
            self.refuse(connection, *(BAD_REQUEST if connection.reader.current is None else BROKEN_OFF))
        if not connection.unsent:
            self._close(connection)

    def _give_up(self, connection: Connection) -> None:
        if connection.leaving or connection.unsent or not connection.reader.has_begun:
            self._close(connection)
        elif connection in self._queue:
            self._queue.remove(connection)
            self.refuse(connection, *TOO_BUSY)
        else:
            self.refuse(connection, *TOO_SLOW)

    def _close(self, connection: Connection) -> None:
        self._release(connection)
        self._connections.close(connection)
