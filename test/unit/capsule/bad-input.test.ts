/** Every bad state file is refused with a sentence that says what is wrong with it, and where. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDormouseError } from '../../../src/base/errors';
import { readStateFile, STATE_LIMITS } from '../../../src/capsule';
import { documentOf, documentWith, NOW, refusal } from './documents';

const encoder = new TextEncoder();
const entry = (rest: object) => documentOf({ path: 'home/pyodide/x', ...rest });
const RUN = { run: 1, started: '2026-01-01T00:00:00Z', ended: null, status: 'failed', firstLine: '' };

/** The document in which `"?"` is replaced by something that is no JSON text of JavaScript's. */
const raw = (document: string, replacement: string) => document.replace('"?"', replacement);

describe('as a document', () => {
  test.each<[name: string, document: BlobPart, message: string | RegExp]>([
    ['empty', '', 'The state file is empty.'],
    ['only spaces', '\ufeff \n\t\r ', 'The state file is empty.'],
    ['not JSON', 'import os', 'The file is not JSON, so it is no state file: one begins with "{".'],
    ['a zip archive', 'PK\u0003\u0004', /not JSON.* looks like a zip archive/],
    ['only a text', '"dormouse-state"', /not JSON/],
    ['only zeros', new Uint8Array(100), /not JSON/],
    ['a list', '[]', 'The state file has to be a JSON object, in curly brackets; it is a list.'],
    ['UTF-16 with a mark', new Uint8Array([0xff, 0xfe, 0x7b, 0]), 'The state file is in UTF-16: save it again as UTF-8.'],
    ['UTF-16, the other end first', new Uint8Array([0xfe, 0xff, 0, 0x7b]), /UTF-16/],
    ['UTF-16 without a mark', Buffer.from(documentWith(), 'utf16le'), /UTF-16/],
    ['Latin-1', Buffer.from('{\n "code": "é", "x": 1}', 'latin1'), /not UTF-8 text \(line 2, column 11\)/],
    [
      'a surrogate in UTF-8',
      Buffer.concat([encoder.encode('{"code": "é'), new Uint8Array([0xed, 0xa0, 0x80]), encoder.encode('"}')]),
      /not UTF-8 text \(line 1, column 12\)/,
    ],
    ['an overlong form', Buffer.concat([encoder.encode('{"'), new Uint8Array([0xc0, 0x80]), encoder.encode('"}')]), /not UTF-8/],
    [
      'a comma too many',
      '{\n  "format": "dormouse-state",\n}',
      'The state file is not valid JSON: expected a name in double quotes, found "}" (line 3, column 1).',
    ],
    [
      'a comma missing',
      '{"format": "🐭" "version": 1}',
      'The state file is not valid JSON: expected "," or "}", found "\\"" (line 1, column 16).',
    ],
    ['single quotes', "{'format': 1}", /expected a name in double quotes, found "'"/],
    ['a comment', '{"format": 1, // one\n}', /found "\/" \(line 1, column 15\)/],
    ['NaN', '{"version": NaN}', /expected a value, found "N"/],
    [
      'a line end in a text',
      '{"code": "a\nb"}',
      /expected the closing quote, or an escape such as \\n for a line end, found a line end \(line 1, column 12\)/,
    ],
    ['a NUL in a text', '{"code": "a\0b"}', /found the control character 0/],
    ['an unknown escape', '{"code": "C:\\Users"}', /after a backslash .* found "U"/],
    ['a broken \\u escape', '{"code": "\\u12g4"}', /four hexadecimal digits after \\u, found "g"/],
    ['more after its end', `${documentWith()}\n}`, /expected the end of the file, found "}" \(line 2, column 1\)/],
    ['a leading zero', raw(documentWith({ runs: { count: '?' } }), '01'), /01 is not a number of JSON/],
    [
      'a number beyond all numbers',
      raw(documentWith({ runs: { count: '?' } }), '1e999'),
      /the number 1e999 is too large \(line 1, column \d+\)/,
    ],
    ['a number without end', raw(documentWith({ runs: { count: '?' } }), '1'.repeat(1e6)), /1111… is not a number of JSON/],
    [
      'a name twice',
      '{"format": "dormouse-state",\n "version": 1, "files": [], "version": 2}',
      'The state file has the name "version" twice in the same object (line 2, column 29).',
    ],
    ['a name twice, once with an escape', '{"code": "", "c\\u006fde": ""}', /"code" twice/],
    ['half a character in a text', '{"code": "\\ud83d"}', /half of a character .* line 1, column 10/],
    ['half a character in a name', '{"\\udc2d": 1}', /half of a character/],
    ['a million values', `[${'0,'.repeat(STATE_LIMITS.values)}0]`, /too many parts: more than 2,000,000 values/],
  ])('%s', async (_, document, message) => {
    const error = await refusal(document);
    expect(error.code).toBe('invalid');
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });

  test.each(['[', '{"a":', '[{"files":'])('a million levels deep, of %s', async (opening) => {
    expect((await refusal(opening.repeat(1_000_000))).message).toMatch(/nested too deep: more than 64 levels \(line 1, column \d+\)/);
  });

  test('cut off after any byte', async () => {
    const document = encoder.encode(
      documentWith({
        runs: { count: 12, history: [{ ...RUN, run: 12 }] },
        code: 'é🐭\\ud83d\\n',
        files: [
          { path: 'tmp/a\u2028', text: '漢\u0001\n"' },
          { path: 'tmp/b', base64: '/w==' },
          { path: 'tmp/c', directory: true },
        ],
      }),
    );
    for (let size = 1; size < document.length; size += 1) {
      const { message } = await refusal(document.subarray(0, size));
      expect(message).toBe(`The state file ends too early (at byte ${size}): it was cut off.`);
    }
    expect(isDormouseError(await refusal(document.subarray(0, 0)))).toBe(true);
  });

  test('too large: by its size, without reading it', async () => {
    const blob = new Blob();
    Object.defineProperty(blob, 'size', { value: STATE_LIMITS.document + 1 });
    blob.arrayBuffer = () => Promise.reject(new Error('was read'));
    await expect(readStateFile(blob)).rejects.toThrow('The state file is too large: it has 385 MB, and at most 384 MB can be read.');
  });

  test('that cannot be read', async () => {
    const blob = new Blob(['{}']);
    blob.arrayBuffer = () => Promise.reject(new DOMException('the file was changed', 'NotReadableError'));
    await expect(readStateFile(blob)).rejects.toMatchObject({
      code: 'invalid',
      message: 'The state file could not be read (the file was changed). Choose it again.',
    });
  });
});

describe('of another kind or version', () => {
  test.each([2, 3, 1e9])('version %d is of the future', async (version) => {
    // Of its other fields nothing is known.
    const error = await refusal(documentWith({ version, files: { new: true }, more: 1 }));
    expect(error).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(`made by a newer version of Dormouse (its version is ${version}, and this one reads version 1)`),
    });
  });

  test.each([[-1], [0], [1.5], ['1'], [null], [true], [[1]], [1e300], [undefined]])('version %j is none', async (version) => {
    expect(await refusal(documentWith({ version }))).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('"version" has to be a whole number, 1 or more'),
    });
  });

  test.each([['other'], [undefined], [1], [null], [{}], ['dormouse-State']])('format %j is another', async (format) => {
    expect((await refusal(documentWith({ format }))).message).toContain(
      'This is no state file of Dormouse: its "format" has to be "dormouse-state" and is',
    );
  });
});

describe('with a wrong', () => {
  test.each<[name: string, document: string, message: string | RegExp]>([
    ['type of files', documentWith({ files: {} }), 'The state file is wrong at files: it has to be a list of files, and is an object.'],
    ['lack of files', documentWith({ files: undefined }), 'The state file is wrong at files: it is missing; it has to be a list of files.'],
    ['entry', documentOf([]), 'The state file is wrong at files[0]: it has to be an object that describes a file, and is a list.'],
    [
      'null entry',
      '{"format":"dormouse-state","version":1,"files":[null]}',
      /files\[0\]: it has to be an object that describes a file, and is null/,
    ],
    [
      'type of path',
      documentOf({ path: 5, text: '' }),
      'The state file is wrong at files[0].path: it has to be text such as "home/pyodide/notes.txt", and is 5.',
    ],
    ['lack of path', documentOf({ text: '' }), /files\[0\].path: it is missing/],
    [
      'type of text',
      entry({ text: 5 }),
      'The state file is wrong at files[0].text ("home/pyodide/x"): it has to be text in double quotes, and is 5.',
    ],
    ['null text', entry({ text: null }), /files\[0\].text .* and is null/],
    ['type of base64', entry({ base64: [1] }), /files\[0\].base64 .* has to be text in double quotes, and is a list/],
    ['type of link', entry({ link: 5 }), /files\[0\].link .* has to be text/],
    ['link to nothing', entry({ link: '' }), /has to point to something/],
    ['link with NUL', entry({ link: 'a\0' }), /cannot contain a NUL/],
    ['length of link', entry({ link: 'x'.repeat(4097) }), /at most 4096 characters long\.$/],
    ['directory', entry({ directory: false }), /files\[0\].directory .* has to be true, and is false/],
    [
      'number of contents: two',
      entry({ text: '', base64: '' }),
      'The state file is wrong at files[0] ("home/pyodide/x"): it has to have exactly one of text, base64, link, directory, and has text and base64.',
    ],
    ['number of contents: none', entry({}), /exactly one of .* and has none/],
    ['mode', entry({ text: '', mode: '0888' }), /files\[0\].mode .* 3 or 4 octal digits such as "0644", and is "0888"/],
    ['mode out of range', entry({ text: '', mode: '17777' }), /files\[0\].mode/],
    ['mode that is a number', entry({ text: '', mode: 420 }), /files\[0\].mode .* as octal text such as "0644", and is 420/],
    [
      'date',
      entry({ text: '', modified: '2026-02-30T00:00:00Z' }),
      /files\[0\].modified .* date and time in ISO 8601 such as "2026-11-23T14:03:00Z", and is "2026-02-30T00:00:00Z"/,
    ],
    ['date without time', entry({ text: '', modified: '2026-02-03' }), /files\[0\].modified/],
    ['time without zone', documentWith({ created: '2026-02-03T10:00:00' }), /wrong at created: .* ISO 8601/],
    ['time that is a number', documentWith({ created: 1795464845000 }), /wrong at created: .* and is 1795464845000/],
    ['hour', documentWith({ created: '2026-02-03T25:00:00Z' }), /wrong at created/],
    [
      'count',
      documentWith({ runs: { count: -1 } }),
      'The state file is wrong at runs.count: it has to be a whole number, 0 or more, and is -1.',
    ],
    ['fraction', documentWith({ runs: { count: 1.5 } }), /runs.count: it has to be a whole number/],
    ['count beyond whole numbers', documentWith({ runs: { count: 2 ** 53 } }), /runs.count: it has to be a whole number/],
    [
      'count below the history',
      documentWith({ runs: { count: 1, history: [{ ...RUN, run: 2 }] } }),
      'The state file is wrong at runs.count: it is 1, but the history goes on to run 2.',
    ],
    [
      'order of the history',
      documentWith({ runs: { history: [RUN, RUN] } }),
      'The state file is wrong at runs.history[1].run: it has to be more than the run before it, 1, and is 1.',
    ],
    [
      'status',
      documentWith({ runs: { history: [{ ...RUN, status: 'great' }] } }),
      /runs.history\[0\].status: it has to be one of running, finished, .* and is "great"/,
    ],
    ['lack of an end', documentWith({ runs: { history: [{ ...RUN, ended: undefined }] } }), /runs.history\[0\].ended: it is missing/],
    [
      'length of a first line',
      documentWith({ runs: { history: [{ ...RUN, firstLine: 'x'.repeat(201) }] } }),
      /firstLine: it has to be at most 200 characters long\.$/,
    ],
    [
      'runtime',
      documentWith({ runtime: 'new' }),
      /wrong at runtime: it has to be an object with "pyodide" and "python", or null, and is "new"/,
    ],
    ['code', documentWith({ code: ['x'] }), /wrong at code: it has to be text or null, and is a list/],
    [
      'length of code',
      documentWith({ code: 'x'.repeat(STATE_LIMITS.code + 1) }),
      /wrong at code: it has to be at most 4000000 characters long\.$/,
    ],
    [
      'field',
      documentWith({ extra: 1 }),
      'The state file is wrong at its beginning: it has a field that a state file does not have: "extra".',
    ],
    [
      'field of an entry',
      entry({ text: '', size: 0, owner: '' }),
      'The state file is wrong at files[0] ("home/pyodide/x"): it has fields that a state file does not have: "size", "owner".',
    ],
    ['field of the runs', documentWith({ runs: { total: 1 } }), /wrong at runs: .*"total"/],
    [
      'half character in a text',
      raw(entry({ text: '?' }), '"\\ud83dx"'),
      /files\[0\] \("home\/pyodide\/x"\): The text has half of a character \(\\ud83d without/,
    ],
    ['half character in base64', raw(entry({ base64: '?' }), '"\\udc2d"'), /half of a character/],
    [
      'number of files',
      documentOf(...Array.from({ length: STATE_LIMITS.entries + 1 }, (_, index) => ({ path: `tmp/${index}`, text: '' }))),
      'The state file is wrong at files: it has to have at most 100000 entries.',
    ],
    [
      'number of folders',
      documentOf(...Array.from({ length: 60 }, (_, index) => ({ path: `tmp/${index}${'/x'.repeat(2000)}`, text: '' }))),
      /files\[49\]: The path .* is more than a state file holds: 100,000 files and folders/,
    ],
  ])('%s', async (_, document, message) => {
    const error = await refusal(document);
    expect(error.code).toBe('invalid');
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])('field called %s', async (name) => {
    for (const document of [
      documentWith({ '?': { polluted: 1 } }),
      entry({ text: '', '?': { polluted: 1 } }),
      documentWith({ runtime: { pyodide: '', python: '', '?': { polluted: 1 } } }),
    ]) {
      expect((await refusal(document.replace('"?"', JSON.stringify(name)))).message).toContain(
        `a field that a state file does not have: "${name}"`,
      );
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('with base64 that is', () => {
  test.each<[name: string, base64: string, message: RegExp]>([
    ['of another alphabet', '_w==', /has "_" at character 1; allowed are A-Z/],
    ['nonsense', '!!!', /has "!" at character 1/],
    ['with a space', 'AAAA AAA', /white space or a control character at character 5/],
    ['with a line end', 'AAAA\nAAA', /white space or a control character at character 5/],
    ['with other letters', 'AAAAAAé', /has a character at character 7/],
    ['without padding', '/w', /has 2 characters; padded with "=" it has a multiple of 4/],
    ['with too much padding', 'A===', /has "=" at character 2/],
    ['all padding', '====', /has "=" at character 1/],
    ['padded in the middle', 'AA==AAAA', /has "=" at character 3/],
    ['with stray bits', '/x==', /last character before "=" \(character 2\) carries bits of no byte/],
    ['with stray bits in the third', 'AAB=', /\(character 3\) carries bits/],
  ])('%s', async (_, base64, message) => {
    const error = await refusal(entry({ base64 }));
    expect(error.message).toMatch(/^The state file is wrong at files\[0\] \("home\/pyodide\/x"\): The base64 text /);
    expect(error.message).toMatch(message);
  });
});

describe('with paths', () => {
  const refused = (...paths: string[]) => refusal(documentOf(...paths.map((path) => ({ path, text: '' })))).then(({ message }) => message);

  test.each<[path: string, message: RegExp]>([
    ['home/pyodide/../../etc/passwd', /"\.\." cannot be a file name/],
    [`home/pyodide/${'x'.repeat(300)}`, /longer than 255 bytes/],
    ['..', /not allowed/],
    ['tmp/./a', /"\." cannot be/],
    ['tmp//a', /"" cannot be/],
    ['tmp/a/', /"" cannot be/],
    ['', /"" cannot be/],
    ['/tmp/a', /is absolute/],
    ['C:/tmp/a', /is absolute/],
    ['c:tmp', /is absolute/],
    ['tmp\\..\\a', /backslash/],
    ['\\\\server\\a', /backslash/],
    ['tmp/a\0', /not allowed/],
    ['tmp', /not below "home\/pyodide\/" or "tmp\/"/],
    ['home/pyodide', /not below/],
    ['home/other/a', /not below/],
    ['.dormouse/history.jsonl', /not below/],
    ['TMP/a', /not below/],
    ['notes.txt', /not below/],
    [`tmp/${'x'.repeat(256)}`, /not allowed/],
    [`tmp/${'é'.repeat(128)}`, /not allowed/],
    [`tmp/${'x/'.repeat(2048)}x`, /longer than 4096/],
  ])('%j', async (path, message) => {
    expect(await refused('tmp/good', path)).toMatch(/^The state file is wrong at files\[1\]: The path /);
    expect(await refused(path)).toMatch(message);
  });

  test.each<[paths: [string, string], message: string]>([
    [['tmp/a', 'tmp/a'], 'The path "tmp/a" is there twice.'],
    [['tmp/a', 'tmp/A'], 'The path "tmp/A" differs from "tmp/a" only in upper and lower case: many computers take the two for one.'],
    [
      ['tmp/σας', 'tmp/ΣΑΣ'],
      'The path "tmp/ΣΑΣ" differs from "tmp/σας" only in upper and lower case: many computers take the two for one.',
    ],
    [['tmp/A/x', 'tmp/a/y'], 'The path "tmp/a/y" differs from "tmp/A" only in upper and lower case: many computers take the two for one.'],
    [
      ['tmp/\u00e9', 'tmp/e\u0301'],
      'The path "tmp/e\u0301" differs from "tmp/\u00e9" only in how its letters are encoded (Unicode normalisation): many computers take the two for one.',
    ],
    [
      ['tmp/\u212b', 'tmp/\u00e5'],
      'The path "tmp/\u00e5" differs from "tmp/\u212b" only in upper and lower case: many computers take the two for one.',
    ],
    [['tmp/a', 'tmp/a/b'], 'The path "tmp/a/b" lies in "tmp/a", which is a file and no folder.'],
    [['tmp/a/b', 'tmp/a'], 'The path "tmp/a" is a file, but other entries lie in it as in a folder.'],
  ])('%j', async (paths, message) => {
    expect(await refused(...paths)).toBe(`The state file is wrong at files[1]: ${message}`);
  });

  test('below a link', async () => {
    const { message } = await refusal(documentOf({ path: 'tmp/a', link: '/' }, { path: 'tmp/a/b', text: '' }));
    expect(message).toContain('"tmp/a/b" lies in "tmp/a", which is a link and no folder');
  });

  test('of a folder that is there twice', async () => {
    expect((await refusal(documentOf({ path: 'tmp/a', directory: true }, { path: 'tmp/a', directory: true }))).message).toContain(
      'is there twice',
    );
  });
});

test('more content than a state file holds', async () => {
  const half = new Uint8Array(STATE_LIMITS.content / 2 + 1).fill(0x78);
  const [begin, middle, end] = [
    '{"format":"dormouse-state","version":1,"files":[{"path":"tmp/a","text":"',
    '"},{"path":"tmp/b","text":"',
    '"}]}',
  ];
  await expect(readStateFile(new Blob([begin, half, middle, half, end]))).rejects.toThrow(
    'The files in the state file are too large: a state file holds at most 256 MB of content in all.',
  );
});

test('any change of a byte is read or refused, never anything else', async () => {
  const document = encoder.encode(
    documentWith({
      runs: { history: [RUN] },
      files: [
        { path: 'tmp/a', text: 'é\n' },
        { path: 'tmp/b', base64: 'AAA=' },
      ],
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: document.length - 1 }), fc.nat({ max: 255 }), async (index, byte) => {
      const changed = document.slice();
      changed[index] = byte;
      await readStateFile(new Blob([changed]), NOW).catch((error) => {
        expect(isDormouseError(error)).toBe(true);
        expect(error.message).toMatch(/^Th(e|is) .*\.$/);
      });
    }),
    { numRuns: 2000 },
  );
});

test('any JSON is refused with a sentence', async () => {
  const fields = fc.record({
    format: fc.constant('dormouse-state'),
    version: fc.constant(1),
    created: fc.jsonValue(),
    runs: fc.jsonValue(),
    runtime: fc.jsonValue(),
    code: fc.jsonValue(),
    files: fc.jsonValue(),
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.jsonValue(), fields), async (value) => {
      await readStateFile(new Blob([JSON.stringify(value)]), NOW).catch((error) => {
        expect(isDormouseError(error)).toBe(true);
        expect(error.message).toMatch(/^Th(e|is) .*\.$/);
      });
    }),
    { numRuns: 1000 },
  );
});
