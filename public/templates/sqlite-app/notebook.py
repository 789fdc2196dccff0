# %% [markdown]
# # Tasks in a database
# A small program around one SQLite file. What is committed stays; the panel **Database** shows the tables.

# %%
import sqlite3

db = sqlite3.connect('tasks.db')
db.row_factory = sqlite3.Row
with open('schema.sql', encoding='utf-8') as file:
    db.executescript(file.read())


def add(title, *tags):
    """A new task; returns its number."""
    with db:  # one transaction: all of it or nothing
        task = db.execute('INSERT INTO tasks (title) VALUES (?)', (title,)).lastrowid
        db.executemany('INSERT OR IGNORE INTO tags (name) VALUES (?)', [(tag,) for tag in tags])
        db.executemany('INSERT INTO task_tags SELECT ?, id FROM tags WHERE name = ?', [(task, tag) for tag in tags])
    return task


def done(task):
    with db:
        db.execute("UPDATE tasks SET done = datetime('now') WHERE id = ?", (task,))


def tasks(open_only=True):
    where = 'WHERE done IS NULL' if open_only else ''
    return [dict(row) for row in db.execute(f'SELECT * FROM task_list {where} ORDER BY id')]


# %%
add('Water the plants', 'home')
add('Read about transactions', 'learning', 'sqlite')
tasks()

# %%
done(1)
tasks(open_only=False)
