/**
 * The place where Python runs: a frame of an opaque origin with a policy that allows no connection at all, and inside it the
 * workers that the relay starts. See docs/threat-model.md for what it holds back.
 */
import assets from 'virtual:dormouse-assets';
import { ClosedError, StorageError } from '../base/errors';
import type { SandboxPorts } from '../protocol/machine';
import type { BaselineStore, Sandbox, SandboxOptions } from '../protocol/sandbox';
import { WAKE_BUFFER_SIZE } from '../protocol/wake-cells';
import { BaselineDesk } from './baseline-desk';
import { Broker, fetchAsset } from './broker';
import { inTime, makeFrame, showFrame } from './frame';
import type { RelayEvent, RelayStart } from './relay';

/** What a worker says of its failure may be Python's word: UTF-16 units that are shown. */
const LONGEST_FAILURE = 500;

/**
 * How often the frame is asked for a sign of life, ms, and how many questions in a row may go unanswered. It answers also while Python computes;
 * where it has a process of its own, the browser may end that alone, most often for want of memory, and tells nobody.
 */
const ASKED_EVERY = 2000;
const MOST_UNANSWERED = 8;
/** A frame that lives answers much sooner, ms. */
const ANSWER_TIME = 1000;

/** A sandbox that can be asked whether it is still there. */
export interface AnsweringSandbox extends Sandbox {
  answers(): Promise<boolean>;
}

interface Programs {
  machine: Promise<ArrayBuffer>;
  waker: Promise<ArrayBuffer>;
  runtime: ReadonlyMap<string, Promise<ArrayBuffer>>;
  /** All of it is there. */
  loaded: Promise<unknown>;
}

let programs: Programs | null = null;
const loaded = new Map<string, number>();
let tellProgress: (() => void) | null = null;

/** Loads, once for the page, what every sandbox needs. A failure is not kept: the next call tries again. */
function loadPrograms(): Programs {
  if (programs) return programs;
  const load = (asset: (typeof assets)['machine']) =>
    fetchAsset(asset, (bytes) => {
      loaded.set(asset.url, bytes);
      tellProgress?.();
    });
  const machine = load(assets.machine);
  const waker = load(assets.waker);
  const runtime = new Map(Object.entries(assets.runtime).map(([name, asset]) => [name, load(asset)]));
  const loading = { machine, waker, runtime, loaded: Promise.all([machine, waker, ...runtime.values()]) };
  loading.loaded.catch(() => {
    if (programs === loading) programs = null;
  });
  programs = loading;
  return loading;
}

const UNANSWERED = 'Python could not be started: the sandbox did not answer. An extension or a policy may block it.';
const TOTAL = [assets.machine, assets.waker, ...Object.values(assets.runtime)].reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Opens a sandbox: starts the frame while the programs are being loaded and checked. Python itself says `booted` on the control port.
 * @param prepared the sandbox is for no session: it imports a package, and what it offers then is kept as the baseline of this name
 * @throws StorageError when a program cannot be loaded, ClosedError when the frame does not start
 */
export async function createSandbox(
  baselines: BaselineStore,
  { onFailure, onProgress, packages, network }: SandboxOptions,
  prepared: { name: string; package: string } | null = null,
): Promise<AnsweringSandbox> {
  tellProgress = () =>
    onProgress(
      [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0),
      TOTAL,
    );
  const programs = loadPrograms();
  const control = new MessageChannel();
  const disk = new MessageChannel();
  const broker = new MessageChannel();
  const wakerControl = new MessageChannel();
  const wakerDisk = new MessageChannel();
  const frame = makeFrame('Python sandbox');

  const desk = new BaselineDesk(baselines, assets.build, prepared?.name);
  let removed = false;
  let watch: ReturnType<typeof setInterval> | undefined;
  let unanswered = 0;
  const asking = new Set<() => void>();
  const ask = () => frame.contentWindow?.postMessage('alive?', '*');
  const remove = () => {
    removed = true;
    clearInterval(watch);
    desk.close();
    control.port1.close();
    broker.port1.close();
    wakerControl.port1.close();
    frame.remove();
  };
  const started = new Promise<boolean>((resolve) => {
    const listen = ({ source, data }: MessageEvent<RelayEvent>) => {
      if (removed) removeEventListener('message', listen);
      if (removed || source !== frame.contentWindow) return;
      if (data?.type === 'started') {
        resolve(data.isolated === true);
      } else if (data?.type === 'alive') {
        unanswered = 0;
        for (const answered of asking) answered();
        asking.clear();
      } else if (data?.type === 'worker-failed') {
        onFailure(new ClosedError(`Python's worker failed: ${data.message.slice(0, LONGEST_FAILURE)}.`));
      }
    };
    addEventListener('message', listen);
  });
  const ready = showFrame(frame);
  try {
    const [machine, waker] = await Promise.all([programs.machine, programs.waker, ready]);
    new Broker(programs.runtime, desk, packages, network).serve(broker.port1);
    const ports: SandboxPorts = {
      control: control.port2,
      disk: disk.port2,
      broker: broker.port2,
      wakerControl: wakerControl.port2,
      wakerDisk: wakerDisk.port2,
    };
    const program = (bytes: ArrayBuffer) => new Blob([bytes], { type: 'text/javascript' });
    const start: RelayStart = {
      machine: program(machine),
      waker: program(waker),
      cellsSize: WAKE_BUFFER_SIZE,
      prepare: prepared?.package ?? null,
    };
    if (!frame.contentWindow) throw new StorageError('The sandbox was removed before it started.');
    // An opaque origin can be named by no other target than '*'; the frame is ours and its policy lets it navigate nowhere.
    frame.contentWindow.postMessage(start, '*', [ports.control, ports.disk, ports.broker, ports.wakerControl, ports.wakerDisk]);
    const [isolated] = await Promise.all([inTime(started, UNANSWERED), programs.loaded]);
    watch = setInterval(() => {
      unanswered += 1;
      if (unanswered <= MOST_UNANSWERED) ask();
      else {
        clearInterval(watch);
        onFailure(new ClosedError("The browser ended Python's process, most likely because memory ran out."));
      }
    }, ASKED_EVERY);
    return {
      control: control.port1,
      waker: wakerControl.port1,
      disk: disk.port1,
      wakerDisk: wakerDisk.port1,
      isolated,
      closeBaselines: () => desk.close(),
      answers: () =>
        new Promise((resolve) => {
          asking.add(() => resolve(true));
          setTimeout(resolve, ANSWER_TIME, false);
          ask();
        }),
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}
