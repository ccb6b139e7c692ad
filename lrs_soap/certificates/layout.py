"""Which file of an authority's directory holds what."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of an authority's directory."""

    directory: Path

    @property
    def authority(self) -> Path:
        """The certificate of the authority, which clients of the service trust."""
        return self.directory / "ca.pem"

    @property
    def authority_key(self) -> Path:
        """The authority's private key."""
        return self.directory / "ca-key.pem"

    @property
    def revoked(self) -> Path:
        """The list of revoked certificates."""
        return self.directory / "crl.pem"

    @property
    def server(self) -> Path:
        """The certificate of the service."""
        return self.directory / "server.pem"

    @property
    def server_key(self) -> Path:
        """The service's private key."""
        return self.directory / "server-key.pem"

    @property
    def issued(self) -> Path:
        """A directory with every client certificate that was issued, named by its serial number."""
        return self.directory / "issued"

    def client(self, name: str, ending: str) -> Path:
        """One of the files for a client."""
        return self.directory / "clients" / f"{name}{ending}"
