/**
 * A Vite plugin: `virtual:dormouse-pdf-data` is the address of one zip file with what pdf.js needs for some documents only, so that it is one file
 * to be loaded, kept and checked in place of two hundred: decoders (JPEG 2000, JBIG2), maps of CJK characters, and the fonts that every
 * reader of PDFs has to have.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import type { Plugin } from 'vite';

const MODULE = 'virtual:dormouse-pdf-data';
const RESOLVED = `\0${MODULE}`;
const PACKAGE = fileURLToPath(new URL('../node_modules/pdfjs-dist/', import.meta.url));
/** Folders of the package, and what of them. Licences travel with what they are for. */
const PARTS: [folder: string, wanted: RegExp][] = [
  ['wasm', /^(openjpeg\.wasm|jbig2\.wasm|LICENSE_.*(OPENJPEG|JBIG2))$/],
  ['cmaps', /(\.bcmap|^LICENSE)$/],
  ['standard_fonts', /^(FoxitSymbol\.pfb|FoxitDingbats\.pfb|LICENSE_FOXIT)$/],
];
/** The same bytes from every build. */
const MODIFIED = new Date(2000, 0, 1);

function zipped(): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const [folder, wanted] of PARTS) {
    for (const name of readdirSync(PACKAGE + folder).sort())
      if (wanted.test(name)) files[name] = readFileSync(`${PACKAGE}${folder}/${name}`);
  }
  return zipSync(files, { mtime: MODIFIED, level: 9 });
}

export function pdfData(): Plugin {
  return {
    name: 'dormouse-pdf-data',
    apply: 'build',
    resolveId: (id) => (id === MODULE ? RESOLVED : null),
    load(id) {
      if (id !== RESOLVED) return null;
      const file = this.emitFile({ type: 'asset', name: 'pdf-data.zip', source: zipped() });
      return `export default import.meta.ROLLUP_FILE_URL_${file};`;
    },
  };
}
