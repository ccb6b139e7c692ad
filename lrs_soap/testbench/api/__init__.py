"""The control API: whoever tests a client steers by it what the service is and does, without a word of SOAP."""

from flask import Flask

from lrs_soap.testbench.api.clock import clock
from lrs_soap.testbench.api.conformance import conformance
from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.errors import handle_errors
from lrs_soap.testbench.api.guard import guard
from lrs_soap.testbench.api.health import health
from lrs_soap.testbench.api.jobs import jobs
from lrs_soap.testbench.api.journal import journal
from lrs_soap.testbench.api.learners import learners
from lrs_soap.testbench.api.metrics import Metrics
from lrs_soap.testbench.api.openapi import publish
from lrs_soap.testbench.api.scenarios import scenarios
from lrs_soap.testbench.api.seed import seed
from lrs_soap.testbench.api.worlds import worlds

__all__ = ["RESOURCES", "ApiDeps", "Metrics", "create_api"]

RESOURCES = (health, worlds, learners, clock, seed, scenarios, journal, conformance, jobs)


def create_api(deps: ApiDeps) -> Flask:
    """Return the control API as a WSGI application, to be mounted below a path."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = deps.body_limit
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    handle_errors(app)
    guard(app, deps.token, deps.hosts)
    for resource in RESOURCES:
        app.register_blueprint(resource.blueprint(deps))
    publish(app, RESOURCES, deps)
    return app
