/** What of a Vega specification is handed to the library. */
import type { Json } from '../../session';

export type Spec = Readonly<Record<string, Json>>;

/**
 * Without `usermeta`, in which a specification could set the options of vega-embed itself (its loader, its interpreter).
 * @throws Error when it is no specification
 */
export function vegaSpec(value: Json): Spec {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it is no specification');
  const { usermeta: _, ...spec } = value as Record<string, Json>;
  return spec;
}
