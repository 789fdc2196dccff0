/** What is done to volumes whose power then goes: every way in which a volume writes is in one of these lives. */
import { readdirSync, readFileSync } from 'node:fs';
import { type FileOperation, INODE } from '../../../src/base/file-operation';
import type { Volume, VolumeOptions } from '../../../src/volume';
import type { Image } from '../../fixtures/unflushed';
import { SCENARIO } from './cases';

/** One thing that is done to a volume. */
interface Action {
  /** Whether everything so far is kept once it returns. */
  durable: boolean;
  /** Whether it may move what is stored and give room back. */
  cleans?: boolean;
  run(volume: Volume): unknown;
  /** What `run` does in one piece and a crash may leave in part. */
  parts?: FileOperation[];
}

export interface Life {
  name: string;
  options: VolumeOptions;
  /** All subsets are taken of so many unflushed changes; default 10. Fewer, but for DEEP=1, where looking takes long. */
  all?: number;
  /** What the store holds before; default nothing. */
  files?: Image;
  /** `reopen`: the page is closed and opened again. */
  actions: (Action | 'reopen')[];
}

const FIRST = INODE.firstFree;
/** Small, so that segments, checkpoints and rounds of cleaning come and go within a few steps. */
const OPTIONS = { slack: 30_000, leastGarbage: 500, segmentSize: 4096, replay: 2500, now: () => 5000 };

/** What goes on after a recovery; its inode is to be the volume's next. */
export const AFTERWARDS: FileOperation = {
  type: 'make',
  inode: FIRST + 99,
  parent: INODE.home,
  name: 'afterwards',
  kind: 'file',
  mode: 0o644,
  time: 1,
};

const make = (inode: number, name: string, parent: number = INODE.home): FileOperation => ({
  type: 'make',
  inode,
  parent,
  name,
  kind: 'file',
  mode: 0o644,
  time: inode,
});
const write = (inode: number, offset: number, length: number, value: number): FileOperation => ({
  type: 'write',
  inode,
  offset,
  data: new Uint8Array(length).fill(value),
  time: value,
});
const growing = (round: number) => write(FIRST, 0, 600, round);
const UPLOAD: FileOperation[] = [make(FIRST, 'uploaded'), write(FIRST, 0, 300, 9)];

const apply = (operation: FileOperation): Action => ({ durable: false, run: (volume) => volume.apply(operation) });
const together = (...parts: FileOperation[]): Action => ({
  durable: false,
  parts,
  run: (volume) =>
    volume.together(() => {
      for (const operation of parts) volume.apply(operation);
    }),
});
const passing = (run: Action['run']): Action => ({ durable: false, run });
const durable = (run: Action['run']): Action => ({ durable: true, run });
const clean: Action = {
  durable: false,
  cleans: true,
  run: (volume) => {
    while (volume.clean(700));
  },
};
const flush = durable((volume) => volume.flush());
const checkpoint = durable((volume) => volume.checkpoint());
const replenish = passing((volume) => volume.replenish());
const replace = (origin: 'upload' | 'clear', operations: FileOperation[]) => durable((volume) => volume.replace(origin, operations));
const undo = durable((volume) => volume.undoReplace());
const keep = (name: string) => passing((volume) => void volume.createSnapshot(name));
const snapshotOf = (volume: Volume, name: string) => (volume.snapshots.find((snapshot) => snapshot.name === name) as { id: number }).id;
const restore = (name: string) => passing((volume) => volume.restoreSnapshot(snapshotOf(volume, name)));
const label = (name: string, other: string) => passing((volume) => volume.labelSnapshot(snapshotOf(volume, name), other));
const goBack = (name: string, kept: string, operations: FileOperation[]) =>
  durable((volume) => volume.goBack(snapshotOf(volume, name), kept, operations));
const drop = (name: string) => passing((volume) => volume.dropSnapshot(snapshotOf(volume, name)));

/** Little room held ready, so that segments run full. */
const NARROW = { ...OPTIONS, slack: 0 };

/** Something of everything. */
export const SESSION = {
  name: 'a session with uploads, a snapshot and cleaning',
  options: OPTIONS,
  actions: [
    ...SCENARIO.slice(0, 6).map(apply),
    flush,
    ...SCENARIO.slice(6, 10).map(apply),
    passing((volume) => volume.reserve(2000)),
    ...SCENARIO.slice(10).map(apply),
    replace('upload', UPLOAD),
    apply(growing(1)),
    flush,
    undo,
    apply({ type: 'unlink', parent: INODE.tmp, name: 'link', time: 1 }),
    replace('clear', []),
    replace('upload', UPLOAD),
    passing((volume) => volume.forgetReplaced()),
    flush,
    apply(growing(3)),
    keep('kept'),
    apply({ type: 'setattr', inode: FIRST, mode: 0o640 }),
    flush,
    ...Array.from({ length: 20 }, (_, round) => apply(growing(round))),
    replenish,
    checkpoint,
    apply(growing(29)),
    clean,
    apply(growing(30)),
    restore('kept'),
    drop('kept'),
    flush,
    clean,
    apply({ type: 'setattr', inode: FIRST, mode: 0o600 }),
    flush,
    apply(growing(31)),
  ],
} satisfies Life;

/** Made, flushed now and then, and half of them removed; names and contents take several nodes. */
function smallFiles(): Life {
  const actions: Life['actions'] = [];
  for (let index = 0; index < 36; index++) {
    actions.push(apply(make(FIRST + index, `file-${index}`)), apply(write(FIRST + index, 0, 40 + index, index)));
    if (index % 4 === 3) actions.push(flush);
    if (index % 12 === 11) actions.push(replenish);
  }
  actions.push(keep('all of them'));
  for (let index = 0; index < 36; index += 2) {
    actions.push(apply({ type: 'unlink', parent: INODE.home, name: `file-${index}`, time: index }));
    if (index % 8 === 6) actions.push(flush);
  }
  actions.push(apply({ type: 'rename', parent: INODE.home, name: 'file-1', newParent: INODE.tmp, newName: 'file-1', time: 1 }));
  actions.push(clean, checkpoint, replenish, drop('all of them'), clean, flush, apply(make(FIRST + 90, 'last')));
  return { name: 'many small files', options: { ...NARROW, replay: 6000 }, all: 9, actions };
}

/** Gaps, writes over the middle of others, truncation into and behind content, and records larger than a segment. */
function sparseFiles(): Life {
  const [a, b] = [FIRST, FIRST + 1];
  const truncate = (inode: number, size: number) => apply({ type: 'truncate', inode, size, time: size });
  const actions: Life['actions'] = [apply(make(a, 'sparse')), apply(make(b, 'large')), flush];
  for (let round = 1; round <= 12; round++) {
    actions.push(apply(write(a, (round * 7919) % 20_000, 150 * round, round)));
    if (round % 3 === 0) actions.push(truncate(a, (round * 3011) % 16_000));
    if (round % 4 === 0) actions.push(flush, keep(`round ${round}`), replenish);
  }
  actions.push(apply(write(b, 0, 9000, 1)), apply(write(b, 4096, 5000, 2)), flush, truncate(b, 100), apply(write(b, 12_000, 66_000, 3)));
  actions.push(flush, replenish, drop('round 4'), restore('round 8'), drop('round 12'), clean, checkpoint, clean, truncate(a, 0), flush);
  return { name: 'sparse and large files', options: { ...NARROW, segmentSize: 8192 }, all: 8, actions };
}

/** States kept, gone back to, given up and replaced, with cleaning between. */
function snapshots(): Life {
  const actions: Life['actions'] = [apply(make(FIRST, 'growing')), apply(growing(1)), flush];
  for (let round = 1; round <= 4; round++) {
    actions.push(keep(`kept ${round}`), apply(growing(10 * round)), checkpoint, apply(growing(10 * round + 1)), flush);
    if (round > 1) actions.push(restore(`kept ${round - 1}`), apply(growing(10 * round + 2)), drop(`kept ${round - 1}`), clean, replenish);
  }
  actions.push(replace('upload', UPLOAD), apply(growing(90)), keep('uploaded'), flush, undo, restore('uploaded'), clean);
  actions.push(replace('clear', []), checkpoint, clean, undo, drop('uploaded'), drop('kept 4'), flush, clean, checkpoint, clean);
  return { name: 'snapshots', options: OPTIONS, all: 8, actions };
}

/** Gone back to states that were kept, with changes on the way, and forth again. */
function goneBack(): Life {
  const actions: Life['actions'] = [apply(make(FIRST, 'growing')), apply(growing(1)), keep('1'), apply(growing(2)), flush, keep('2')];
  actions.push(apply(growing(3)), goBack('1', 'before 1', [make(FIRST + 5, 'carried'), write(FIRST + 5, 0, 200, 5)]), apply(growing(4)));
  actions.push(
    label('before 1', 'another name'),
    flush,
    keep('4'),
    goBack('another name', 'before another', []),
    checkpoint,
    clean,
    'reopen',
  );
  actions.push(
    drop('1'),
    apply(growing(5)),
    goBack('2', 'before 2', [growing(6)]),
    clean,
    drop('another name'),
    label('2', 'two'),
    flush,
    clean,
    'reopen',
  );
  return { name: 'a session that goes back and forth', options: OPTIONS, all: 8, actions };
}

/** A volume of version 2 is opened, gone back in and written on. */
function earlier(): Life {
  const folder = 'test/fixtures/stores/version-2';
  const files = new Map(readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))]));
  const actions: Life['actions'] = [
    apply(make(FIRST + 200, 'new')),
    keep('new'),
    label('kept', 'renamed'),
    apply(write(FIRST + 200, 0, 50, 1)),
    flush,
  ];
  actions.push(goBack('renamed', 'before', []), 'reopen', apply(make(FIRST + 201, 'last')), flush);
  return { name: 'a volume of version 2', options: OPTIONS, all: 7, files, actions };
}

/** Closed and opened again, flushed and not, with little and with much to be replayed. */
function reopened(): Life {
  const actions: Life['actions'] = [apply(make(FIRST, 'growing')), apply(growing(1)), 'reopen', flush];
  for (let round = 2; round <= 5; round++) {
    for (let more = 0; more < 2 * round; more++) actions.push(apply(growing(10 * round + more)));
    if (round % 2 === 0) actions.push(flush);
    actions.push('reopen');
    if (round === 3) actions.push(keep('kept'), flush);
  }
  actions.push(apply(growing(60)), clean, 'reopen', drop('kept'), clean, flush, 'reopen', apply(growing(61)));
  return { name: 'a session that is opened again', options: { ...NARROW, replay: 8000 }, actions };
}

/** Operations that come in one message, as an SQLite transaction does: their records are one write, which may be torn anywhere. */
function messages(): Life {
  const journal = (inode: number, round: number) => [
    make(inode, 'journal'),
    write(inode, 0, 512, 0),
    write(inode, 512, 700, round),
    write(inode, 0, 12, 217),
    write(FIRST, 700 * (round % 3), 700, round),
  ];
  const actions: Life['actions'] = [apply(make(FIRST, 'database')), apply(write(FIRST, 0, 2100, 1)), flush];
  for (let round = 1; round <= 8; round++) {
    actions.push(together(...journal(FIRST + round, round), { type: 'unlink', parent: INODE.home, name: 'journal', time: round }));
    if (round % 2 === 0) actions.push(flush);
    if (round % 4 === 0) actions.push(replenish, clean);
    if (round === 5) actions.push('reopen');
  }
  return { name: 'operations in one message', options: { ...NARROW, replay: 6000 }, all: 8, actions };
}

const LOG = 'log-00000001';

/** A log of version 1 is taken over, then written on. */
function migrated(): Life {
  const files = new Map([[LOG, new Uint8Array(readFileSync(`test/fixtures/stores/version-1/${LOG}`))]]);
  const inode = FIRST + 200;
  const actions: Life['actions'] = [
    apply(make(inode, 'new')),
    apply(write(inode, 0, 50, 1)),
    flush,
    'reopen',
    apply(write(inode, 9, 50, 2)),
  ];
  return { name: 'a log of version 1', options: OPTIONS, all: 7, files, actions };
}

export const LIVES: readonly Life[] = [
  SESSION,
  smallFiles(),
  sparseFiles(),
  snapshots(),
  goneBack(),
  reopened(),
  earlier(),
  messages(),
  migrated(),
];
