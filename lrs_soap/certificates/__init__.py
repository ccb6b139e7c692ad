"""A private certificate authority: for the service itself, and for the organisations that call it."""
