/**
 * The end-to-end tests against dist/, as a careful host serves it; those of what depends on isolation also as a bare one does.
 */
import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGUMENTS } from './scripts/browsers.mjs';

/** E2E_PORT is the first of the two ports, so that two checkouts can be tested side by side. */
const FIRST_PORT = Number(process.env.E2E_PORT ?? 4801);
const PORTS = { isolated: FIRST_PORT, bare: FIRST_PORT + 1 };

const executable = process.env.DORMOUSE_CHROMIUM;

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    browserName: 'chromium',
    // A failure leaves what the page said and how it looked; TRACE=1 records every step, which takes a third more time.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    actionTimeout: 20_000,
    // It keeps the whole app with each new visitor, as every test is: those that are about it allow it.
    serviceWorkers: 'block',
    launchOptions: { args: [...CHROMIUM_ARGUMENTS, '--disable-gpu', '--disable-quic'], ...(executable && { executablePath: executable }) },
  },
  projects: [
    { name: 'isolated', use: { baseURL: `http://localhost:${PORTS.isolated}` } },
    {
      name: 'bare',
      // All others ask Python only between runs, which is the same without isolation.
      grep: /@bare/,
      use: { baseURL: `http://localhost:${PORTS.bare}` },
    },
  ],
  webServer: [
    { command: `node scripts/server.mjs dist ${PORTS.isolated} isolated`, url: `http://localhost:${PORTS.isolated}` },
    { command: `node scripts/server.mjs dist ${PORTS.bare} none`, url: `http://localhost:${PORTS.bare}` },
  ],
});
