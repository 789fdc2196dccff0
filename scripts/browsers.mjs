/** Finds the browsers for the tests, and installs them where that can be done without asking. */
import { installFromDebian, isProgram, onPath } from './programs.mjs';
import { runTool, SetupError } from './setup.mjs';

/**
 * With what Chromium is started by tests and measurements: as root, which its own sandbox refuses (containers for tests are), asking nobody but us, and
 * without the pages of its own that it loads for the address bar of each new window (0.9 s of processor time for each test). The list of features takes the
 * place of Playwright's: those are kept that its own working needs, as its source says.
 */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${[
    'WebUIOmniboxPopup',
    'WebUIOmniboxAimPopup',
    'AimEnabled',
    'AvoidCorsURLLoaderRestartOnRedirect',
    'AvoidUnnecessaryBeforeUnloadCheckSync',
    'DestroyProfileOnBrowserClose',
    'HttpsFirstBalancedModeAutoEnable',
    'HttpsUpgrades',
    'MediaRouter',
    'NetworkTimeServiceQuerying',
    'OptimizationHints',
    'PaintHolding',
    'PreconnectToSearch',
    'ThirdPartyStoragePartitioning',
  ]}`,
];

/**
 * The Chromium for the tests: CHROMIUM_PATH, one on the PATH, Debian's package, Playwright's download.
 * @returns {Promise<string>} its path
 * @throws SetupError when there is none to be had
 */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (isProgram(given)) return given;
    throw new SetupError(`CHROMIUM_PATH is ${given}, and there is no program of that name.`);
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const found = onPath(names);
  if (found) return found;
  const { chromium } = await import('@playwright/test');
  const downloaded = chromium.executablePath();
  if (isProgram(downloaded)) return downloaded;
  if (await installFromDebian('chromium')) return onPath(names) ?? '/usr/bin/chromium';
  console.log("Downloading Playwright's Chromium…");
  if ((await runTool('@playwright/test/cli.js', ['install', 'chromium'])) === 0 && isProgram(downloaded)) return downloaded;
  throw new SetupError('The tests need a Chromium: install one, or say where it is: CHROMIUM_PATH=/path/to/chromium npm test');
}

/**
 * The Firefox for the tests: one on the PATH, Debian's package.
 * @returns {Promise<string | undefined>} its path, undefined when there is none: its tests are skipped then
 */
export async function findFirefox() {
  const names = ['firefox-esr', 'firefox'];
  const found = onPath(names) ?? ((await installFromDebian('firefox-esr')) ? onPath(names) : undefined);
  if (!found) console.log('No Firefox here: its tests are skipped (install Firefox to run them).');
  return found;
}
