/** Anything that a person may be made to open: it becomes a session that can be written again, or there is a sentence. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitPath } from '../../src/base/paths';
import { type CapsuleFile, type Content, checkWritable, readIncoming, writeStateFile } from '../../src/capsule';
import { HOSTILE_ARCHIVES } from '../fixtures/hostile-archives';
import { type Part, zipOf } from '../fixtures/zip-archives';
import { fitting, forged, sessions, written } from '../unit/capsule/capsules';
import { NOW, states } from '../unit/capsule/documents';
import { fuzz, limit, mutate, mutateValue, taken } from './fuzzing';

/** Good ones to begin with: making them takes longer than reading them. */
const SAMPLES = 24;

/** Bytes that a capsule's content may have beyond what the file itself has, as deflate goes. */
const MOST_READ = 64 * 2 ** 20;

async function consume({ pieces }: Content): Promise<number> {
  let size = 0;
  for await (const piece of pieces()) {
    size += piece.length;
    // A content that is as large as it says may take long: it is not what is looked for here.
    if (size > MOST_READ) break;
  }
  return size;
}

/** Reads all there is, and holds it against what every session is. */
async function open(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const incoming = await readIncoming([{ path: name, file: new Blob([bytes]), modified: NOW }], NOW);
  const { content } = incoming;
  for (const files of [content.files, ...content.checkpoints.map((checkpoint) => checkpoint.files)]) await checkFiles(files);
  for (const kept of content.kept) await consume(kept.content);
  if (content.memory) {
    await consume(content.memory.image);
    if (content.memory.notes) await consume(content.memory.notes);
    if (content.memory.baseline) await consume(content.memory.baseline.content);
  }
  await incoming.verifyRest();
  if (incoming.closed !== null) return;
  const again = await written(fitting(content));
  expect(again.length).toBeGreaterThan(0);
}

async function checkFiles(files: readonly CapsuleFile[]): Promise<void> {
  const seen = new Set<string>();
  for (const file of files) {
    splitPath(file.path);
    expect(file.path).toMatch(/^(home\/pyodide|tmp)(\/|$)/);
    expect(file.path.split('/')).not.toContain('..');
    expect(seen.has(file.path)).toBe(false);
    seen.add(file.path);
    expect(Number.isFinite(file.modified)).toBe(true);
    if (file.kind === 'file') {
      const size = await consume(file.content);
      if (size <= MOST_READ) expect(size).toBe(file.content.size);
    }
  }
}

const SHARE = 0.25;

test('capsules with other bytes, other headers and another manifest', { timeout: limit(SHARE) }, async () => {
  const good = fc.sample(sessions, { seed: 1, numRuns: SAMPLES });
  const bytes = await Promise.all(good.map((session) => written(session)));
  const archives = HOSTILE_ARCHIVES.map((archive) => archive.bytes()).filter(({ length }) => length < 100_000);
  const result = await fuzz('capsules', SHARE, async (random) => {
    const kind = random.between(0, 4);
    if (kind === 0) return taken(async () => open('x.dormouse', mutate(random, random.pick(bytes), random.pick(bytes))));
    if (kind === 1) return taken(() => open('x.zip', mutate(random, random.pick(archives))));
    if (kind === 2) {
      const parts = Array.from({ length: random.between(1, 4) }, (): Part => {
        const number = () => random.pick([0, 1, 8, 20, 0x808, 0xffff, 0xffffffff, random.between(0, 500)]);
        const field = () => ({ [random.pick(['flags', 'method', 'crc', 'packed', 'size', 'offset', 'madeBy', 'disk'])]: number() });
        return {
          name: random.pick(['a', 'a', 'b/', 'b/c', '../x', 'A', 'files/home/pyodide/x', 'manifest.json', 'e\u0301', 'é', 'con']),
          data: random.bytes(random.between(0, 90)),
          ...(random.fraction() < 0.3 && { stored: true }),
          ...(random.fraction() < 0.3 && { local: field() }),
          ...(random.fraction() < 0.3 && { central: field() }),
          ...(random.fraction() < 0.2 && { unix: random.pick([0, 0o40755, 0o120777, 0o100000, 0o20644]) }),
        };
      });
      return taken(() => open('x.zip', zipOf(parts, random.fraction() < 0.3 ? { zip64: true } : {})));
    }
    return taken(async () => open('x.dormouse', await forged(random.pick(good), (manifest) => mutateValue(random, manifest))));
  });
  // Something of both, or nothing was looked at.
  expect(result.refused).toBeGreaterThan(0);
});

test('state files with other bytes and other values', { timeout: limit(SHARE) }, async () => {
  const blobs = fc.sample(states, { seed: 1, numRuns: SAMPLES }).map((state) => {
    const left = new Set(checkWritable(state)?.leaveOut.map(({ path }) => path));
    return writeStateFile({ ...state, files: state.files.filter(({ path }) => !left.has(path)) });
  });
  const documents = await Promise.all(blobs.map(async (blob) => new Uint8Array(await blob.arrayBuffer())));
  const result = await fuzz('state files', SHARE, async (random) => {
    const document = random.pick(documents);
    if (random.fraction() < 0.5) return taken(() => open('x.json', mutate(random, document)));
    const value = mutateValue(random, JSON.parse(new TextDecoder().decode(document)));
    return taken(() => open('x.json', new TextEncoder().encode(JSON.stringify(value)) as Uint8Array<ArrayBuffer>));
  });
  expect(result.refused).toBeGreaterThan(0);
});
