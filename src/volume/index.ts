export type { VolumeEntry } from './file-tree';
export type { FileView, StoredExtent } from './file-view';
export { type MemoryStoreOptions, openMemoryStore } from './memory-store';
export { openOpfsStore } from './opfs-store';
export type { Store, SyncFile } from './store';
export { Volume, type VolumeOptions } from './volume';
export type { Snapshot } from './volume-state';
