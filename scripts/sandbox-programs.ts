/**
 * A Vite plugin for what runs in the sandbox (src/sandbox/sandbox.ts). An opaque origin can load nothing of ours by address, so:
 * - the relay, the machine and the waker are bundled to one classic script each (a module worker from a Blob does not start
 *   there), the relay as text inside the page's own program, the two others and Pyodide's files as assets that the broker hands over;
 * - which Pyodide that is says the catalogue of runtimes, src/sandbox/runtimes.json;
 * - `virtual:dormouse-assets` (typed in src/sandbox/assets.d.ts) tells the page their addresses, sizes and sha256;
 * - every HTML page gets the page policy, which a srcdoc frame inherits and which therefore names the relay by its hash.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import catalogue from '../src/sandbox/runtimes.json' with { type: 'json' };

const VIRTUAL_MODULE = 'virtual:dormouse-assets';

const projectPath = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Pyodide's code for Node, which a browser never reaches, imports Node's modules. */
const emptyNodeModules: Plugin = {
  name: 'empty-node-modules',
  enforce: 'pre',
  resolveId: (id) => (id.startsWith('node:') ? '\0empty-node-module' : null),
  load: (id) => (id === '\0empty-node-module' ? 'export default {};' : null),
};

/** SQLite's build names the files beside it by its own address. It has none: its bytes are handed to it. Before Vite makes assets of such names. */
const addressless: Plugin = {
  name: 'addressless',
  enforce: 'pre',
  transform: (code, id) => (id.includes('/sqlite-wasm/') ? code.replaceAll('import.meta.url', '"https://broker.invalid/"') : null),
};

/**
 * Bundles a program to the text of one classic script.
 * @param entry its TypeScript file, relative to the project
 * @param define names that stand for JavaScript in it
 */
export async function bundleProgram(entry: string, define: Record<string, string> = {}): Promise<string> {
  const result = await build({
    configFile: false,
    root: projectPath('.'),
    publicDir: false,
    logLevel: 'warn',
    // Pyodide asks where it lies: nowhere, all of its files come from the broker.
    define: { 'import.meta.url': '"https://broker.invalid/"', ...define },
    plugins: [emptyNodeModules, addressless],
    build: {
      write: false,
      target: 'es2022',
      // Pyodide reads names of its own classes; and what runs in the sandbox should be readable there.
      minify: false,
      lib: { entry: projectPath(entry), formats: ['iife'], name: 'program' },
      rollupOptions: {
        // Pyodide's run_js and EM_JS use it; the page policy refuses it.
        onwarn: (warning, warn) => (warning.code === 'EVAL' && warning.id?.includes('/pyodide/') ? undefined : warn(warning)),
      },
    },
  });
  const [file, ...others] = [result].flat().flatMap((each) => ('output' in each ? each.output : []));
  if (file?.type !== 'chunk' || others.length > 0) throw new Error(`${entry} has to become one script, got ${others.length + 1} files.`);
  return file.code;
}

/**
 * The text of the sandbox frame's only script.
 * @throws Error when it could not stand inside a `<script>` element
 */
export async function bundleRelay(): Promise<string> {
  const source = await bundleProgram('src/sandbox/relay.ts');
  if (/<\/script|<!--/i.test(source)) throw new Error('The relay contains text that would end its script element.');
  return source;
}

/** The policy of every page. `relay`: the relay's sha256 in base64. The reasons are in docs/threat-model.md. */
export function pagePolicy(relay: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${relay}' blob: 'wasm-unsafe-eval'`,
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    "connect-src 'self' https:",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

const sha256 = (data: string | Uint8Array, encoding: 'hex' | 'base64') => createHash('sha256').update(data).digest(encoding);

/** Where the runtime lies that sessions run on. @throws Error when another version of it is installed than the catalogue says */
async function defaultRuntime(): Promise<{ folder: string; version: string; files: string[] }> {
  const version = catalogue.default as keyof typeof catalogue.runtimes;
  const { package: name, files } = catalogue.runtimes[version];
  const folder = projectPath(`node_modules/${name}`);
  const installed = JSON.parse(await readFile(`${folder}/package.json`, 'utf8')) as { version: string };
  if (installed.version !== version)
    throw new Error(`The catalogue of runtimes wants ${name} ${version}, and ${installed.version} is installed.`);
  return { folder, version, files };
}

/** Everything that the sandbox is made of: what the page is told of it, and the files to be served, by their address. */
async function bundleAll() {
  const files = new Map<string, string | Uint8Array>();
  const add = (url: string, data: string | Uint8Array) => {
    files.set(url, data);
    return { url, sha256: sha256(data, 'hex'), bytes: Buffer.byteLength(data) };
  };
  const addProgram = async (name: string, entry: string) => {
    const source = await bundleProgram(entry);
    return add(`assets/${name}-${sha256(source, 'hex').slice(0, 12)}.js`, source);
  };
  const { folder, version, files: names } = await defaultRuntime();
  const addRuntime = async (name: string) => [name, add(`pyodide/${version}/${name}`, await readFile(`${folder}/${name}`))] as const;

  const addSqlite = async () => {
    const bytes = await readFile(projectPath('node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm'));
    return add(`assets/sqlite3-${sha256(bytes, 'hex').slice(0, 12)}.wasm`, bytes);
  };

  const relay = await bundleRelay();
  // The shape of virtual:dormouse-assets.
  const machine = await addProgram('machine', 'src/machine/worker.ts');
  const runtime = Object.fromEntries(await Promise.all(names.map(addRuntime)));
  const assets = {
    relay: { source: relay, sha256: sha256(relay, 'base64') },
    machine,
    waker: await addProgram('waker', 'src/sandbox/waker.ts'),
    databaseReader: await addProgram('database-reader', 'src/sandbox/database-reader.ts'),
    sqlite: await addSqlite(),
    runtime,
    build: sha256([machine, ...Object.values(runtime)].map((asset) => asset.sha256).join(), 'hex'),
  };
  return { assets, files };
}

/** The plugin. Only for builds: without it `virtual:dormouse-assets` does not exist. */
export function sandboxPrograms(): Plugin {
  let bundled: Awaited<ReturnType<typeof bundleAll>>;
  return {
    name: 'dormouse-sandbox-programs',
    apply: 'build',
    async buildStart() {
      bundled = await bundleAll();
    },
    resolveId: (id) => (id === VIRTUAL_MODULE ? `\0${VIRTUAL_MODULE}` : null),
    load: (id) => (id === `\0${VIRTUAL_MODULE}` ? `export default ${JSON.stringify(bundled.assets)};` : null),
    transformIndexHtml: () => [
      // First of all, so that it holds for everything below it.
      {
        tag: 'meta',
        injectTo: 'head-prepend',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: pagePolicy(bundled.assets.relay.sha256) },
      },
    ],
    generateBundle() {
      for (const [fileName, source] of bundled.files) this.emitFile({ type: 'asset', fileName, source });
    },
  };
}
