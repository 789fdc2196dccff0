/** Bytes as text, in the encoding that they are in. */

export interface FileText {
  text: string;
  encoding: 'utf-8' | 'utf-16' | 'windows-1252';
}

/** Whether a byte is a control character of those that no text has (9 to 13 are tabs and line ends, 27 begins a terminal's colours). */
const isControl = (byte: number) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27);
/** So much is looked at to tell whether it is text, bytes. */
const PROBE = 4096;

/**
 * Null when it is no text.
 * @param part whether these bytes are only the beginning, so that the last letter may be cut
 */
export function decodeText(bytes: Uint8Array<ArrayBuffer>, part: boolean): FileText | null {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    const text = new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes, { stream: part });
    return { text, encoding: 'utf-16' };
  }
  try {
    // A mark at the beginning stays: what is saved again is what was read.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: part });
    return text.includes('\0') ? null : { text, encoding: 'utf-8' };
  } catch {
    const text = new TextDecoder('windows-1252').decode(bytes);
    return bytes.subarray(0, PROBE).some(isControl) ? null : { text, encoding: 'windows-1252' };
  }
}
