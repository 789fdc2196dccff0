/**
 * The state file, version 1, as a schema: what the reader checks and what docs/state-file.schema.json is made from. What a schema
 * cannot say (paths that collide, content that does not decode, amounts in all) the reader checks after it.
 *
 * The errors here complete a sentence about a field: "it …".
 */
import * as z from 'zod';
import { RUN_STATUSES, STATE_LIMITS } from './content';
import { FORMAT, VERSION } from './formats';
import { JsonText } from './json-text';
import { atLeast, atMost } from './lengths';

// Zod would otherwise compile checks with eval, which the page's policy forbids (and reports).
z.config({ jitless: true });

/** The fields of a file entry that say what it is. Each entry has exactly one. */
export const CONTENT_FIELDS = ['text', 'base64', 'link', 'directory'] as const;

const time = (description: string) =>
  z.iso.datetime({ offset: true, error: 'has to be a date and time in ISO 8601 such as "2026-11-23T14:03:00Z"' }).describe(description);

const wholeNumber = (smallest: number, description: string) => {
  const error = `has to be a whole number, ${smallest} or more`;
  return z.int({ error }).min(smallest, { error }).describe(description);
};

/** Text of any length, kept as the document's bytes until it is decoded. */
const longText = (description: string) =>
  z
    .custom<JsonText>((value) => value instanceof JsonText, { error: 'has to be text in double quotes' })
    .meta({ type: 'string', description });

const runSchema = z.strictObject(
  {
    run: wholeNumber(1, 'The number of the run, counted from 1.'),
    started: time('When it began.'),
    ended: time('When it ended; null when it did not.').nullable(),
    status: z.enum(RUN_STATUSES, { error: `has to be one of ${RUN_STATUSES.join(', ')}` }).describe('How it ended.'),
    firstLine: z
      .string({ error: 'has to be text' })
      .check(atMost(STATE_LIMITS.firstLine, `has to be at most ${STATE_LIMITS.firstLine} characters long`))
      .describe('The first line of the code.'),
  },
  { error: 'has to be an object that describes a run' },
);

const entrySchema = z
  .strictObject(
    {
      path: z
        .string({ error: 'has to be text such as "home/pyodide/notes.txt"' })
        .describe('Where it lies: below "home/pyodide/" or "tmp/", with "/" between folders.'),
      modified: time('When it was last changed. Default: the time in "created", else the time of loading.').optional(),
      mode: z
        .string({ error: 'has to be permissions as octal text such as "0644"' })
        .regex(/^[0-7]{3,4}$/, { error: 'has to be permissions as 3 or 4 octal digits such as "0644"' })
        .describe('Permissions, in octal. Default: "0644" for files, "0755" for folders, "0777" for links.')
        .optional(),
      text: longText('Of a file: its content, when that is UTF-8 text.').optional(),
      base64: longText('Of a file: its content in base64 (RFC 4648, section 4), in one piece, padded.')
        .meta({ contentEncoding: 'base64' })
        .optional(),
      link: z
        .string({ error: 'has to be text: what the link points to' })
        .check(
          atLeast(1, 'has to point to something'),
          atMost(STATE_LIMITS.target, `has to be at most ${STATE_LIMITS.target} characters long`),
        )
        .regex(/^[^\0]*$/, { error: 'cannot contain a NUL character' })
        .describe('Of a symbolic link: what it points to.')
        .optional(),
      directory: z
        .literal(true, { error: 'has to be true' })
        .describe('Of a folder: true. Only empty folders, and those with a time or mode of their own, need an entry.')
        .optional(),
    },
    { error: 'has to be an object that describes a file' },
  )
  .meta({ oneOf: CONTENT_FIELDS.map((field) => ({ type: 'object', properties: { [field]: {} }, required: [field] })) });

const runtimeSchema = z.strictObject(
  {
    pyodide: z.string({ error: 'has to be text such as "314.0.7"' }).describe('The version of Pyodide.'),
    python: z.string({ error: 'has to be text such as "3.14.2"' }).describe('The version of Python.'),
  },
  { error: 'has to be an object with "pyodide" and "python", or null' },
);

export const stateSchema = z
  .strictObject({
    $schema: z
      .string({ error: 'has to be text' })
      .describe('The address of this schema, for editors that check while you type. Ignored.')
      .optional(),
    format: z.literal(FORMAT).describe('Says that this is a state file of Dormouse.'),
    version: z.literal(VERSION).describe('The version of the format.'),
    created: time('When the file was written.').optional(),
    runtime: runtimeSchema.nullable().describe('The build of Python that the session ran on.').optional(),
    runs: z
      .strictObject(
        {
          count: wholeNumber(0, 'How many runs there ever were. Default: the number of the last one in the history, else 0.').optional(),
          history: z
            .array(runSchema, { error: 'has to be a list of runs' })
            .check(atMost(STATE_LIMITS.history, `has to have at most ${STATE_LIMITS.history} runs`))
            .describe('The last runs, oldest first. Default: none.')
            .optional(),
        },
        { error: 'has to be an object with "count" and "history"' },
      )
      .describe('The run counter and history. Default: a session without runs.')
      .optional(),
    code: z
      .string({ error: 'has to be text or null' })
      .check(atMost(STATE_LIMITS.code, `has to be at most ${STATE_LIMITS.code} characters long`))
      .nullable()
      .describe("The editor's text. Default: none.")
      .optional(),
    files: z
      .array(entrySchema, { error: 'has to be a list of files' })
      .check(atMost(STATE_LIMITS.entries, `has to have at most ${STATE_LIMITS.entries} entries`))
      .describe('The files, links and folders.'),
  })
  .meta({ title: 'Dormouse state file, version 1', description: 'A Python session as one readable file: see state-file.md.' });

/** A document that has passed the schema: what it means is still to be checked. */
export type StateDocument = z.infer<typeof stateSchema>;
export type EntryDocument = StateDocument['files'][number];

/** The published form of the schema, as the text of docs/state-file.schema.json. */
export function jsonSchemaText(): string {
  // `io: input`: what a person writes. Long texts are of a class of ours in memory and plain text in a document.
  return `${JSON.stringify(z.toJSONSchema(stateSchema, { io: 'input', unrepresentable: 'any' }), null, 2)}\n`;
}
