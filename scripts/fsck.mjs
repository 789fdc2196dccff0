/** Checks a session's folder: src/cli/fsck.ts. */
import { runCommand } from './run-typescript.mjs';

await runCommand('/src/cli/fsck.ts', 'runFsck');
