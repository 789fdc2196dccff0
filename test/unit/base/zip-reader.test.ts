import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../src/base/crc32';
import { ZipReader } from '../../../src/base/zip-reader';
import { HOSTILE_ARCHIVES, SMALL_LIMITS } from '../../fixtures/hostile-archives';
import { bytesOf, join, record, zip64Field, zipOf } from '../../fixtures/zip-archives';

const open = (bytes: Uint8Array<ArrayBuffer>, limits = SMALL_LIMITS) => ZipReader.open(new Blob([bytes]), limits);

/** Everything in an archive, as text. */
async function readAll(bytes: Uint8Array<ArrayBuffer>): Promise<Record<string, string>> {
  const zip = await open(bytes);
  const contents: Record<string, string> = {};
  for (const entry of zip.entries) contents[entry.path] = new TextDecoder().decode(await zip.read(entry));
  return contents;
}

describe('crc32', () => {
  it('is that of zlib, in one piece and in two', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
        expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes));
      }),
    );
  });
});

describe('a good archive', () => {
  it('is read: packed and not, with folders, modes, times and links', async () => {
    const zip = await open(
      zipOf([
        { name: 'folder/', unix: 0o40750, stored: true },
        { name: 'folder/a.txt', data: 'packed'.repeat(100), unix: 0o100600 },
        { name: 'folder/é.bin', data: new Uint8Array([1, 2, 3]), stored: true, unix: 0 },
        { name: 'link', data: 'folder/a.txt', unix: 0o120777 },
      ]),
    );
    const time = Date.UTC(2026, 10, 23, 12);
    expect(zip.entries).toMatchObject([
      { path: 'folder', kind: 'directory', size: 0, mode: 0o750, modified: time },
      { path: 'folder/a.txt', kind: 'file', size: 600, method: 'deflate', mode: 0o600 },
      { path: 'folder/é.bin', kind: 'file', size: 3, method: 'store', mode: null },
      { path: 'link', kind: 'symlink', size: 12, mode: 0o777 },
    ]);
    expect(await zip.read(zip.find('folder/é.bin') as never)).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('is read with descriptors of all four kinds, and ZIP64 fields where they are not needed', async () => {
    const crc = zlibCrc32(bytesOf('abc'));
    const flagged = { flags: 0x808 };
    const unsaid = { ...flagged, crc: 0, packed: 0, size: 0 };
    const base = { data: 'abc', stored: true, central: flagged };
    const archive = zipOf(
      [
        { ...base, name: '1', local: unsaid, after: record([4, 0x08074b50], [4, crc], [4, 3], [4, 3]) },
        { ...base, name: '2', local: unsaid, after: record([4, crc], [4, 3], [4, 3]) },
        { ...base, name: '3', local: unsaid, after: record([4, 0x08074b50], [4, crc], [8, 3], [8, 3]) },
        { ...base, name: '4', local: flagged, after: record([4, crc], [8, 3], [8, 3]) },
        {
          name: '5',
          data: 'abc',
          stored: true,
          local: { packed: 0xffffffff, size: 0xffffffff, extra: zip64Field(3, 3) },
          central: { packed: 0xffffffff, size: 0xffffffff, extra: zip64Field(3, 3) },
        },
      ],
      { zip64: true, entries: 0xffff, size: 0xffffffff, offset: 0xffffffff },
    );
    expect(await readAll(archive)).toEqual({ 1: 'abc', 2: 'abc', 3: 'abc', 4: 'abc', 5: 'abc' });
  });

  it('is read as other programs write it', async () => {
    const folder = mkdtempSync(pathOf(tmpdir(), 'zip-'));
    try {
      writeFileSync(pathOf(folder, 'a.txt'), 'from Python '.repeat(1000));
      const script =
        'import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED)\nz.write(sys.argv[2],"sub/a.txt")\nz.mkdir("empty")\nz.comment=b"hello"\nz.close()';
      execFileSync('python3', ['-c', script, pathOf(folder, 'x.zip'), pathOf(folder, 'a.txt')]);
      expect(await readAll(join(readFileSync(pathOf(folder, 'x.zip'))))).toEqual({ empty: '', 'sub/a.txt': 'from Python '.repeat(1000) });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('comes in pieces that are no larger than what inflating makes of 16 KiB', async () => {
    const zip = await open(zipOf([{ name: 'zeros', data: new Uint8Array(9_000_000) }]));
    let largest = 0;
    let size = 0;
    for await (const piece of zip.stream(zip.entries[0] as never)) {
      largest = Math.max(largest, piece.length);
      size += piece.length;
    }
    expect(size).toBe(9_000_000);
    expect(largest).toBeLessThan(2_000_000);
  });

  it('can be left in the middle of an entry, and stopped', async () => {
    const zip = await open(zipOf([{ name: 'a', data: new Uint8Array(9_000_000) }]));
    const [entry] = zip.entries as [never];
    for await (const piece of zip.stream(entry)) if (piece.length > 0) break;
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of zip.stream(entry, stop.signal)) stop.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('a hostile archive', () => {
  it.each(HOSTILE_ARCHIVES.map((archive) => [archive.what, archive] as const))('%s: is refused in words', async (_, { bytes, says }) => {
    await expect(readAll(bytes())).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringMatching(says) });
  });

  it('is refused when it is cut off anywhere', async () => {
    const whole = zipOf(
      [
        { name: 'folder/a.txt', data: 'content '.repeat(20) },
        { name: 'b', data: 'x', stored: true },
      ],
      { comment: bytesOf('c') },
    );
    for (let length = 0; length < whole.length; length++) {
      await expect(readAll(whole.slice(0, length)), `${length} bytes`).rejects.toMatchObject({ name: 'InvalidInputError' });
    }
  });

  it('with any byte changed is refused in words, or means the same', async () => {
    const parts = [
      { name: 'a.txt', data: 'content '.repeat(20) },
      { name: 'b', data: 'x', stored: true },
    ];
    const whole = zipOf(parts);
    const good = await readAll(whole);
    for (let at = 0; at < whole.length; at++) {
      for (const bit of [0x01, 0x10, 0x80]) {
        const changed = whole.slice();
        changed[at] = (changed[at] as number) ^ bit;
        const read = await readAll(changed).catch((error: Error) => error);
        if (read instanceof Error) expect(read.name, `byte ${at}: ${read.message}`).toBe('InvalidInputError');
        else expect(Object.values(read), `byte ${at}`).toEqual(Object.values(good));
      }
    }
  });
});
