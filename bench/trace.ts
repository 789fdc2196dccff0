/** What a trace of Chromium's says of keys: the events of its category `devtools.timeline`, times in µs. */
export interface TraceEvent {
  readonly name: string;
  /** `X`: it has a duration. */
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args: { readonly data?: { readonly type?: string } };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What runs scripts, and what they may have to wait for in their midst. */
const SCRIPTS = ['EventDispatch', 'FunctionCall', 'FireAnimationFrame', 'RunMicrotasks', 'TimerFire'];
const OTHERS = ['Layout', 'UpdateLayoutTree'];
/** Callbacks of one frame follow each other closer than this, µs. */
const SAME_FRAME = 1000;

/**
 * How long scripts run from each keydown to the end of the next animation-frame callbacks, ms, without style and layout. What runs counts once: where several
 * keys wait for one frame, its callbacks are the last one's.
 */
export function scriptingOf(events: readonly TraceEvent[]): number[] {
  const isKeydown = ({ name, args }: TraceEvent) => name === 'EventDispatch' && args.data?.type === 'keydown';
  const page = events.find(isKeydown);
  const ofPage = events.filter(({ pid, tid }) => pid === page?.pid && tid === page.tid);
  const frames = spans(ofPage, ({ name }) => name === 'FireAnimationFrame');
  const scripts = united(spans(ofPage, ({ name }) => SCRIPTS.includes(name)));
  const others = united(spans(ofPage, ({ name }) => OTHERS.includes(name)));
  const keys = united(spans(ofPage, isKeydown));
  return keys.flatMap(({ from }, index) => {
    const first = frames.findIndex((frame) => frame.from > from);
    if (first === -1) return [];
    let last = first;
    while (last + 1 < frames.length && (frames[last + 1] as Span).from - (frames[last] as Span).to < SAME_FRAME) last += 1;
    const whole = { from, to: Math.min((frames[last] as Span).to, keys[index + 1]?.from ?? Number.POSITIVE_INFINITY) };
    const running = within(scripts, whole);
    return [(length(running) - running.reduce((sum, script) => sum + length(within(others, script)), 0)) / 1000];
  });
}

/** In order of time. */
function spans(events: readonly TraceEvent[], wanted: (event: TraceEvent) => boolean): Span[] {
  return events
    .filter((event) => event.ph === 'X' && wanted(event))
    .map(({ ts, dur = 0 }) => ({ from: ts, to: ts + dur }))
    .sort((a, b) => a.from - b.from);
}

/** Those that lie in each other or overlap, as one. */
function united(all: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of all) {
    const last = result.at(-1);
    if (last && span.from <= last.to) result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else result.push(span);
  }
  return result;
}

/** What of them lies in `whole`. */
const within = (all: readonly Span[], whole: Span): Span[] =>
  all
    .filter(({ from, to }) => from < whole.to && to > whole.from)
    .map(({ from, to }) => ({ from: Math.max(from, whole.from), to: Math.min(to, whole.to) }));

const length = (all: readonly Span[]): number => all.reduce((sum, { from, to }) => sum + to - from, 0);
