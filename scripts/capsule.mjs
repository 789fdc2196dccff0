/** Looks into capsules and state files: src/cli/capsule.ts. */
import { runCommand } from './run-typescript.mjs';

await runCommand('/src/cli/capsule.ts', 'runCapsule');
