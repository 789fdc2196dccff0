/** What pdf.js needs for some documents only: decoders, maps of characters, fonts. Loaded when the first document asks for any of it. */

import url from 'virtual:dormouse-pdf-data';
import { unzipSync } from 'fflate';

let loading: Promise<Uint8Array> | null = null;

function load(): Promise<Uint8Array> {
  loading ??= fetchParts().catch((error) => {
    // The next document tries again.
    loading = null;
    throw error;
  });
  return loading;
}

async function fetchParts(): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The server says ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Given to pdf.js as its `BinaryDataFactory`: its worker, which can load nothing, asks by name, and gets what came with the app. */
export class PdfParts {
  /** @throws Error when there is no file of that name, or it cannot be had: pdf.js goes on without it */
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const { [filename]: found } = unzipSync(await load(), { filter: ({ name }) => name === filename });
    if (!found) throw new Error(`${filename} did not come with Dormouse.`);
    return found;
  }
}
