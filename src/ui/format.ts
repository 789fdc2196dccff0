/** Numbers and moments as people read them. */

// Made once: making one takes longer than using it a hundred times.
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DAY_OF_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const COUNT = new Intl.NumberFormat('en');

/** `0 bytes`, `812 bytes`, `4.1 MB`: decimal units, as browsers and operating systems show storage. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = '';
  for (const next of units) {
    value /= 1000;
    unit = next;
    // 999.95 would be shown as 1000.0.
    if (value < 999.95) break;
  }
  return `${value.toFixed(1)} ${unit}`;
}

/** `1,204`. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** Milliseconds since 1970 as `14:03`, on another day than `now` as `22 Nov 14:03`, in another year with it. */
export function formatTime(time: number, now = Date.now()): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '?';
  const today = new Date(now);
  const clock = CLOCK.format(date);
  if (date.toDateString() === today.toDateString()) return clock;
  return `${(date.getFullYear() === today.getFullYear() ? DAY : DAY_OF_YEAR).format(date)} ${clock}`;
}

/** Milliseconds as `0.4 s`, `1.2 s`, `2 min 5 s`, `1 h 12 min`. */
export function formatDuration(duration: number): string {
  const seconds = Math.max(0, duration) / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A path of the disk as Python sees it from its working directory: `notes.txt`, `/tmp/x`. */
export function formatPath(path: string): string {
  const plain = path.startsWith('/') ? path.slice(1) : path;
  return plain.startsWith('home/pyodide/') ? plain.slice('home/pyodide/'.length) : `/${plain}`;
}
