/** Builds the app into dist/, and with `--mode browser-tests` the pages of test/browser/ and test/browser/bench/ into test-results/browser-pages/. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, defineConfig, type Plugin } from 'vite';
import { writeServiceWorker } from './scripts/offline-files';
import { pdfData } from './scripts/pdf-data';
import { sandboxPrograms } from './scripts/sandbox-programs';
import { findWheelhouse } from './scripts/wheelhouse/find.mjs';
import { placeWheels } from './scripts/wheelhouse/folder.mjs';

const projectPath = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The HTML files of a folder, as Rollup inputs. */
function pagesOf(folder: string): string[] {
  return readdirSync(projectPath(folder))
    .filter((name) => name.endsWith('.html'))
    .map((name) => projectPath(`${folder}/${name}`));
}

/** Zod's comments about annotations look like annotations to Rollup. */
const onwarn: NonNullable<NonNullable<BuildOptions['rollupOptions']>['onwarn']> = (warning, warn) => {
  if (warning.code !== 'INVALID_ANNOTATION') warn(warning);
};

/** When all other files are there. Its name stays, beside the page: its scope is the app. */
const serviceWorker: Plugin = {
  name: 'dormouse-service-worker',
  writeBundle: {
    order: 'post',
    sequential: true,
    async handler({ dir }) {
      if (dir) await writeServiceWorker(dir);
    },
  },
};

/** The wheels that this machine has, below the app: `wheels/wheelhouse.json` and what it lists. They are not part of the bundle, since they may come later. */
const wheelhouse: Plugin = {
  name: 'dormouse-wheelhouse',
  writeBundle({ dir }) {
    const { folder, list } = findWheelhouse();
    if (dir) placeWheels(folder, list, dir);
  },
};

export default defineConfig(({ mode }) => {
  const forTests = mode === 'browser-tests';
  const folder = forTests ? './test/browser' : '.';
  const input = forTests ? [folder, `${folder}/bench`].flatMap(pagesOf) : pagesOf(folder);
  return {
    root: projectPath(folder),
    publicDir: forTests ? false : projectPath('./public'),
    // Relative addresses: the build works below any path of a static host.
    base: './',
    define: {
      // A company's own index, or that of tests: DORMOUSE_PACKAGE_HOSTS are those that its files come from, separated by commas.
      __PACKAGE_INDEX__: JSON.stringify(process.env.DORMOUSE_PACKAGE_INDEX ?? 'https://pypi.org/simple/'),
      __PACKAGE_HOSTS__: JSON.stringify((process.env.DORMOUSE_PACKAGE_HOSTS ?? 'files.pythonhosted.org').split(',')),
    },
    plugins: [sandboxPrograms(), pdfData(), ...(forTests ? [] : [serviceWorker, wheelhouse])],
    build: {
      outDir: projectPath(forTests ? './test-results/browser-pages' : './dist'),
      emptyOutDir: true,
      target: 'es2022',
      // The page policy knows no data: fonts, and nothing inline.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2000,
      rollupOptions: { input, onwarn },
    },
    worker: {
      format: 'es',
      // By this name the server knows which policy the keeper's response carries.
      rollupOptions: {
        onwarn,
        output: {
          entryFileNames: ({ facadeModuleId }) =>
            `assets/${facadeModuleId?.includes('/src/keeper/worker.') ? 'keeper' : '[name]'}-[hash].js`,
        },
      },
    },
  };
});
