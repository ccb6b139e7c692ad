"""What a world's ULNs and invented learners are drawn from."""

from pydantic import BaseModel, Field

from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.routes import OfWorld, Resource, Wanted

HIGHEST = 2**63 - 1

seed = Resource("seed", "What a world's ULNs and invented learners are drawn from.")


class SeedShown(BaseModel):
    """What is drawn from."""

    seed: int | None = Field(description="Null: nobody can tell what is drawn next.")


class SeedWanted(Wanted):
    """What to draw from, beginning anew; null: by chance."""

    seed: int | None = Field(ge=0, le=HIGHEST, description="What to draw from; null: by chance.")


@seed.endpoint("GET", "/seed")
def read(deps: ApiDeps, query: OfWorld) -> SeedShown:
    """Say what is drawn from."""
    return SeedShown(seed=deps.worlds.record(query.world).seed)


@seed.endpoint("PUT", "/seed")
def put(deps: ApiDeps, query: OfWorld, body: SeedWanted) -> SeedShown:
    """Draw from a seed, beginning with its first number, also when it is the seed already."""
    return SeedShown(seed=deps.worlds.set_seed(query.world, body.seed).seed)
