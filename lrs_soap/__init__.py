"""A stand-in for the UK Learning Records Service: its SOAP contract, its state and its rules."""

__version__ = "0.1.0"
