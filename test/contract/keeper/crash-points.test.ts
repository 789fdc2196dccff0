/**
 * A session's life with images, runs that are undone and checkpoints that come and go, and a power loss after every change of its
 * store: what was kept is whole, or was never there. SEED repeats a run's choices.
 */
import { beforeEach, expect, it, vi } from 'vitest';
import { isDormouseError } from '../../../src/base/errors';
import { INODE } from '../../../src/base/file-operation';
import { Family } from '../../../src/keeper/checkpoint-family';
import { Checkpoints } from '../../../src/keeper/checkpoints';
import { History } from '../../../src/keeper/history';
import { OpenSession } from '../../../src/keeper/open-session';
import { SessionNeeds } from '../../../src/keeper/session-needs';
import { type FileView, Volume } from '../../../src/volume';
import { bytesOf } from '../../fixtures/disk-images';
import { FaultyStore } from '../../fixtures/faulty-store';
import { type Change, digestOf, fatesOf, type Image, Unflushed } from '../../fixtures/unflushed';
import { Random } from '../../torture/random';
import { Sandbox, until } from '../../unit/keeper/fixture';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
/** Small, so that segments, the volume's checkpoints and rounds of cleaning come and go. */
const OPTIONS = { slack: 20_000, leastGarbage: 4000, segmentSize: 16_384, replay: 6000, now: () => 5000 };
const QUOTA = 6_000_000;
/** The share of what is left that is gone on with. */
const GONE_ON = 0.05;
const BASELINE = 'b'.repeat(64);

let random: Random;

beforeEach(() => {
  random = new Random(SEED);
  const identity = new Random(SEED);
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const bytes = new Uint8Array((array as Uint8Array).buffer);
    for (let index = 0; index < bytes.length; index++) bytes[index] = identity.between(0, 255);
    return array;
  });
  return () => vi.restoreAllMocks();
});

/** What can be seen of one state: the user's files, the editor, the memory. */
function seen(view: FileView): string {
  const text = (path: string) => {
    const entry = view.lookup(path);
    return entry && new TextDecoder().decode(view.read(entry.inode));
  };
  const files = view.entries().filter(({ kind, inode }) => kind === 'file' && !view.pathOf(inode).startsWith('.dormouse/'));
  return JSON.stringify([
    files.map(({ inode }) => [view.pathOf(inode), inode, new TextDecoder().decode(view.read(inode))]).sort(),
    text('.dormouse/code.py'),
  ]);
}

/** The chain that a checkpoint holds. */
function chainOf(view: FileView): string | null {
  const entry = view.lookup('.dormouse/image');
  return entry && new TextDecoder().decode(view.read(entry.inode));
}

/** Everything that is kept, as text, and what is wrong with it. */
async function inspect(image: Image): Promise<{ kept: string; findings: string[] }> {
  const volume = await Volume.open(new FaultyStore({}, image), OPTIONS);
  const findings = [...volume.check().findings];
  if (volume.damage !== null) findings.push(volume.damage);
  const family = new Family(volume);
  const kept = family.shown.map(({ snapshot: { id }, note: { run, origin, name, image } }) => {
    const view = volume.openSnapshot(id);
    return [id, run, origin, name, image, seen(view), image ? chainOf(view) : null, family.sourceOf(id)?.snapshot.id];
  });
  const source = family.source;
  const { image: resume, report } = new Checkpoints(volume).resume(History.parse(new Uint8Array()), 5000);
  if (report.problem !== null) findings.push(report.problem);
  if (source && resume) {
    const then = volume.openSnapshot(source.note.disk ?? source.snapshot.id);
    findings.push(...missedIn(resume().changed, then, volume));
  }
  const resumed = resume && new TextDecoder().decode(await bytesOf({ segments: await volume.handOut() }, { content: resume().images }));
  const present = [family.present?.snapshot.id, resumed];
  volume.close();
  return { kept: JSON.stringify([kept, present]), findings };
}

/** A session on a store, as a page has it. */
async function openSession(store: FaultyStore, onProblem: (problem: unknown) => void): Promise<OpenSession> {
  const volume = await Volume.open(store, OPTIONS);
  const parts = {
    volume,
    needs: { baselines: new SessionNeeds(store, 'baselines'), wheels: new SessionNeeds(store, 'wheels') },
    storage: 'opfs',
    look: false,
  } as const;
  return new OpenSession(parts, {
    now: () => 5000,
    onFailed: onProblem,
    onRejected: onProblem,
    onFiles: () => undefined,
    hasReaders: async () => false,
  });
}

/** A new sandbox, with what the session gave it. */
async function attach(session: OpenSession): Promise<Sandbox> {
  const { port1, port2 } = new MessageChannel();
  const sandbox = new Sandbox(port1, null);
  sandbox.report = await session.attach({ disk: port2, waker: null, resume: true });
  await until(() => sandbox.images.length > 0);
  await session.attached({ resumed: sandbox.image.resume !== null, keepImage: false });
  return sandbox;
}

/** Goes on with what was left: what is made then continues what was kept, and nothing that was cut off. */
async function goesOn(image: Image, told: string): Promise<void> {
  const store = new FaultyStore({ quota: QUOTA }, image);
  const problems: unknown[] = [];
  const session = await openSession(store, (problem) => problems.push(problem));
  const sandbox = await attach(session);
  const before = await sandbox.resumed();
  const { run } = await session.beginRun({ code: 'afterwards' });
  sandbox.writeFile(INODE.home, 'afterwards.txt', 'more');
  const capture = sandbox.capture('[afterwards]', { whole: before === null, baseline: BASELINE });
  const saved = await session.endRun({ run, status: 'finished', sequence: sandbox.sequence, capture });
  const problem = saved.checkpoint?.problem ?? null;
  // In a store as small as this the room that Python was promised may be all there is; then the memory stays what it was.
  const kept = problem === null;
  if (!kept) expect(problem, told).toMatch(/no room/);
  await session.tidy();
  const again = await attach(session);
  expect(await again.resumed(), told).toBe(kept ? `${before ?? ''}[afterwards]` : before);
  if (kept) expect(again.report?.stale, told).toBe(false);
  await session.close();
  expect(problems, told).toEqual([]);
  expect((await inspect(store.contents())).findings, told).toEqual([]);
}

/** The files that differ from then and are not among those that are said to. */
function missedIn(changed: number[], then: FileView, now: FileView): string[] {
  const files = (view: FileView) =>
    new Map(
      view
        .entries()
        .filter(({ kind, inode }) => kind === 'file' && !view.pathOf(inode).startsWith('.dormouse/'))
        .map(({ inode }) => [inode, `${view.pathOf(inode)} ${view.read(inode).join()}`]),
    );
  const [before, after] = [files(then), files(now)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((inode) => before.get(inode) !== after.get(inode) && !changed.includes(inode))
    .map((inode) => `File ${inode} has changed, and Python would not be told.`);
}

interface Recorded {
  changes: { change: Change; leadsTo: number }[];
  /** What was kept after each call, how many changes there were by then, and whether it was promised. */
  states: { kept: string; changes: number }[];
}

/** Lives a life that nothing disturbs. */
async function record(): Promise<Recorded> {
  const changes: Recorded['changes'] = [];
  const states: Recorded['states'] = [];
  const store = new FaultyStore({ quota: QUOTA, onChange: (change) => changes.push({ change, leadsTo: states.length }) });
  const reach = async () => {
    const { kept, findings } = await inspect(store.contents());
    expect(findings).toEqual([]);
    states.push({ kept, changes: changes.length });
  };
  const problems: unknown[] = [];
  const open = () => openSession(store, (problem) => problems.push(problem));
  let session = await open();
  const attachAgain = async () => {
    const sandbox = await attach(session);
    await reach();
    return sandbox;
  };
  const run = async (sandbox: Sandbox, work: () => void, image: { whole: boolean } | null, size = 700) => {
    const { run } = await session.beginRun({ code: `run at ${changes.length}` });
    await reach();
    work();
    const capture = image && sandbox.capture(`[${run}${'x'.repeat(size)}]`, { ...image, baseline: BASELINE });
    const saved = await session.endRun({ run, status: 'finished', sequence: sandbox.sequence, capture });
    expect(saved.problem).toBeNull();
    expect(saved.checkpoint?.problem ?? null).toBeNull();
    await reach();
    await session.tidy();
    return (await session.checkpoints()).checkpoints.at(-1)?.id as number;
  };

  /** What a task that a run left behind does goes into the checkpoint of the run. */
  const keepChanges = async (sandbox: Sandbox, work: () => void, text: string) => {
    const before = (await session.checkpoints()).checkpoints.length;
    work();
    const capture = sandbox.capture(text, { whole: false, baseline: BASELINE });
    const saved = await session.keepChanges({ capture });
    expect(saved.checkpoint).toMatchObject({ problem: null });
    await reach();
    await session.tidy();
    return (await session.checkpoints()).checkpoints.length - before;
  };

  let sandbox = await attachAgain();
  const first = await run(sandbox, () => sandbox.writeFile(INODE.home, 'a.txt', 'one'), { whole: true });
  const second = await run(
    sandbox,
    () => {
      sandbox.writeFile(INODE.home, 'b.txt', 'two');
      sandbox.post({ type: 'unlink', parent: INODE.home, name: 'a.txt' });
    },
    { whole: false },
  );
  await session.fence();
  await session.restore({ checkpoint: first, reason: 'undo' });
  await reach();
  sandbox = await attachAgain();
  await run(sandbox, () => sandbox.writeFile(INODE.tmp, 'c.txt', 'three'), { whole: false });
  expect(await keepChanges(sandbox, () => sandbox.writeFile(INODE.tmp, 'task.txt', 'went on'), '[a task]')).toBe(0);
  expect(await keepChanges(sandbox, () => sandbox.writeFile(INODE.tmp, 'task-2.txt', 'and on'), '[a task again]')).toBe(0);
  // A run that is stopped, and one that begins the chain anew with more than fits into a segment.
  await run(sandbox, () => sandbox.writeFile(INODE.tmp, 'd.txt', 'four'), null);
  await run(sandbox, () => sandbox.writeFile(INODE.tmp, 'e.txt', 'five'), { whole: true }, 20_000);
  await session.nameCheckpoint({ checkpoint: second, name: 'the second' });
  await reach();
  // The disk goes on before the end of the run is noted.
  const { run: late } = await session.beginRun({ code: 'late' });
  await reach();
  const capture = sandbox.capture('[late]', { whole: false, baseline: BASELINE });
  sandbox.writeFile(INODE.home, 'late.txt', 'six');
  await session.endRun({ run: late, status: 'failed', sequence: sandbox.sequence, capture });
  await reach();
  // The present moment has a name by then, so what goes on after it becomes another.
  await session.nameCheckpoint({ checkpoint: (await session.checkpoints()).checkpoints.at(-1)?.id as number, name: 'late' });
  await reach();
  expect(await keepChanges(sandbox, () => sandbox.writeFile(INODE.tmp, 'task-3.txt', 'later'), '[a late task]')).toBe(1);
  await session.dropCheckpoint({ checkpoint: first });
  await reach();
  await session.tidy();
  await session.fence();
  await session.close();
  session = await open();
  await session.restore({ checkpoint: second, reason: 'restore' });
  await reach();
  while (session.untidy) await session.tidy();
  sandbox = await attachAgain();
  await run(sandbox, () => sandbox.writeFile(INODE.home, 'last.txt', 'seven'), { whole: false });
  await session.fence();
  await session.close();
  expect(problems).toEqual([]);
  return { changes, states };
}

const show = (change: Change) => `${change.kind} of ${change.name}`;

it(`what was kept is whole after a power loss at any moment (seed ${SEED})`, { timeout: 600_000 }, async () => {
  const { changes, states } = await record();
  const unflushed = new Unflushed();
  const known = new Map<string, { kept: string; findings: string[] }>();
  let looked = 0;
  for (const [index, { change, leadsTo }] of changes.entries()) {
    unflushed.take(change);
    const count = index + 1;
    const returned = states.findLastIndex((state) => state.changes <= count);
    const last = Math.min(states.length - 1, Math.max(returned, leadsTo));
    const allowed = states.slice(Math.max(0, returned), last + 1).map(({ kept }) => kept);
    const { pending } = unflushed;
    for (const fate of fatesOf(pending, { all: 5, random: 2, torn: random.fraction() < 0.06, fraction: () => random.fraction() })) {
      const image = unflushed.image(fate, random.fraction() < 0.5);
      const digest = digestOf(image);
      looked += 1;
      const told = `power lost after change ${count} of ${changes.length}, ${show(change)}: ${JSON.stringify(fate)}`;
      let outcome = known.get(digest);
      if (!outcome) {
        try {
          outcome = await inspect(image);
        } catch (error) {
          throw new Error(`${told}: ${isDormouseError(error) ? error.message : String(error)}`, { cause: error });
        }
        known.set(digest, outcome);
        if (random.fraction() < GONE_ON) await goesOn(image, `${told}, then gone on`);
      }
      expect(outcome.findings, told).toEqual([]);
      // Before the first state is promised there may be nothing yet.
      if (returned >= 0) expect(allowed, told).toContain(outcome.kept);
    }
  }
  console.log(`${changes.length} changes, ${states.length} states, ${looked} crash states, ${known.size} different ones opened`);
});
