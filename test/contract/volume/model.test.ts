/** Random operations on a volume and on the plainest model of one, with restarts, replacements and compactions between them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InvalidInputError } from '../../../src/base/errors';
import { type FileOperation, INODE } from '../../../src/base/file-operation';
import { type FileView, openMemoryStore, Volume } from '../../../src/volume';

/** Small, so that nodes, segments and checkpoints come and go within a few steps. */
const OPTIONS = { slack: 20_000, leastGarbage: 2000, segmentSize: 4096, replay: 3000, now: () => 5000 };
const FIXED: [number, string][] = [
  [INODE.homeParent, 'home'],
  [INODE.home, 'home/pyodide'],
  [INODE.tmp, 'tmp'],
  [INODE.hidden, '.dormouse'],
];

/** A node of the model; the model knows nodes by their whole paths, the volume by their parents. */
interface ModelNode {
  inode: number;
  kind: 'file' | 'directory' | 'symlink';
  bytes: number[];
  mode: number;
  modified: number;
}

class Model {
  nodes = new Map<string, ModelNode>(FIXED.map(([inode, path]) => [path, { inode, kind: 'directory', bytes: [], mode: 0, modified: 0 }]));

  /** Carries an operation out and returns true, or returns false when it is not allowed. */
  apply(operation: FileOperation): boolean {
    const at = (inode: number) => [...this.nodes].find(([, node]) => node.inode === inode);
    const child = (parent: number, name: string) => {
      const found = at(parent);
      return found?.[1].kind === 'directory' ? `${found[0]}/${name}` : null;
    };
    const hasChildren = (path: string) => [...this.nodes.keys()].some((other) => other.startsWith(`${path}/`));
    switch (operation.type) {
      case 'make':
      case 'symlink': {
        const path = child(operation.parent, operation.name);
        if (path === null || this.nodes.has(path) || at(operation.inode) || operation.inode < INODE.firstFree) return false;
        const kind = operation.type === 'make' ? operation.kind : 'symlink';
        this.nodes.set(path, {
          inode: operation.inode,
          kind,
          bytes: [],
          mode: operation.type === 'make' ? operation.mode : 0o777,
          modified: operation.time,
        });
        return true;
      }
      case 'write':
      case 'truncate': {
        const node = at(operation.inode)?.[1];
        if (node?.kind !== 'file') return false;
        if (operation.type === 'truncate') {
          node.bytes.length = Math.min(node.bytes.length, operation.size);
          while (node.bytes.length < operation.size) node.bytes.push(0);
        } else if (operation.data.length > 0) {
          while (node.bytes.length < operation.offset) node.bytes.push(0);
          operation.data.forEach((byte, index) => {
            node.bytes[operation.offset + index] = byte;
          });
        }
        node.modified = operation.time;
        return true;
      }
      case 'rename': {
        const from = child(operation.parent, operation.name);
        const to = child(operation.newParent, operation.newName);
        const moved = from === null ? undefined : this.nodes.get(from);
        if (from === null || to === null || !moved || moved.inode < INODE.firstFree) return false;
        if (`${to}/`.startsWith(`${from}/`) && to !== from) return false;
        if (to === from) return true;
        const replaced = this.nodes.get(to);
        if (
          replaced &&
          (replaced.inode < INODE.firstFree || hasChildren(to) || (replaced.kind === 'directory') !== (moved.kind === 'directory'))
        )
          return false;
        this.nodes.delete(to);
        for (const [path, node] of [...this.nodes]) {
          if (path !== from && !path.startsWith(`${from}/`)) continue;
          this.nodes.delete(path);
          this.nodes.set(to + path.slice(from.length), node);
        }
        return true;
      }
      case 'unlink':
      case 'rmdir': {
        const path = child(operation.parent, operation.name);
        const node = path === null ? undefined : this.nodes.get(path);
        if (path === null || !node || node.inode < INODE.firstFree) return false;
        if ((node.kind === 'directory') !== (operation.type === 'rmdir') || hasChildren(path)) return false;
        this.nodes.delete(path);
        return true;
      }
      default: {
        const node = at(operation.inode)?.[1];
        if (!node) return false;
        node.mode = operation.mode ?? node.mode;
        node.modified = operation.modified ?? node.modified;
        return true;
      }
    }
  }

  copy(): Model {
    const copy = new Model();
    copy.nodes = new Map([...this.nodes].map(([path, node]) => [path, { ...node, bytes: [...node.bytes] }]));
    return copy;
  }

  shown(): string[] {
    return [...this.nodes]
      .map(([path, { inode, kind, bytes, mode, modified }]) =>
        JSON.stringify([path, inode, kind, bytes, ...(kind === 'directory' ? [] : [mode, modified])]),
      )
      .sort();
  }
}

/** The inode numbers of nodes that are not the same in both. */
function differing(one: Model, other: Model): number[] {
  const known = (model: Model) =>
    [...model.nodes].map(([path, { inode, kind, bytes }]) => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      return [inode, JSON.stringify([kind, bytes, path.slice(folder.length), model.nodes.get(folder)?.inode])] as const;
    });
  const [a, b] = [new Map(known(one)), new Map(known(other))];
  return [...new Set([...a.keys(), ...b.keys()])].filter((inode) => a.get(inode) !== b.get(inode));
}

/** As `Model.shown`. Directories' modes and times are left to the examples: the model does not know them. */
function shown(volume: FileView): string[] {
  return volume
    .entries()
    .map(({ inode, kind, mode, modified }) => {
      const path = volume.pathOf(inode);
      expect(volume.lookup(path)?.inode).toBe(inode);
      const bytes = kind === 'file' ? Array.from(volume.read(inode)) : [];
      return JSON.stringify([path, inode, kind, bytes, ...(kind === 'directory' ? [] : [mode, modified])]);
    })
    .sort();
}

const made = fc.integer({ min: INODE.firstFree, max: INODE.firstFree + 5 });
const inode = fc.oneof({ weight: 4, arbitrary: made }, { weight: 1, arbitrary: fc.constantFrom(INODE.home, INODE.tmp, 77) });
const parent = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(INODE.home, INODE.tmp) },
  { weight: 2, arbitrary: made },
  { weight: 1, arbitrary: fc.constant(INODE.homeParent) },
);
const name = fc.constantFrom('a', 'b', 'a', 'b', 'pyodide', '__proto__');
const time = fc.integer({ min: 0, max: 1e12 });
const mode = fc.nat(0o7777);
// Around a page of memory, where mistakes would be.
const position = fc.oneof({ weight: 4, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.integer({ min: 65_526, max: 65_546 }) });
const operation: fc.Arbitrary<FileOperation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('make' as const),
      inode,
      parent,
      name,
      kind: fc.constantFrom('file' as const, 'directory' as const),
      mode,
      time,
    }),
  },
  fc.record({ type: fc.constant('symlink' as const), inode, parent, name, target: fc.constant('x'), time }),
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('write' as const), inode, offset: position, data: fc.uint8Array({ maxLength: 30 }), time }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('truncate' as const), inode, size: position, time }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('rename' as const), parent, name, newParent: parent, newName: name, time }) },
  fc.record({ type: fc.constantFrom('unlink' as const, 'rmdir' as const), parent, name, time }),
  fc.record({ type: fc.constant('setattr' as const), inode, mode, modified: time, accessed: time }),
);
const step = fc.oneof(
  { weight: 12, arbitrary: operation },
  fc.constantFrom('reopen', 'clean', 'checkpoint', 'upload', 'undo', 'forget', 'snapshot', 'restore', 'drop', 'back'),
);

it('a volume does what the model does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const store = openMemoryStore();
      let volume = await Volume.open(store, OPTIONS);
      let model = new Model();
      let replaced: Model | null = null;
      const kept: { id: number; model: Model }[] = [];
      for (const next of steps) {
        if (typeof next === 'object') {
          const allowed = model.apply(next);
          if (allowed) volume.apply(next);
          else expect(() => volume.apply(next)).toThrow(InvalidInputError);
        } else if (next === 'reopen') {
          volume.close();
          volume = await Volume.open(store, OPTIONS);
          expect(volume.cut).toBe(0);
          expect(volume.damage).toBeNull();
        } else if (next === 'clean') {
          while (volume.clean(2000));
        } else if (next === 'checkpoint') {
          volume.checkpoint();
        } else if (next === 'snapshot') {
          kept.push({ id: volume.createSnapshot('kept').id, model: model.copy() });
        } else if (next === 'drop') {
          const dropped = kept.shift();
          if (dropped) volume.dropSnapshot(dropped.id);
        } else if (next === 'restore') {
          const restored = kept[0];
          if (restored) {
            volume.restoreSnapshot(restored.id);
            model = restored.model.copy();
          }
        } else if (next === 'back') {
          const target = kept.at(-1);
          if (target) {
            const id = await volume.goBack(target.id, 'kept', []);
            kept.push({ id, model: model.copy() });
            model = target.model.copy();
            expect(volume.parent).toBe(target.id);
          }
        } else if (next === 'upload') {
          await volume.replace('upload', []);
          replaced = model;
          model = new Model();
        } else if (next === 'forget') {
          volume.forgetReplaced();
          replaced = null;
        } else if (replaced) {
          await volume.undoReplace();
          model = replaced;
          replaced = null;
        }
        for (const { id, model: then } of kept) {
          const changed = volume.changedInodes(id, null);
          expect(volume.changedInodes(null, id)).toEqual(changed);
          for (const number of differing(then, model)) expect(changed).toContain(number);
        }
        expect(volume.undoable).toBe(replaced ? 'upload' : null);
        expect(volume.check().findings).toEqual([]);
        await volume.replenish();
      }
      expect(shown(volume)).toEqual(model.shown());
      volume.close();
      const again = await Volume.open(store, OPTIONS);
      expect(shown(again)).toEqual(model.shown());
      for (const { id, model: then } of kept) expect(shown(again.openSnapshot(id))).toEqual(then.shown());
    }),
    { numRuns: 200 },
  );
});
