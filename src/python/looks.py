"""What the page may ask of the interpreter between two runs, by name: Looks in protocol/looks.ts."""

import json
from collections.abc import Callable
from typing import Any

from . import completion, databases, frames, packages, tables, variables

# Each takes the argument's fields and returns what json.dumps can write. It changes nothing of the user's and ends by itself.
LOOKS: dict[str, Callable[..., Any]] = {
    'databases': tables.databases,
    'table': frames.window,
    'tableSummary': frames.summary,
    'databaseSchema': databases.schema,
    'databaseRows': databases.rows,
    'databaseQuery': databases.query,
    'variables': variables.listed,
    'variableTable': variables.table,
    'variableTree': variables.tree,
    'complete': completion.complete,
    'signature': completion.signature,
    'importedPackages': packages.imported,
}


def look(name: str, argument: str) -> str:
    """Takes and returns JSON."""
    return json.dumps(LOOKS[name](**json.loads(argument)))
