/** The Python that loads a file, for one press of a button. */

import { kindOf } from './file-kind';
import { nameOf, pathForPerson } from './file-nodes';

/** A name that Python takes, made of a file's name. */
function variable(path: string): string {
  const plain = nameOf(path)
    .replace(/\.[^.]*$/, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  const name = /^[a-z]/.test(plain) ? plain : `data_${plain}`;
  return KEYWORDS.has(name) ? `${name}_` : name.slice(0, 40);
}

// Of https://docs.python.org/3.14/reference/lexical_analysis.html#keywords those that are in lower case.
const KEYWORDS = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** @param database whether the content is an SQLite database whatever the file is called */
export function loadingCode(path: string, database: boolean): string {
  const literal = JSON.stringify(pathForPerson(path));
  const name = variable(path);
  switch (database ? 'database' : kindOf(path)) {
    case 'table': {
      const more = /\.tsv$/i.test(path) ? ', sep="\\t"' : '';
      return `import pandas as pd\n\n${name} = pd.read_csv(${literal}${more})\n${name}`;
    }
    case 'excel':
      return `import pandas as pd\n\n${name} = pd.read_excel(${literal})\n${name}`;
    case 'parquet':
      return `import pandas as pd\n\n${name} = pd.read_parquet(${literal})\n${name}`;
    case 'json':
      return /\.(jsonl|ndjson)$/i.test(path)
        ? `import json\n\nwith open(${literal}, encoding="utf-8") as file:\n    ${name} = [json.loads(line) for line in file if line.strip()]\n${name}`
        : `import json\n\nwith open(${literal}, encoding="utf-8") as file:\n    ${name} = json.load(file)\n${name}`;
    case 'database':
      return `import sqlite3\n\n${name} = sqlite3.connect(${literal})\n${name}.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()`;
    case 'text':
      return `with open(${literal}, encoding="utf-8") as file:\n    ${name} = file.read()\nprint(${name})`;
    default:
      return `with open(${literal}, "rb") as file:\n    ${name} = file.read()\nlen(${name})`;
  }
}
