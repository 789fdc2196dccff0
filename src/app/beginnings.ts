/** Follows how Python's memory came to be what it is, with a line that says so for a moment: for an element that renders it. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { SessionState } from '../session';
import type { Beginning } from '../ui/saved-words';
import { strings } from '../ui/strings';

/** How long the line stays, ms: what it says stays behind the Saved element. */
const SHOWN = 8000;

export class Beginnings implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #timer: ReturnType<typeof setTimeout> | undefined;
  present: Beginning = 'starting';
  /** Empty for nothing. */
  line = '';

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }

  /** To be told of every change. @param quiet something else says already how Python began */
  follow({ phase, resumed, notice }: SessionState, quiet: boolean): void {
    if (phase === 'running' || phase === 'stopping') {
      this.present = 'ran';
      this.#say('');
    } else if (phase !== 'idle') this.present = 'starting';
    else if (this.present === 'starting') {
      this.present = resumed ?? 'fresh';
      if (resumed && notice === null && !quiet) this.#say(strings.activity.back(resumed.milliseconds, resumed.counts));
    }
  }

  #say(line: string): void {
    clearTimeout(this.#timer);
    this.line = line;
    if (line === '') return;
    this.#timer = setTimeout(() => {
      this.line = '';
      this.#host.requestUpdate();
    }, SHOWN);
  }
}
