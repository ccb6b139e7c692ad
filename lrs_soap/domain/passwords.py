"""Passwords of organisations: what is kept of them, and whether one is right. Rule: "who may call"."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    return _hasher.hash(password)


def password_is(password: str, password_hash: str) -> bool:
    """Tell whether a password is the one a hash was made of."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
