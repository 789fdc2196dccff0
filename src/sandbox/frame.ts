/** The frame of a sandbox: an opaque origin with a policy that allows no connection at all. */
import assets from 'virtual:dormouse-assets';
import { ClosedError } from '../base/errors';

/** How long the frame may take to start its workers, ms. Then something blocks it (an extension, a policy). */
const START_TIMEOUT = 20_000;

const FRAME_POLICY = "default-src 'none'; script-src 'sha256-%HASH%' blob: 'wasm-unsafe-eval'; worker-src blob:; connect-src 'none'";

/** A frame with the relay in it, not yet in the page. */
export function makeFrame(title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.allow = 'cross-origin-isolated';
  frame.hidden = true;
  frame.title = title;
  const policy = FRAME_POLICY.replace('%HASH%', assets.relay.sha256);
  frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><script>${assets.relay.source}</script>`;
  return frame;
}

/** Puts a frame into the page; resolves when its relay listens. */
export function showFrame(frame: HTMLIFrameElement): Promise<unknown> {
  const ready = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  document.body.append(frame);
  return ready;
}

/** @throws ClosedError with this sentence when the frame does not say in time that it has started its workers */
export async function inTime<Result>(started: Promise<Result>, sentence: string): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ClosedError(sentence)), START_TIMEOUT);
  });
  try {
    return await Promise.race([started, late]);
  } finally {
    clearTimeout(timer);
  }
}
