/** Which snapshots of a volume are checkpoints, and which continues which. */
import type { Volume } from '../volume/volume';
import type { Snapshot } from '../volume/volume-state';
import { type CheckpointNote, parseCheckpointName } from './checkpoint-note';

/** A snapshot that is a checkpoint. */
export interface Kept {
  snapshot: Snapshot;
  note: CheckpointNote;
}

/** The checkpoints of one moment. */
export class Family {
  /** Oldest first, those too that only wait to go. */
  readonly all: readonly Kept[];
  /** What the present state continues. */
  readonly #present: number | null;
  readonly #parents: Map<number, number>;
  readonly #notes: Map<number, Kept>;
  #needed: Set<number> | null = null;

  constructor(volume: Volume) {
    const all: Kept[] = [];
    for (const snapshot of volume.snapshots) {
      const note = parseCheckpointName(snapshot.name);
      if (note) all.push({ snapshot, note });
    }
    const replaced = new Set(all.map(({ note }) => note.replaces));
    this.all = all.map((kept) => (replaced.has(kept.snapshot.id) ? { ...kept, note: { ...kept.note, dropped: true } } : kept));
    this.#present = volume.parent;
    this.#parents = new Map(volume.snapshots.map(({ id, parent }) => [id, parent]));
    this.#notes = new Map(this.all.map((checkpoint) => [checkpoint.snapshot.id, checkpoint]));
  }

  /** Those that a person knows of, oldest first. */
  get shown(): Kept[] {
    return this.all.filter(({ note }) => !note.dropped);
  }

  /** The checkpoint that the present state continues. */
  get present(): Kept | null {
    return this.checkpointOf(this.#present);
  }

  /** The checkpoint whose memory goes with the present state. */
  get source(): Kept | null {
    return this.sourceOf(this.#present);
  }

  /** The nearest checkpoint, from a snapshot on, that has an image. */
  sourceOf(snapshot: number | null): Kept | null {
    return this.#nearest(snapshot, ({ note }) => note.image);
  }

  /** The nearest checkpoint, from a snapshot on, that a person knows of. */
  checkpointOf(snapshot: number | null): Kept | null {
    return this.#nearest(snapshot, ({ note }) => !note.dropped);
  }

  /** Whether the present state, or another checkpoint, cannot be without this one. */
  isFixed(id: number): boolean {
    return this.present?.snapshot.id === id || this.source?.snapshot.id === id || this.isNeeded(id);
  }

  /** Whether another checkpoint goes with this one's memory. */
  isNeeded(id: number): boolean {
    this.#needed ??= new Set(this.all.flatMap(({ snapshot, note }) => (note.image ? [] : (this.sourceOf(snapshot.id)?.snapshot.id ?? []))));
    return this.#needed.has(id);
  }

  #nearest(snapshot: number | null, fits: (kept: Kept) => boolean): Kept | null {
    for (let id = snapshot ?? 0; id !== 0; id = this.#parents.get(id) ?? 0) {
      const kept = this.#notes.get(id);
      if (kept && fits(kept)) return kept;
    }
    return null;
  }
}
