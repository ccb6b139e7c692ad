"""The facts of the contract, restated."""

import json
from pathlib import Path
from typing import Any

FACTS: dict[str, Any] = json.loads(Path(__file__).with_name("contract_facts.json").read_text(encoding="utf-8"))
REQUESTS = Path(__file__).parents[3] / "lrs_soap" / "wsdl" / "requests"
