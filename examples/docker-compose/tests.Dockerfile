# The tests of examples/pytest, which use the server that LRS_URL names.
FROM python:3.13-slim
WORKDIR /src
COPY constraints.txt pyproject.toml setup.cfg README.md LICENSE ./
COPY lrs_soap lrs_soap
COPY clients clients
COPY examples/pytest /tests
RUN pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt . -r /tests/requirements.txt \
    && useradd --uid 10001 --no-create-home tests
USER 10001
WORKDIR /tests
CMD ["pytest", "-n", "4", "-p", "no:cacheprovider"]
