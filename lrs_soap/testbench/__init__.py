"""The test bench for integrators: what the live service cannot do for whoever builds a client.

Worlds, a clock that can be set, scenarios, a journal of what came and went, and a verdict on the client. Nothing of it
changes what a client has to send.
"""
