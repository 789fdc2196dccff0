/** The programs of the sandbox as the build makes them. */
import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { bundleProgram, bundleRelay, pagePolicy } from '../../../scripts/sandbox-programs';

test.each(['src/sandbox/waker.ts', 'src/machine/worker.ts'])('%s becomes one classic script', async (entry) => {
  const source = await bundleProgram(entry);
  // Throws for import and export, which a classic worker cannot have.
  expect(() => new Script(source)).not.toThrow();
});

test('the relay can stand inside a script element', async () => {
  const source = await bundleRelay();
  expect(() => new Script(source)).not.toThrow();
  expect(source).toContain('postMessage');
  expect(source).not.toMatch(/<\/script|<!--/i);
});

test('the page policy allows the relay by its hash, no other inline script, and no frame of another address', () => {
  const policy = pagePolicy('HASH=');
  expect(policy).toContain("script-src 'self' 'sha256-HASH=' blob: 'wasm-unsafe-eval';");
  expect(policy).toContain("frame-src 'none'");
});
