/**
 * Text that spreadsheets would take for a formula when they open a CSV file. A leading apostrophe makes it text; a text that begins with
 * apostrophes before such a sign gets one more, so that taking one away always gives the text back (OWASP, "CSV Injection").
 */

const DANGEROUS = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

export function neutralize(text: string): string {
  return DANGEROUS.test(text) ? `'${text}` : text;
}

/** Undoes `neutralize`. */
export function restore(text: string): string {
  return text.startsWith("'") && DANGEROUS.test(text) ? text.slice(1) : text;
}
