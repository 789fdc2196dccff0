/** The worker's end of a measurement: one number for each request, or what went wrong. */
import { messageOf } from '../../../src/base/errors';

export type Answer = { value: number } | { error: string };

/** Answers every request; an error of an asynchronous handler would otherwise reach nobody outside the worker. */
export function answer<Request>(measure: (request: Request) => Promise<number>): void {
  self.onmessage = async ({ data }: MessageEvent<Request>) => {
    const reply = await measure(data).then(
      (value): Answer => ({ value }),
      (thrown: unknown): Answer => ({ error: messageOf(thrown) }),
    );
    postMessage(reply);
  };
}
