"""Property tests of the rules are about what holds, not about how long it takes."""

from hypothesis import settings

settings.register_profile("domain", deadline=None)
settings.load_profile("domain")
