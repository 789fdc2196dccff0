/** What pdf.js needs for some documents only: decoders, maps of characters, fonts. Loaded when the first document asks for any of it. */
import url from 'virtual:dormouse-pdf-data';
import { ZipReader } from '../../base/zip-reader';

/** More than the archive of any build has: it is our own. */
const LIMITS = { entries: 1000, content: 2 ** 26, file: 2 ** 24, directory: 2 ** 20 };

let opening: Promise<ZipReader> | null = null;

function open(): Promise<ZipReader> {
  opening ??= fetchParts().catch((error) => {
    // The next document tries again.
    opening = null;
    throw error;
  });
  return opening;
}

async function fetchParts(): Promise<ZipReader> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The server says ${response.status}.`);
  return ZipReader.open(await response.blob(), LIMITS);
}

/** Given to pdf.js as its `BinaryDataFactory`: its worker, which can load nothing, asks by name, and gets what came with the app. */
export class PdfParts {
  /** @throws Error when there is no file of that name, or it cannot be had: pdf.js goes on without it */
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const parts = await open();
    const found = parts.find(filename);
    if (!found) throw new Error(`${filename} did not come with Dormouse.`);
    return parts.read(found);
  }
}
