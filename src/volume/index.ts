export { type MemoryStoreOptions, openMemoryStore } from './memory-store';
export { openOpfsStore } from './opfs-store';
export type { Store, SyncFile } from './store';
export type { VolumeEntry } from './tree';
export { Volume, type VolumeOptions } from './volume';
