/** What the page and a machine say to each other. The page believes none of it: it is shown, counted and bounded. */
import type { ActName } from './acts';
import type { EncodedError } from './error-codec';
import type { FileChange } from './file-change';
import type { ResumeReport } from './image';
import type { LookName } from './looks';

/** How a run ended. `failed`: Python raised; `exited`: sys.exit(), with its code in `exitCode`. */
export type RunStatus = 'finished' | 'failed' | 'interrupted' | 'exited';

export interface RunResult {
  status: RunStatus;
  exitCode: number | null;
  /** The last operation that the machine journalled: the run is saved when the keeper has it on stable storage. */
  sequence: number;
}

export type MachineRequest =
  | { type: 'run'; call: number; code: string; filename: string }
  /** Answered by the result of that look. Only between runs. */
  | { type: 'look'; call: number; look: LookName; argument: unknown }
  /** Installs packages by requirements such as `name` or `name==1.2`; answered by a list of what came. Only between runs. */
  | { type: 'install'; call: number; requirements: string[] }
  /** Takes packages out of the session, by name. Only between runs. */
  | { type: 'uninstall'; call: number; names: string[] }
  /** Captures the interpreter's memory and posts it to the keeper; answered by a `CaptureReport`. Only between runs. */
  | { type: 'capture'; call: number }
  /** Answered by an `Acted`. Only between runs. */
  | { type: 'act'; call: number; act: ActName; argument: unknown }
  /** Changes files between runs, or between two steps of one that waits; answered by a `FileChanged`. One after the other. */
  | { type: 'changeFile'; call: number; change: FileChange }
  /** Gives a change up that has not come to its end; then its call is refused and nothing was changed. */
  | { type: 'cancelChange'; change: number }
  /** Cancels the run of that call if it is waiting in an `await`; a busy one is interrupted through the waker. */
  | { type: 'interrupt'; run: number };

export type MachineEvent =
  | { type: 'booted'; runtime: RuntimeBuild; resume: ResumeReport }
  | { type: 'output'; stream: 'stdout' | 'stderr'; text: string }
  /** Something beside text, in JSON: a DisplayMessage. */
  | { type: 'display'; json: string }
  /** `input()` or a read of sys.stdin waits for a line; the prompt went out as output. */
  | { type: 'input' }
  /** Of a change of files: bytes that are written. */
  | { type: 'progress'; call: number; done: number }
  | { type: 'answer'; call: number; result: unknown }
  | { type: 'refusal'; call: number; error: EncodedError }
  /** The run of that call was asked to end, and Python is on its way. */
  | { type: 'interrupting'; run: number }
  /** Something that a run has left behind (a task, a timer) has gone on since memory was captured last. Told once until the next capture. */
  | { type: 'changed' }
  /** The interpreter is gone for good (os._exit, a crash): only a new sandbox helps. */
  | { type: 'dead'; reason: 'exited' | 'crashed'; message: string };

/** The build that a session runs on, as a state file names it. */
export interface RuntimeBuild {
  /** Pyodide's version, such as `314.0.7`. */
  pyodide: string;
  /** CPython's version, such as `3.14.2`. */
  python: string;
}

/** From the page to the waker. */
export type WakerRequest =
  /** Stop, for the run of that call: it cannot hit a later one, and it may come before its own has begun. */
  | { type: 'interrupt'; run: number }
  /** A line for `input()`, without its line end; null is the end of the input. */
  | { type: 'line'; text: string | null }
  /** The page has dealt with this many output messages in all. */
  | { type: 'shown'; messages: number };

/** From the sandbox to the broker and back. `name` is a file of the runtime, without a folder. */
export interface AssetRequest {
  type: 'asset';
  call: number;
  name: string;
}
export type AssetReply =
  | { type: 'asset'; call: number; bytes: ArrayBuffer; mediaType: string }
  | { type: 'refused'; call: number; message: string };

/** The ports that the page hands into a new sandbox, each speaking for this one session and sandbox. */
export interface SandboxPorts {
  control: MessagePort;
  disk: MessagePort;
  broker: MessagePort;
  /** The waker's two ports: used only when the frame is cross-origin isolated. */
  wakerControl: MessagePort;
  wakerDisk: MessagePort;
}
