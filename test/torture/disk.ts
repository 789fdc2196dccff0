/**
 * What Python writes in the rounds, and the look at it afterwards. Every content follows from its kind and number, so that a look
 * needs no memory of what was written: it finds for each kind how far the numbers go without a gap, and what is not as it should be.
 */
import { createHash } from 'node:crypto';
import type { Workbench } from '../e2e/workbench';

/**
 * - `delete`, `truncate`, `wal`: rows of the ledger that is kept in this journal mode
 * - `file`: files that were synced; `replaced`: versions of one file, each renamed over the last; `appended`: lines of one file
 * - `big`: files of several MB, of which all but the last two are removed again
 * - `slot`: parts of one large file that are written over and over, each with its number
 * - `closed`: files that were written and closed, and no more
 * - `memory`: runs that the interpreter remembers, in variables alone
 */
export const KINDS = ['delete', 'truncate', 'wal', 'file', 'replaced', 'appended', 'big', 'slot', 'closed', 'memory'] as const;
export type Kind = (typeof KINDS)[number];

/** The highest number of each kind; 0 where there is none. */
export type Counts = Record<Kind, number>;

export const NOTHING = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Counts;

/** What a look found. */
export interface Found {
  counts: Counts;
  /** Of all names and contents before the look changed anything (it opens databases, and removes what was half written). */
  digest: string;
  /** The same after it. */
  digestAfter: string;
  /** What should never be, in sentences. */
  problems: string[];
}

/** What all programs share. */
const KIT = String.raw`
import hashlib, json, os, sqlite3

MODES = ("delete", "truncate", "wal")

def body(kind, n):
    seed = hashlib.sha256(f"{kind} {n}".encode()).digest()
    return (seed * 700)[: 100 + int.from_bytes(seed[:2], "big") % 20000]

def big_body(n):
    return (body("big", n) * 11000)[: 1 << 20] * (4 + n % 5)

def replaced_body(n):
    return f"{n}\n".encode() + body("replaced", n)

SLOTS = 128
SLOT_SIZE = 128 << 10

def slot_of(n):
    return hashlib.sha256(f"slot of {n}".encode()).digest()[0] % SLOTS

def slot_body(n):
    seed = hashlib.sha256(f"slot {n}".encode()).digest()
    return n.to_bytes(8, "big") + (seed * (SLOT_SIZE // 32))[8:]

def line(n):
    return f"{n} {hashlib.sha256(str(n).encode()).hexdigest()}\n".encode()

def store(path, data, flags=os.O_TRUNC):
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | flags)
    while data:
        data = data[os.write(fd, data):]
    os.fsync(fd)
    os.close(fd)

def note(path, value):
    # Whole at every moment: the kill may come between opening and writing.
    with open(f"{path}.new", "w") as file:
        file.write(str(value))
    os.replace(f"{path}.new", path)

def open_ledger(mode):
    # The connection of an earlier run survives with its lock, or came back dead.
    try:
        globals()["db"].close()
    except (KeyError, sqlite3.Error):
        pass
    db = sqlite3.connect(f"ledger-{mode}.db")
    if mode == "wal":
        db.execute("pragma locking_mode = exclusive")
    db.execute(f"pragma journal_mode = {mode}")
    db.execute("create table if not exists ledger (n integer primary key, body blob)")
    db.execute("create table if not exists total (bytes integer)")
    return db

def enter(db, mode, n):
    # The sum is in a table of its own: a transaction that is there by half shows.
    db.execute("insert into ledger values (?, ?)", (n, body(mode, n)))
    if db.execute("update total set bytes = bytes + ?", (len(body(mode, n)),)).rowcount == 0:
        db.execute("insert into total values (?)", (len(body(mode, n)),))
    db.commit()
    print("stored", mode, n)

def digest():
    lines = []
    for top in ("/home/pyodide", "/tmp"):
        for folder, _, names in os.walk(top):
            lines.append(f"{folder}/")
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    lines.append(f"{path} {hashlib.sha256(file.read()).hexdigest()}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
`;

const LOOK = String.raw`
found = {}
problems = []
digest_before = digest()

def content(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None

for mode in MODES:
    found[mode] = 0
    if not os.path.exists(f"ledger-{mode}.db"):
        continue
    try:
        db = open_ledger(mode)
        for n, data in db.execute("select n, body from ledger order by n"):
            if n != found[mode] + 1:
                problems.append(f"ledger {mode}: row {n} after row {found[mode]}")
                break
            if data != body(mode, n):
                problems.append(f"ledger {mode}: row {n} has another content")
            found[mode] = n
        for (result,) in db.execute("pragma integrity_check"):
            if result != "ok":
                problems.append(f"ledger {mode}: {result}")
        total = db.execute("select (select bytes from total), (select sum(length(body)) from ledger)").fetchone()
        if total[0] != total[1]:
            problems.append(f"ledger {mode}: the total is {total[0]} and the rows have {total[1]} bytes")
        db.commit()
        db.close()
    except sqlite3.Error as error:
        problems.append(f"ledger {mode}: {error}")

def numbers(folder, prefix):
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(int(name[len(prefix):]) for name in names if name.startswith(prefix))

for kind in ("file", "closed"):
    found[kind] = 0
    rest = []
    for n in numbers("files", f"{kind}-"):
        if n == found[kind] + 1 and not rest and content(f"files/{kind}-{n}") == body(kind, n):
            found[kind] = n
        else:
            rest.append(n)
    # They are written one after the other: only the last can be half there.
    if kind == "file" and rest not in ([], [found[kind] + 1]):
        problems.append(f"files {rest[:5]} after file {found[kind]}")
    for n in rest:
        os.remove(f"files/{kind}-{n}")

found["replaced"] = 0
data = content("replaced")
if data is not None:
    head = data[: data.find(b"\n") + 1]
    found["replaced"] = int(head) if head[:-1].isdigit() else 0
    if data != replaced_body(found["replaced"]):
        problems.append(f"the replaced file is not whole: {len(data)} bytes, it begins with {data[:40]!r}")
if os.path.exists("replaced.new"):
    os.remove("replaced.new")

found["appended"] = 0
data = content("/tmp/appended") or b""
lines = data.split(b"\n")
for n, text in enumerate(lines[:-1], 1):
    if text + b"\n" != line(n):
        problems.append(f"line {n} of the appended file is {text[:80]!r}")
        break
    found["appended"] = n
if lines[-1] or found["appended"] < len(lines) - 1:
    with open("/tmp/appended", "r+b") as file:
        file.truncate(sum(len(line(n)) for n in range(1, found["appended"] + 1)))

found["big"] = 0
for n in reversed(numbers("files", "big-")):
    if content(f"files/big-{n}") == big_body(n):
        found["big"] = max(found["big"], n)
    elif n != max(numbers("files", "big-")):
        problems.append(f"big file {n} is not whole, and it is not the last")
    else:
        os.remove(f"files/big-{n}")

found["slot"] = 0
if os.path.exists("slots"):
    with open("slots", "rb") as file:
        slots = [file.read(SLOT_SIZE) for _ in range(SLOTS)]
    written = [int.from_bytes(data[:8], "big") for data in slots]
    found["slot"] = max(written)
    latest = {slot_of(n): n for n in range(1, found["slot"] + 1)}
    for slot, data in enumerate(slots):
        expected = latest.get(slot, 0)
        if data.rstrip(b"\0") != (slot_body(expected).rstrip(b"\0") if expected else b""):
            problems.append(f"slot {slot} has number {written[slot]}, or only a part of it, instead of {expected}")

found["memory"] = 0
if "remembered" in globals():
    found["memory"] = len(remembered)
    if remembered != list(range(1, len(remembered) + 1)):
        problems.append(f"the interpreter remembers {remembered[:5]} and so on")
    # Files are never behind the variables that were kept with them.
    if int(content("remembered") or 0) < found["memory"]:
        problems.append(f"the file says {content('remembered')} and the interpreter {found['memory']}")

for name in os.listdir("."):
    if name.startswith("fill-"):
        os.remove(name)
print("found", json.dumps({"counts": found, "digest": digest_before, "digestAfter": digest(), "problems": problems}))
`;

/**
 * A program for a round.
 * @param parameters become variables: whole numbers, texts and objects of these
 */
export function program(code: string, parameters: Record<string, unknown>): string {
  const assignments = Object.entries(parameters).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [KIT, ...assignments, code].join('\n');
}

/**
 * Looks at the whole disk, in a run.
 * @throws Error when the run does not come to its end
 */
export async function look(workbench: Workbench): Promise<Found> {
  const text = await workbench.run(program(LOOK, {}));
  const [, json] = /^.*?found (\{.*\})$/m.exec(text) ?? [];
  if (!json) throw new Error(`The look at the disk did not come to its end:\n${text.slice(-2000)}`);
  return JSON.parse(json) as Found;
}

/** The digest of a disk with these files and no others, by their absolute paths. */
export function digestOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');
  const lines = new Set(['/home/pyodide/', '/tmp/']);
  for (const [path, content] of files) {
    lines.add(`${path} ${hash(content)}`);
    lines.add(path.slice(0, path.lastIndexOf('/') + 1));
  }
  return hash([...lines].sort().join('\n'));
}
