"""A gunicorn worker that waits for all of its clients at once, and keeps their connections.

A slow client costs a buffer and no more. Requests are answered one after the other, as the stock worker does; an answer
that is not there at once, such as one that waits for something, is made and sent in a thread of its own.
"""

from lrs_soap.event.worker import EventWorker

__all__ = ["EventWorker"]
