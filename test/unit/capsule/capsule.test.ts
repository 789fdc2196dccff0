/** What is written as a capsule is what is read of it; the same session gives the same bytes; any tool opens it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Content, writeCapsule } from '../../../src/capsule';
import { capsuleSchemaText } from '../../../src/capsule/capsule-schema';
import { EMPTY, FULL, file, plain, readBack, sessions, written } from './capsules';
import { NOW } from './documents';

describe('any session', () => {
  it('is the same after writing and reading', async () => {
    await fc.assert(
      fc.asyncProperty(sessions, async (session) => {
        const { content, unlisted } = await readBack(await written(session));
        expect(unlisted).toEqual([]);
        expect(await plain(content)).toEqual(await plain(session));
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same bytes every time, however its content comes in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(sessions, fc.integer({ min: 1, max: 70_000 }), async (session, length) => {
        const inPieces = (content: Content): Content => ({
          size: content.size,
          async *pieces() {
            for await (const piece of content.pieces()) {
              for (let at = 0; at < piece.length; at += length) yield piece.subarray(at, at + length);
            }
          },
        });
        const cut = new Map<Content, Content>();
        const files = session.files.map((entry) => {
          if (entry.kind !== 'file') return entry;
          cut.set(entry.content, cut.get(entry.content) ?? inPieces(entry.content));
          return { ...entry, content: cut.get(entry.content) as Content };
        });
        const once = await written({ ...session, checkpoints: [] });
        expect(Buffer.compare(await written({ ...session, files, checkpoints: [] }), once)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a capsule', () => {
  it('has the bytes of version 1, which is read for ever', async () => {
    const bytes = await written(FULL, '{"cells":[]}');
    const text = `${Buffer.from(bytes)
      .toString('base64')
      .replace(/.{100}/g, '$&\n')}\n`;
    await expect(text).toMatchFileSnapshot('../../fixtures/capsules/version-1.base64');
    const { content, verifyRest } = await readBack(bytes);
    expect(await plain(content)).toEqual(await plain(FULL));
    await verifyRest();
  });

  it('has the schema that is published', async () => {
    await expect(capsuleSchemaText()).toMatchFileSnapshot('../../../docs/capsule.schema.json');
  });

  it('is a zip that other programs unpack', async () => {
    const folder = mkdtempSync(pathOf(tmpdir(), 'capsule-'));
    try {
      const large = new Uint8Array(9_000_000).map((_, index) => index >> 9);
      writeFileSync(
        pathOf(folder, 'x.dormouse'),
        await written({ ...FULL, files: [...FULL.files, file('tmp/large', large, { inode: 1048590 })] }),
      );
      const script = 'import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nz.extractall(sys.argv[2])';
      execFileSync('python3', ['-c', script, pathOf(folder, 'x.dormouse'), pathOf(folder, 'out')]);
      expect(readFileSync(pathOf(folder, 'out/notebook.py'), 'utf8')).toBe(FULL.code);
      expect(readFileSync(pathOf(folder, 'out/files/home/pyodide/data/rain.csv'), 'utf8')).toBe('month,mm\n1,30\n2,25\n'.repeat(20));
      expect(Buffer.compare(readFileSync(pathOf(folder, 'out/files/tmp/large')), large)).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('with more than 65,535 entries is read again', async () => {
    const files = Array.from({ length: 66_000 }, (_, index) => file(`tmp/${index}`, ''));
    const { content } = await readBack(await written({ ...EMPTY, files }));
    expect(content.files.length).toBe(66_000);
    expect(content.files[65_999]).toMatchObject({ path: 'tmp/65999', kind: 'file' });
  });

  it('is written in pieces as they come, whatever its size', async () => {
    const piece = new Uint8Array(2 ** 20);
    let waiting = 0;
    let most = 0;
    const content: Content = {
      size: 40 * piece.length,
      *pieces() {
        for (let index = 0; index < 40; index++) {
          waiting += piece.length;
          most = Math.max(most, waiting);
          yield piece;
        }
      },
    };
    const entry = { path: 'tmp/x.png', modified: NOW, mode: 0o644, inode: null, kind: 'file', content } as const;
    await writeCapsule({ ...EMPTY, files: [entry] }, ({ length }) => {
      waiting = Math.max(0, waiting - length);
    });
    expect(most).toBeLessThanOrEqual(2 * piece.length);
  });
});
