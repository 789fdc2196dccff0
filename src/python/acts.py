"""What the page may have the interpreter do between two runs, by name: Acts in protocol/acts.ts. Each is whole or not done at all."""

import json
from collections.abc import Callable
from typing import Any

from . import database_changes, database_join, variables

ACTS: dict[str, Callable[..., Any]] = {
    'executeSql': database_changes.execute,
    'setCell': database_changes.set_cell,
    'insertRow': database_changes.insert_row,
    'deleteRows': database_changes.delete_rows,
    'joinTables': database_join.join_tables,
    'importTable': database_changes.import_table,
    'deleteVariable': variables.delete,
    'restoreVariable': variables.restore,
}


def act(name: str, argument: str) -> str:
    """Takes and returns JSON."""
    return json.dumps(ACTS[name](**json.loads(argument)))
