/** What the person chose for one session, as a hidden file: JSON, versioned. It does not travel in state files. */
import type { Durability } from '../protocol/keeper';

export interface Settings {
  durability: Durability;
}

const VERSION = 1;
const DEFAULTS: Settings = { durability: 'stable' };

export function serializeSettings({ durability }: Settings): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ version: VERSION, durability })}\n`);
}

/** What is unknown or cannot be read counts as not chosen: the defaults are the careful ones. */
export function parseSettings(bytes: Uint8Array | null): Settings {
  if (!bytes) return DEFAULTS;
  try {
    const { durability } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Record<keyof Settings, unknown>>;
    return { durability: durability === 'relaxed' ? 'relaxed' : DEFAULTS.durability };
  } catch {
    return DEFAULTS;
  }
}
