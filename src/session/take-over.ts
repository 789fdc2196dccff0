/** One tab's end of the talk about who has a session: see src/protocol/take-over.ts. */
import { TAKE_OVER_PATIENCE, type TakeOverMessage, takeOverChannel } from '../protocol/take-over';

export interface TakeOverListener {
  /** What this tab is to the session: its owner (idle or running), one that waits for it, or neither. */
  role(): 'idle' | 'running' | 'waiting' | null;
  /** Another tab is to get the session: let go of it. */
  onYield(): void;
  /** Another tab that waits has asked: queue behind it. */
  onStepBack(): void;
}

export class TakeOver {
  readonly #channel: BroadcastChannel;
  readonly #listener: TakeOverListener;
  readonly #name = crypto.randomUUID();
  #answered: ((answer: 'yielding' | 'running') => void) | null = null;

  constructor(session: string, listener: TakeOverListener) {
    this.#listener = listener;
    this.#channel = new BroadcastChannel(takeOverChannel(session));
    this.#channel.onmessage = ({ data }: MessageEvent<TakeOverMessage>) => this.#receive(data);
  }

  /** Asks the owner for the session; `unanswered` when it says nothing for 5 s (frozen, busy, or an older version). */
  ask(stopRun: boolean): Promise<'yielding' | 'running' | 'unanswered'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve('unanswered'), TAKE_OVER_PATIENCE);
      this.#answered = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.#send({ type: 'request', from: this.#name, stopRun, at: Date.now() });
    });
  }

  close(): void {
    this.#channel.onmessage = null;
    this.#channel.close();
  }

  #receive(message: TakeOverMessage): void {
    switch (message.type) {
      case 'request': {
        const role = this.#listener.role();
        if (role === 'waiting') this.#listener.onStepBack();
        // Who asked has given up meanwhile: this tab was frozen.
        if (Math.abs(Date.now() - message.at) > TAKE_OVER_PATIENCE) return;
        if (role === 'running' && !message.stopRun) this.#send({ type: 'running', to: message.from });
        else if (role === 'idle' || role === 'running') {
          this.#send({ type: 'yielding', to: message.from });
          this.#listener.onYield();
        }
        return;
      }
      case 'yielding':
      case 'running':
        if (message.to === this.#name) this.#answered?.(message.type);
        return;
      default:
        // A later version may say more; it gets no answer.
        message satisfies never;
    }
  }

  #send(message: TakeOverMessage): void {
    this.#channel.postMessage(message);
  }
}
