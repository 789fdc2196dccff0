/** Runs src/cli/fsck.ts, which is TypeScript, through Vite. */
import { checkNode, fail, installDependencies, PROJECT } from './setup.mjs';

try {
  checkNode();
  await installDependencies();
  const { createServer } = await import('vite');
  const vite = await createServer({
    root: PROJECT,
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  /** @type {{ runFsck(args: string[], print: (line: string) => void): Promise<number> }} */
  const { runFsck } = /** @type {any} */ (await vite.ssrLoadModule('/src/cli/fsck.ts'));
  process.exitCode = await runFsck(process.argv.slice(2), console.log);
  await vite.close();
} catch (error) {
  fail(error);
}
