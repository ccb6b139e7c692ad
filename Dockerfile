# The service in a container: docker build -t lrs-soap . && docker run --rm -e LRS_SOAP_CONTROL_TOKEN=… -p 127.0.0.1:8080:8080 lrs-soap
# It runs with a read-only file system: the register is below /data, everything that does not last below /tmp.

FROM python:3.13-slim AS build
WORKDIR /src
COPY constraints.txt pyproject.toml setup.cfg README.md LICENSE ./
COPY lrs_soap lrs_soap
COPY clients clients
RUN python -m venv /opt/lrs-soap \
    && /opt/lrs-soap/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt .

FROM python:3.13-slim
COPY --from=build /opt/lrs-soap /opt/lrs-soap
RUN groupadd --gid 10001 lrs \
    && useradd --uid 10001 --gid lrs --no-create-home --home-dir /data --shell /usr/sbin/nologin lrs \
    && install --directory --owner=lrs --group=lrs --mode=0750 /data
# Beyond this machine the control API needs a token: without LRS_SOAP_CONTROL_TOKEN the service starts only with
# LRS_SOAP_CONTROL_API=false.
ENV PATH=/opt/lrs-soap/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    LRS_SOAP_HOST=0.0.0.0 \
    LRS_SOAP_PORT=8080
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=6s --start-period=30s --retries=3 \
    CMD ["python", "-m", "lrs_soap.testing.health"]
ENTRYPOINT ["lrs-soap"]
CMD ["serve"]
