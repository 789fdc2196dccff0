export { STATE_LIMITS, type StateContent, type StateFileEntry } from './content';
export { readStateFile } from './read-state-file';
export { checkWritable, type WriteProblem } from './writable';
export { writeStateFile } from './write-state-file';
