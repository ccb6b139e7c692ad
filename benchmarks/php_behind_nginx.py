"""PHP's SoapServer behind nginx, as many PHP processes as a service has workers, for what such a pair takes.

Both run from a directory of their own, as the user who measures.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from getpass import getuser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

SCRIPT: Final = Path(__file__).with_name("soap_server.php")
PROGRAMS: Final = "/usr/sbin:/usr/local/sbin"
FPM: Final = """\
[global]
daemonize = no
error_log = {home}/fpm.log
[www]
user = {user}
group = {group}
listen = {home}/fpm.sock
pm = static
pm.max_children = {processes}
"""
NGINX: Final = """\
worker_processes auto;
daemon off;
pid {home}/nginx.pid;
user {user} {group};
error_log {home}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {home}/bodies;
    proxy_temp_path {home}/answers;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    keepalive_requests 1000000;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            fastcgi_pass unix:{home}/fpm.sock;
            fastcgi_param SCRIPT_FILENAME {script};
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param HTTP_SOAPACTION $http_soapaction;
            fastcgi_param LRS_BENCH_WSDL {home}/LearnerService.wsdl;
        }}
    }}
}}
"""


def programs() -> Sequence[str]:
    """Return where FPM and nginx are; nothing when one of them is missing."""
    path = f"{os.environ.get('PATH', '')}:{PROGRAMS}"
    versions = ("php-fpm", *(f"php-fpm8.{minor}" for minor in range(9, 0, -1)))
    fpm = next(filter(None, (shutil.which(name, path=path) for name in versions)), None)
    nginx = shutil.which("nginx", path=path)
    return (fpm, nginx) if fpm and nginx else ()


@contextmanager
def running(processes: int, port: int, wsdl: bytes) -> Iterator[None]:
    """Run both; nginx listens on a port of this machine."""
    fpm, nginx = programs()
    with TemporaryDirectory() as directory, ExitStack() as stack:
        home = Path(directory)
        home.chmod(0o755)
        values = {"home": home, "processes": processes, "port": port, "script": SCRIPT, "user": getuser()}
        values["group"] = home.group()
        (home / "LearnerService.wsdl").write_bytes(wsdl)
        (home / "fpm.conf").write_text(FPM.format(**values))
        (home / "nginx.conf").write_text(NGINX.format(**values))
        as_root = ["--allow-to-run-as-root"] if os.geteuid() == 0 else []
        for command in (
            [fpm, "--nodaemonize", *as_root, "--fpm-config", str(home / "fpm.conf")],
            [nginx, "-e", str(home / "nginx.log"), "-p", directory, "-c", str(home / "nginx.conf")],
        ):
            process = stack.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            stack.callback(process.terminate)
        yield
