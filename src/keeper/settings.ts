/** What the person chose for one session, and when copies of it left, as a hidden file: JSON, versioned. It does not travel in state files and capsules. */
import type { Copies, Durability } from '../protocol/keeper';
import { LONGEST_HOST, MOST_HOSTS } from '../protocol/network';

export interface Settings {
  durability: Durability;
  /** That Python may reach: whoever wrote the session's code has no say in it. */
  hosts: readonly string[];
  copies: Copies;
}

const VERSION = 1;
const DEFAULTS: Settings = { durability: 'stable', hosts: [], copies: { made: null, reminded: null } };

export function serializeSettings(settings: Settings): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ version: VERSION, ...settings })}\n`);
}

/** What is unknown or cannot be read counts as not chosen: the defaults are the careful ones. */
export function parseSettings(bytes: Uint8Array | null): Settings {
  if (!bytes) return DEFAULTS;
  try {
    const { durability, hosts, copies } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Record<keyof Settings, unknown>>;
    return {
      durability: durability === 'relaxed' ? 'relaxed' : DEFAULTS.durability,
      hosts: isHosts(hosts) ? hosts : DEFAULTS.hosts,
      copies: { made: timeIn(copies, 'made'), reminded: timeIn(copies, 'reminded') },
    };
  } catch {
    return DEFAULTS;
  }
}

/** Names of hosts, and not too many; whether each may be reached is the page's to say. */
export const isHosts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= MOST_HOSTS && value.every((host) => typeof host === 'string' && host.length <= LONGEST_HOST);

function timeIn(copies: unknown, name: keyof Copies): number | null {
  const time = (copies as Partial<Record<keyof Copies, unknown>> | null | undefined)?.[name];
  return typeof time === 'number' && Number.isFinite(time) ? time : null;
}
