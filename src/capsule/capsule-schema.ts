/**
 * The manifest of a capsule, version 1, as a schema: what the reader checks and what docs/capsule.schema.json is made from. What a
 * schema cannot say (paths that collide, entries that are not there) the reader checks after it.
 *
 * The errors here complete a sentence about a field: "it …".
 */
import * as z from 'zod';
import { CAPSULE_LIMITS } from './capsule-content';
import { RUN_STATUSES, STATE_LIMITS } from './content';
import { CAPSULE_FORMAT, CAPSULE_VERSION } from './formats';
import { atLeast, atMost } from './lengths';

// Zod would otherwise compile checks with eval, which the page's policy forbids (and reports).
z.config({ jitless: true });

/** The longest name of a session, a checkpoint or a package, UTF-16 units. */
const LONGEST_NAME = 200;
const MOST_PACKAGES = 2000;
const MOST_LEFT_OUT = 100_000;

const text = (longest: number, description: string) =>
  z
    .string({ error: 'has to be text' })
    .check(atMost(longest, `has to be at most ${longest} characters long`))
    .describe(description);
const time = (description: string) =>
  z.number({ error: 'has to be a time: milliseconds since 1970' }).describe(`${description} Milliseconds since 1970.`);
const whole = (smallest: number, description: string) => {
  const error = `has to be a whole number, ${smallest} or more`;
  return z.int({ error }).min(smallest, { error }).describe(description);
};
const list = <Item extends z.ZodType>(item: Item, most: number, description: string) =>
  z
    .array(item, { error: 'has to be a list' })
    .check(atMost(most, `has to have at most ${most.toLocaleString('en-US')} entries`))
    .describe(description);
const object = <Shape extends z.ZodRawShape>(shape: Shape, what: string) =>
  z.strictObject(shape, { error: `has to be an object: ${what}` });
const hash = (description: string) =>
  z
    .string({ error: 'has to be a sha256' })
    .regex(/^[0-9a-f]{64}$/, { error: 'has to be a sha256 in lower-case hex' })
    .describe(description);
const entryName = (description: string) => text(8192, `${description} The name of an entry of the archive.`);

const runSchema = object(
  {
    run: whole(1, 'The number of the run, counted from 1.'),
    started: time('When it began.'),
    ended: time('When it ended; null when it did not.').nullable(),
    status: z.enum(RUN_STATUSES, { error: `has to be one of ${RUN_STATUSES.join(', ')}` }).describe('How it ended.'),
    firstLine: text(STATE_LIMITS.firstLine, 'The first line of its code.'),
  },
  'a run',
);

const fileSchema = object(
  {
    path: text(4096, 'Where it lies: below "home/pyodide/" or "tmp/", with "/" between folders.'),
    modified: time('When it was last changed.'),
    mode: z
      .string({ error: 'has to be permissions as octal text such as "0644"' })
      .regex(/^[0-7]{4}$/, { error: 'has to be permissions as 4 octal digits such as "0644"' })
      .describe('Permissions, in octal. Default: "0644" for files, "0755" for folders, "0777" for links.')
      .optional(),
    inode: whole(1, 'The number by which the memory knows it.').optional(),
    entry: entryName('Of a file: its content.').optional(),
    link: z
      .string({ error: 'has to be text: what the link points to' })
      .check(
        atLeast(1, 'has to point to something'),
        atMost(STATE_LIMITS.target, `has to be at most ${STATE_LIMITS.target} characters long`),
      )
      .regex(/^[^\0]*$/, { error: 'cannot contain a NUL character' })
      .describe('Of a symbolic link: what it points to.')
      .optional(),
    directory: z.literal(true, { error: 'has to be true' }).describe('Of a folder: true.').optional(),
  },
  'a file, a link or a folder',
).refine(({ entry, link, directory }) => [entry, link, directory].filter((field) => field !== undefined).length === 1, {
  error: 'has to have exactly one of entry, link and directory',
});

const filesSchema = list(fileSchema, CAPSULE_LIMITS.files, 'Files, links and folders.');

export const manifestSchema = object(
  {
    format: z.literal(CAPSULE_FORMAT).describe('Says that this is a capsule of Dormouse.'),
    version: z.literal(CAPSULE_VERSION).describe('The version of the format.'),
    name: text(LONGEST_NAME, 'What the session was called.').nullable(),
    runtime: object(
      { pyodide: text(LONGEST_NAME, 'The version of Pyodide.'), python: text(LONGEST_NAME, 'The version of Python.') },
      'the versions of "pyodide" and "python", or null',
    )
      .nullable()
      .describe('The build of Python that the session ran on.'),
    runs: object(
      { count: whole(0, 'How many runs there ever were.'), history: list(runSchema, STATE_LIMITS.history, 'The last runs, oldest first.') },
      'the runs',
    ),
    code: entryName("The editor's text; null when there is none.").nullable(),
    files: filesSchema,
    kept: list(
      object({ name: text(LONGEST_NAME, 'Its name.'), entry: entryName('Its content.') }, 'a kept file'),
      100,
      'What Dormouse keeps beside the files.',
    ),
    packages: list(
      object(
        { name: text(LONGEST_NAME, 'Its name.'), version: text(LONGEST_NAME, 'Its version.'), sha256: hash('Of its wheel.') },
        'a package',
      ),
      MOST_PACKAGES,
      'The packages that were installed.',
    ),
    memory: object(
      {
        image: entryName("Python's memory."),
        notes: entryName('What was said of the variables.').nullable(),
        baseline: object({ sha256: hash('Its name in memory.'), entry: entryName('Its bytes.') }, 'what the memory builds on')
          .nullable()
          .describe('The memory of a fresh Python that the image builds on; null when it needs none.'),
        changed: list(whole(1, 'An inode number.'), CAPSULE_LIMITS.files, 'What is not as the memory knows it.'),
        nextInode: whole(1, 'Above all inode numbers that the memory may know.'),
      },
      'the memory, or null',
    )
      .nullable()
      .describe('What is needed to go on exactly where the session was; null when it was left out.'),
    checkpoints: list(
      object(
        {
          name: text(LONGEST_NAME, 'Its name.'),
          time: time('When it was made.'),
          code: entryName("The editor's text then; null when there was none.").nullable(),
          files: filesSchema,
        },
        'a checkpoint',
      ),
      CAPSULE_LIMITS.checkpoints,
      'Named checkpoints, oldest first.',
    ),
    leftOut: list(
      object({ path: text(4096, 'Where it lies.'), reason: text(500, 'A sentence.') }, 'what was left out'),
      MOST_LEFT_OUT,
      'What was left out, and why.',
    ),
    entries: list(
      object({ entry: entryName('Which one.'), size: whole(0, 'Bytes.'), sha256: hash('Of its content.') }, 'an entry of the archive'),
      CAPSULE_LIMITS.zip.entries,
      'Every file of the archive but this one, folders left out.',
    ),
  },
  'the manifest',
).meta({ title: 'Manifest of a Dormouse capsule, version 1', description: 'What is in a .dormouse file: see capsule.md.' });

/** A manifest that has passed the schema: what it means is still to be checked. */
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = Manifest['files'][number];

/** The published form of the schema, as the text of docs/capsule.schema.json. */
export function capsuleSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(manifestSchema, { io: 'input', unrepresentable: 'any' }), null, 2)}\n`;
}
