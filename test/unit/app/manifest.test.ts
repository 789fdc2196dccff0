/** What browsers ask of a page that can be installed: a name, a start, and icons that are what the manifest says. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../../../public/${name}`, import.meta.url));

test('the page can be installed', () => {
  const manifest = JSON.parse(read('manifest.webmanifest').toString());
  expect(manifest).toMatchObject({ name: 'Dormouse', id: './', start_url: './', scope: './', display: 'standalone' });
  const icons: { src: string; sizes: string; type: string; purpose: string }[] = manifest.icons;
  for (const { src, sizes, type } of icons.filter((icon) => icon.type === 'image/png')) {
    expect(type).toBe('image/png');
    const png = read(src);
    // https://www.w3.org/TR/png-3/#11IHDR: width and height stand behind the signature and the first chunk's head.
    expect(png.subarray(1, 4).toString(), src).toBe('PNG');
    expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, src).toBe(sizes);
  }
  const sizes = (purpose: string) => icons.filter((icon) => icon.purpose === purpose).map((icon) => icon.sizes);
  expect(sizes('any')).toEqual(expect.arrayContaining(['192x192', '512x512']));
  expect(sizes('maskable')).toEqual(['512x512']);
});
