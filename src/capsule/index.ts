export {
  bytesOf,
  CAPSULE_LIMITS,
  type CapsuleCheckpoint,
  type CapsuleContent,
  type CapsuleFile,
  type CapsuleMemory,
  contentOfBytes,
  KEPT_NAMES,
} from './capsule-content';
export { STATE_LIMITS, type StateContent, type StateFileEntry } from './content';
export type { ChosenFile, Incoming } from './incoming';
export type { ReadCapsule } from './read-capsule';
export { readCapsule, readIncoming, readStateFile } from './reading';
export { checkWritable, type WriteProblem } from './writable';
export { checkCapsule, writeCapsule } from './write-capsule';
export { writeStateFile } from './write-state-file';
export type { Content } from './zip-writer';
