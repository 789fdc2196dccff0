/** PDFs as a person meets them: drawn page by page, also what needs decoders, and nothing of them runs. */
import type { Locator } from '@playwright/test';
import { violations } from './axe';
import { item, openFiles, upload } from './files-panel';
import { takeScreenshot } from './screenshots';
import { expect, test } from './workbench';

/** A PDF of these objects, of which the first is its catalog. */
function pdfOf(objects: readonly string[]): Buffer {
  let file = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF`;
  return Buffer.from(file, 'latin1');
}

/** A PDF of pages that say something. */
function textPdf(...pages: string[]): Buffer {
  const streams = pages.map((text) => `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`);
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...streams.flatMap((stream, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R >>`,
      `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    ]),
  ]);
}

/** A PDF of one page that a picture fills. @param picture its entries beside what all have @param content its bytes as Latin-1 */
function picturePdf(picture: string, content: string): Buffer {
  const drawing = 'q 612 0 0 792 0 0 cm /I Do Q';
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /XObject << /I 5 0 R >> >> /Contents 4 0 R >>',
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    `<< /Type /XObject /Subtype /Image ${picture} /Length ${content.length} >>\nstream\n${content}\nendstream`,
  ]);
}

/** A square of 16 × 16 red pixels (200, 0, 0) in JPEG 2000. */
const RED_JP2 =
  'AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAEAAAABAAAwcHAAAAAAAPY29scgEAAAAAABAAAAC2anAyY/9P/1EALwAAAAAAEAAAABAAAAAA' +
  'AAAAAAAAABAAAAAQAAAAAAAAAAAAAwcBAQcBAQcBAf9SAAwAAAABAAAEBAAB/1wABEBA/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAAAPgAB/5PP' +
  'tGQUAFyv9MewNwAAAABhIS/axEAAAMJCX/9/34A4EVBUr/TIf9+AOBFQVK/0yH//2Q==';

/**
 * A black square of 64 × 64 pixels in JBIG2 (ITU-T T.88), as it lies in a PDF: a segment with the page's size, and one with a generic region
 * in MMR (ITU-T T.6): the first row in horizontal mode, 0 white and 64 black pixels; each row below with the same two changes.
 */
function blackJbig2(): string {
  const bits = `001${'00110101'}${'0000001111'}${'0000110111'}${'11'.repeat(63)}${'000000000001'.repeat(2)}`;
  const rows = (bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const long = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const segment = (number: number, type: number, data: number[]) => [...long(number), type, 0, 1, ...long(data.length), ...data];
  const size = [...long(64), ...long(64)];
  const page = segment(0, 48, [...size, ...long(0), ...long(0), 0, 0, 0]);
  const region = segment(1, 38, [...size, ...long(0), ...long(0), 0, 1, ...rows]);
  return String.fromCharCode(...page, ...region);
}

/** The colour in the middle of what is drawn, as `r,g,b`. */
const middleOf = (dialog: Locator) =>
  dialog.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1) ?? { data: [] };
    return Array.from(data).slice(0, 3).join();
  });

test('a PDF is drawn page by page, and what it says is there for a screen reader', async ({ workbench, page }) => {
  const panel = await openFiles(workbench);
  await upload(page, [
    { name: 'report.pdf', content: textPdf('First page', 'Second page') },
    { name: 'broken.pdf', content: '%PDF-1.4 and nothing else' },
  ]);
  await item(panel, 'report.pdf').dblclick();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Page 1 of 2')).toBeVisible();
  const shown = dialog.getByRole('region', { name: 'report.pdf, page 1' });
  await expect(shown.getByText('First page')).toBeAttached();
  const dark = () =>
    dialog.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      let count = 0;
      for (let at = 0; at < data.length; at += 4) if ((data[at] as number) < 100) count += 1;
      return count;
    });
  expect(await dark()).toBeGreaterThan(100);
  expect(await violations(page)).toEqual([]);
  await takeScreenshot(page, 'file-pdf');
  await dialog.getByRole('button', { name: 'Next page' }).click();
  await expect(dialog.getByRole('region', { name: 'report.pdf, page 2' }).getByText('Second page')).toBeAttached();
  await page.keyboard.press('Escape');
  await item(panel, 'broken.pdf').dblclick();
  await expect(dialog.getByRole('alert')).toContainText('It could not be shown');
});

test('pictures that are decoded by WebAssembly are drawn, and a map of characters is there for a font that is not in the document', async ({
  workbench,
  page,
}) => {
  const panel = await openFiles(workbench);
  const rgb = '/Width 16 /Height 16 /ColorSpace /DeviceRGB /BitsPerComponent 8';
  const bilevel = '/Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 1';
  const text = 'BT /F1 24 Tf 72 700 Td <82b182f182c982bf82cd> Tj ET';
  const japanese = pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /90ms-RKSJ-H /DescendantFonts [6 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3 /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor 7 0 R >>',
    '<< /Type /FontDescriptor /FontName /HeiseiMin-W3 /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>',
  ]);
  await upload(page, [
    { name: 'photo.pdf', content: picturePdf(`${rgb} /Filter /JPXDecode`, Buffer.from(RED_JP2, 'base64').toString('latin1')) },
    { name: 'scan.pdf', content: picturePdf(`${bilevel} /Filter /JBIG2Decode`, blackJbig2()) },
    { name: 'greeting.pdf', content: japanese },
  ]);
  const dialog = page.getByRole('dialog');
  for (const [name, colour] of [
    ['photo.pdf', '200,0,0'],
    ['scan.pdf', '0,0,0'],
  ] as const) {
    await item(panel, name).dblclick();
    await expect(dialog.getByRole('region', { name: `${name}, page 1` })).toBeVisible();
    await expect.poll(() => middleOf(dialog)).toBe(colour);
    await page.keyboard.press('Escape');
  }
  await item(panel, 'greeting.pdf').dblclick();
  await expect(dialog.getByRole('region', { name: 'greeting.pdf, page 1' }).getByText('こんにちは')).toBeAttached();
});
