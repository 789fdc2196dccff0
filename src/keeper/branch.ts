/** Makes a session what it was at one of its checkpoints: how a new session begins at a moment of another. */
import { InvalidInputError, StorageError } from '../base/errors';
import type { Store } from '../volume/store';
import { Volume } from '../volume/volume';
import { Family } from './checkpoint-family';

/**
 * Goes back to a checkpoint, durably, and forgets what did not lead to it. Its history is that of then. Only for a session that nobody
 * has open or has seen.
 * @throws InvalidInputError when there is no such checkpoint, NoSpaceError, StorageError
 */
export async function branchAt(store: Store, checkpoint: number, now: () => number): Promise<void> {
  const volume = await Volume.open(store, { now });
  try {
    if (volume.damage !== null) throw new StorageError(volume.damage);
    const family = new Family(volume);
    if (!family.shown.some(({ snapshot }) => snapshot.id === checkpoint))
      throw new InvalidInputError('There is no such checkpoint any more.');
    volume.restoreSnapshot(checkpoint);
    const kept = new Set<number>();
    const parents = new Map(volume.snapshots.map(({ id, parent }) => [id, parent]));
    for (let id = checkpoint; id !== 0; id = parents.get(id) ?? 0) kept.add(id);
    for (const { snapshot, note } of family.all) if (kept.has(snapshot.id) && note.disk !== null) kept.add(note.disk);
    for (const { id } of volume.snapshots) if (!kept.has(id)) volume.dropSnapshot(id);
    volume.flush();
  } finally {
    volume.close();
  }
}
