/** Runs a command of src/cli, which is TypeScript, through Vite. */
import { checkNode, fail, installDependencies, PROJECT } from './setup.mjs';

/**
 * Ends with the command's exit code.
 * @param {string} module its file, from the project's folder
 * @param {string} name of the function that it exports: takes the arguments and a printer of lines, resolves with the code
 */
export async function runCommand(module, name) {
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
    const { [name]: run } = /** @type {Record<string, (args: string[], print: (line: string) => void) => Promise<number>>} */ (
      await vite.ssrLoadModule(module)
    );
    if (!run) throw new Error(`${module} has no ${name}.`);
    process.exitCode = await run(process.argv.slice(2), console.log);
    await vite.close();
  } catch (error) {
    fail(error);
  }
}
