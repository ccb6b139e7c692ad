"""Clients at work while processes are killed, and a checker that proves from what they saw that nothing went wrong."""
