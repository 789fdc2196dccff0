/** What the editor holds in a session that never had any code. */
export const SAMPLE = `# Run this several times, then refresh and run it again:
# variables live on, and so does what is written.
# Undo run takes the last run back, all of it.
import itertools
import json
import os
import sqlite3
from contextlib import closing
from datetime import datetime, timezone

# A generator, half consumed: it goes on where it was.
if 'squares' not in globals():
    squares = (n * n for n in itertools.count(1))
print(f'The next square: {next(squares)}')

now = datetime.now(timezone.utc).isoformat(timespec='seconds')

# Rows go into a database.
with closing(sqlite3.connect('app_state.db')) as db:
    with db:  # one transaction: all of it or nothing
        db.execute('CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL)')
        db.execute('INSERT INTO events (at, what) VALUES (?, ?)', (now, 'ran the sample'))
    (count,) = db.execute('SELECT count(*) FROM events').fetchone()
    newest = db.execute('SELECT id, at, what FROM events ORDER BY id DESC LIMIT 5').fetchall()

# Counters and a short history go into a JSON file.
try:
    with open('app_state.json') as file:
        state = json.load(file)
except FileNotFoundError:
    state = {'runs': 0, 'history': []}
state['runs'] += 1
state['history'] = [*state['history'], now][-20:]
with open('app_state.json.new', 'w') as file:
    json.dump(state, file, indent=2)
os.replace('app_state.json.new', 'app_state.json')  # the old file or the new one, never half of it

print(f'Rows in app_state.db: {count}; the newest:')
for id, at, what in newest:
    print(f'  {id:>4}  {at}  {what}')
print(f'Runs counted in app_state.json: {state["runs"]}')
print(json.dumps(state, indent=2))
`;
