import { isMarker } from './percent';

/** The first line of a notebook that says something: no marker of a cell, and of a comment or a heading only its words. Null when there is none. */
export function firstLineOf(text: string, longest: number): string | null {
  for (const line of text.split('\n', 200)) {
    if (isMarker(line.trimEnd())) continue;
    const words = line.replace(/^[\s#]+/, '').trimEnd();
    if (words !== '') return words.slice(0, longest);
  }
  return null;
}
