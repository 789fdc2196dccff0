/**
 * `npm test` runs everything but the measurements; `npm test -- unit e2e` runs the stages that are named. Ends with one line: how many tests passed
 * and failed, a stage that failed otherwise (types, build) counting as one. The stage torture takes `--rounds N`, `--seed S` and `--scenario NAME`; fuzz takes `--seed S`.
 * Where NumPy and the other packages have to be made first (scripts/wheelhouse), stages that need none of them run meanwhile; without them, tests that
 * need them are skipped and say why, unless `--require-wheels` makes that a failure.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findApache } from './apache.mjs';
import { findChromium, findFirefox } from './browsers.mjs';
import { build, checkNode, fail, giveWay, installDependencies, PROJECT, runTool, SetupError } from './setup.mjs';
import { checkBudget, chunksBeforePyodide } from './size-budget.mjs';
import { beginWheelhouse } from './wheelhouse/background.mjs';
import { placeWheels } from './wheelhouse/folder.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ ok: boolean, counts?: Counts }} Outcome
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} title
 * @property {true} [browsers]
 * @property {true} [wheels] waits for NumPy and the other packages
 * @property {true} [onRequest]
 * @property {string} [beside] the stage with which this one begins where both are wanted, giving way to it and to those after it: they often wait
 * @property {(env: NodeJS.ProcessEnv) => Promise<Outcome>} run
 */

/** Reads a report that a stage left; null when it died before. @param {string} file @returns {any} */
const readReport = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null);

/** @param {string} name @param {string[]} projects @param {NodeJS.ProcessEnv} env @returns {Promise<Outcome>} */
async function vitest(name, projects, env) {
  const file = `${PROJECT}/test-results/${name}.json`;
  rmSync(file, { force: true });
  const args = [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  return outcomeOf(name, await runTool('vitest/vitest.mjs', args, env));
}

/** What Vitest's report says of a stage that ended with this code. @param {string} name @param {number} code @returns {Outcome} */
function outcomeOf(name, code) {
  const report = readReport(`${PROJECT}/test-results/${name}.json`);
  if (!report) return { ok: false };
  const counts = { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests };
  return { ok: code === 0, counts };
}

/** @param {NodeJS.ProcessEnv} env @returns {Promise<Outcome>} */
async function playwright(env) {
  const file = `${PROJECT}/test-results/e2e.json`;
  rmSync(file, { force: true });
  const code = await runTool('@playwright/test/cli.js', ['test'], env);
  const stats = readReport(file)?.stats;
  if (!stats) return { ok: false };
  return { ok: code === 0, counts: { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped } };
}

/** The pages of test/browser, for tests and measurements. @returns {Promise<boolean>} whether they were built */
const buildPages = async () => (await runTool('vite/bin/vite.js', ['build', '--mode', 'browser-tests', '--logLevel', 'warn'])) === 0;

/** @returns {Promise<Outcome>} */
async function checkTypes() {
  // What an older tree left there would do for a file that now belongs to no project, or to two.
  rmSync(`${PROJECT}/test-results/types`, { recursive: true, force: true });
  return { ok: (await runTool('typescript/bin/tsc', ['-b'])) === 0 };
}

/** @returns {Outcome} */
function checkSize() {
  const { fits, table } = checkBudget(chunksBeforePyodide(`${PROJECT}/dist`));
  console.log(table);
  return { ok: fits };
}

/** @type {Stage[]} */
const STAGES = [
  { name: 'types', title: 'types', run: checkTypes },
  { name: 'unit', title: 'unit and contract tests', run: (env) => vitest('unit', ['unit', 'contract'], env) },
  {
    name: 'fuzz',
    title: 'hostile capsules, journals and messages: a minute of seeded mutations, FUZZ_SECONDS for more',
    run: (env) => vitest('fuzz', ['fuzz'], env),
  },
  { name: 'build', title: 'build, and how much JavaScript is loaded first', run: async () => build().then(checkSize) },
  {
    name: 'browser',
    title: 'parts in real browsers',
    browsers: true,
    run: async (env) => ((await buildPages()) ? vitest('browser', ['browser'], env) : { ok: false }),
  },
  { name: 'packages', title: 'NumPy, pandas and other packages', wheels: true, run: (env) => vitest('packages', ['packages'], env) },
  { name: 'e2e', title: 'the app in a browser, isolated and bare', browsers: true, wheels: true, run: playwright },
  { name: 'torture', title: 'killed in the middle of runs', browsers: true, run: (env) => vitest('torture', ['torture'], env) },
  {
    name: 'differential',
    title: 'programs run straight through and with a resume after every statement',
    beside: 'e2e',
    run: (env) => vitest('differential', ['differential'], env),
  },
  {
    name: 'bench',
    title: 'measurements',
    browsers: true,
    wheels: true,
    onRequest: true,
    run: async (env) => ((await buildPages()) ? vitest('bench', ['bench'], env) : { ok: false }),
  },
];

/** @param {string[]} wanted names of stages; none means all @returns {Stage[]} */
function choose(wanted) {
  const unknown = wanted.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0)
    throw new SetupError(`There is no stage ${unknown.join(', ')}: choose from ${STAGES.map(({ name }) => name).join(', ')}.`);
  if (wanted.length === 0) return STAGES.filter(({ onRequest }) => !onRequest);
  // These look at dist/: never at an old one.
  const needsBuild = ['e2e', 'torture', 'bench'].some((name) => wanted.includes(name));
  return STAGES.filter(({ name }) => wanted.includes(name) || (name === 'build' && needsBuild));
}

/**
 * Reads the command line into names of stages, and what torture and fuzz find in their environment.
 * @returns {{ wanted: string[], choices: NodeJS.ProcessEnv, requireWheels: boolean }}
 */
function readArguments() {
  const type = /** @type {const} */ ('string');
  let parsed;
  try {
    const requireWheels = { type: /** @type {const} */ ('boolean'), default: false };
    const options = { rounds: { type }, seed: { type }, scenario: { type }, 'require-wheels': requireWheels };
    parsed = parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, { cause: error });
  }
  const { rounds, seed, scenario } = parsed.values;
  for (const [name, value] of Object.entries({ rounds, seed })) {
    if (value !== undefined && !/^\d{1,9}$/.test(value)) {
      throw new SetupError(`--${name} has to be a whole number, got ${JSON.stringify(value)}.`);
    }
  }
  const choices = { TORTURE_ROUNDS: rounds, TORTURE_SEED: seed, TORTURE_SCENARIO: scenario, ...(seed && { FUZZ_SEED: seed }) };
  return { wanted: parsed.positionals, choices, requireWheels: parsed.values['require-wheels'] };
}

/**
 * Adds what came of a stage to the sums; says whether it failed.
 * @param {{ passed: number, failed: number }} total
 * @param {string} name
 * @param {Outcome} outcome
 */
function tally(total, name, { ok, counts }) {
  total.passed += counts?.passed ?? 0;
  // A test file that cannot even be loaded fails no test of its own.
  total.failed += ok ? 0 : Math.max(counts?.failed ?? 0, 1);
  if (counts?.skipped) console.log(`${name}: ${counts.skipped} skipped`);
  if (ok) return false;
  console.error(`\nThe stage ${name} failed; the ones after it were not run. Again: npm test -- ${name}`);
  process.exitCode = 1;
  return true;
}

/** How much a stage gives way to those that it runs beside, 1 to 19: about a tenth of what they want is left to it. */
const BESIDE = 10;

/**
 * Begins a stage in a process of its own that gives way to all others. What it prints is shown when it has ended.
 * @param {Stage} stage
 * @param {NodeJS.ProcessEnv} env
 * @returns {() => Promise<Outcome>} waits for its end
 */
function beginBeside({ name }, env) {
  mkdirSync(`${PROJECT}/test-results`, { recursive: true });
  const log = `${PROJECT}/test-results/${name}.log`;
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), name], {
    cwd: PROJECT,
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  giveWay(child, BESIDE, { detached: true });
  const stop = () => {
    try {
      // With all that it has started.
      process.kill(-(/** @type {number} */ (child.pid)), 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  };
  process.once('exit', stop);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  /** @type {Promise<number>} */
  const ended = new Promise((done) => {
    child.once('close', (code) => {
      process.off('exit', stop);
      done(code ?? 1);
    });
  });
  return async () => {
    const code = await ended;
    console.log(`\n${name}:\n${readFileSync(log, 'utf8')}`);
    return outcomeOf(name, code);
  };
}

/**
 * Runs stages in their order, except that one which needs wheels lets the others pass while the wheels are being made.
 * @param {Stage[]} stages
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} requireWheels
 */
async function runStages(stages, env, requireWheels) {
  const wheelhouse = stages.some(({ wheels }) => wheels) ? beginWheelhouse() : null;
  const waiting = [...stages];
  /** @type {{ name: string, ended: () => Promise<Outcome> }[]} */
  const companions = [];
  const total = { passed: 0, failed: 0 };
  for (let number = 1; waiting.length > 0; number++) {
    const next = waiting.find(({ wheels }) => !wheels || wheelhouse?.settled) ?? waiting[0];
    if (!next) break;
    waiting.splice(waiting.indexOf(next), 1);
    const { name, title, run } = next;
    console.log(`\n[${number}/${stages.length}] ${name}: ${title}`);
    if (next.wheels && wheelhouse) Object.assign(env, await useWheels(wheelhouse, requireWheels));
    for (const companion of waiting.filter(({ beside }) => beside === name)) {
      waiting.splice(waiting.indexOf(companion), 1);
      number += 1;
      console.log(`[${number}/${stages.length}] ${companion.name}, beside it and what follows: ${companion.title}`);
      companions.push({ name: companion.name, ended: beginBeside(companion, env) });
    }
    const began = performance.now();
    const failed = tally(total, name, await run(env));
    console.log(`${name}: ${Math.round((performance.now() - began) / 1000)} s`);
    if (failed) break;
  }
  if (!process.exitCode) for (const { name, ended } of companions) tally(total, name, await ended());
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
}

/**
 * Waits for the wheels, puts them below the built app, and tells the tests where they are, or why there are none.
 * @param {import('./wheelhouse/background.mjs').Provision} wheelhouse
 * @param {boolean} required
 * @returns {Promise<NodeJS.ProcessEnv>}
 * @throws SetupError when there are none and that is not allowed
 */
async function useWheels(wheelhouse, required) {
  if (!wheelhouse.settled) console.log('Waiting for the packages…');
  const { folder, list } = await wheelhouse.done;
  const reason = list.missing?.reason ?? '';
  if (folder === null && required) throw new SetupError(`There is no NumPy, which --require-wheels asks for: ${reason}`);
  if (existsSync(`${PROJECT}/dist`)) placeWheels(folder, list, `${PROJECT}/dist`);
  return folder === null ? { DORMOUSE_WHEELS: 'skip', DORMOUSE_WHEELS_MISSING: reason } : { DORMOUSE_WHEELS: folder };
}

try {
  const { wanted, choices, requireWheels } = readArguments();
  const stages = choose(wanted);
  checkNode();
  await installDependencies();
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, ...choices };
  // Vitest and the libraries under test choose by it.
  delete env.NODE_ENV;
  if (stages.some(({ browsers }) => browsers)) {
    env.DORMOUSE_CHROMIUM = await findChromium();
    env.DORMOUSE_FIREFOX = await findFirefox();
  }
  if (stages.some(({ name }) => name === 'e2e')) env.DORMOUSE_APACHE = await findApache();
  await runStages(stages, env, requireWheels);
  // A process that still makes wheels (a stage failed) ends with this one.
  process.exit();
} catch (error) {
  fail(error);
}
