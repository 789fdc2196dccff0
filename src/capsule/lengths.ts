/**
 * How long a text or a list may be, as checks for the schemas. Zod's own `max` and `min` also look at what has been refused for its
 * type already, and compare whatever it calls its length: an object there cannot be compared, and throws.
 */
import * as z from 'zod';

const when = ({ value }: z.core.ParsePayload) => typeof value === 'string' || Array.isArray(value);

/** At most so many UTF-16 units or entries; otherwise this error, which completes "it …". */
export const atMost = (maximum: number, error: string) =>
  new z.core.$ZodCheckMaxLength({ check: 'max_length', maximum, error: () => error, when });

/** At least so many UTF-16 units or entries; otherwise this error, which completes "it …". */
export const atLeast = (minimum: number, error: string) =>
  new z.core.$ZodCheckMinLength({ check: 'min_length', minimum, error: () => error, when });
