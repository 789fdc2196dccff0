/** Answers a page's calls about the list of sessions. */
import { unreachable } from '../base/errors';
import type { CatalogueCalls, CatalogueEvent, CatalogueRequest } from '../protocol/catalogue';
import { encodeError } from '../protocol/error-codec';
import type { Catalogue } from './catalogue';
import type { CopyOptions } from './copy-session';

/** Progress is told at most this often, ms. */
const PROGRESS_TIME = 100;

export class CatalogueService {
  readonly #control: MessagePort;
  readonly #catalogue: Catalogue;
  /** What can be ended, by its call. */
  readonly #cancellable = new Map<number, AbortController>();

  /** Serves one page over `control`, to the end of its worker. */
  constructor(control: MessagePort, catalogue: Catalogue) {
    this.#control = control;
    this.#catalogue = catalogue;
    control.onmessage = ({ data }: MessageEvent<CatalogueRequest>) => void this.#receive(data);
  }

  async #receive(request: CatalogueRequest): Promise<void> {
    const { call } = request;
    if (request.type === 'cancel') {
      this.#cancellable.get(call)?.abort();
      return;
    }
    try {
      this.#send({ type: 'answer', call, result: await this.#carryOut(request) });
    } catch (error) {
      this.#send({ type: 'refusal', call, error: encodeError(error) });
    }
  }

  async #carryOut(request: Exclude<CatalogueRequest, { type: 'cancel' }>): Promise<CatalogueCalls[keyof CatalogueCalls]['result']> {
    const catalogue = this.#catalogue;
    switch (request.type) {
      case 'list':
        return catalogue.list();
      case 'measure':
        return catalogue.measure();
      case 'create':
        return catalogue.create(request.argument.name);
      case 'opened':
        return catalogue.opened(request.argument.session, request.argument.name);
      case 'describe':
        return catalogue.describe(request.argument.session, request.argument.about);
      case 'rename':
        return catalogue.rename(request.argument.session, request.argument.name);
      case 'delete':
        return catalogue.delete(request.argument.session);
      case 'bringBack':
        return catalogue.bringBack(request.argument.session);
      case 'purge':
        await catalogue.purge(request.argument.session);
        return null;
      case 'copy': {
        const { session, name, checkpoint = null } = request.argument;
        return this.#withProgress(request.call, (options) => catalogue.copy(session, name, { checkpoint, ...options }));
      }
      case 'inspect':
        return catalogue.inspect(request.argument.files);
      case 'readChosen':
        return catalogue.readChosen(request.argument);
      case 'outlineChosen':
        return catalogue.outlineChosen(request.argument);
      case 'openFiles': {
        const { files, name, memory } = request.argument;
        return this.#withProgress(request.call, (options) => catalogue.openFiles(files, name, { ...options, memory }));
      }
      case 'putWheel':
        return catalogue.putWheel(request.argument);
      case 'getWheel':
        return catalogue.getWheel(request.argument);
      case 'putBaseline':
        return catalogue.putBaseline(request.argument);
      case 'getBaseline':
        return catalogue.getBaseline(request.argument);
      default:
        return unreachable(request);
    }
  }

  async #withProgress<Result>(call: number, act: (options: CopyOptions) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    this.#cancellable.set(call, controller);
    let told = 0;
    try {
      return await act({
        signal: controller.signal,
        onProgress: (done, total) => {
          const now = performance.now();
          if (now - told < PROGRESS_TIME) return;
          told = now;
          this.#send({ type: 'progress', call, done, total });
        },
      });
    } finally {
      this.#cancellable.delete(call);
    }
  }

  #send(event: CatalogueEvent): void {
    this.#control.postMessage(event);
  }
}
