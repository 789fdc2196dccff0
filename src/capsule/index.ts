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
export { type ChosenFile, type Incoming, readIncoming } from './incoming';
export { isCapsule, type ReadCapsule, readCapsule } from './read-capsule';
export { readStateFile } from './read-state-file';
export { checkWritable, type WriteProblem } from './writable';
export { checkCapsule, writeCapsule } from './write-capsule';
export { writeStateFile } from './write-state-file';
export type { Content } from './zip-writer';
