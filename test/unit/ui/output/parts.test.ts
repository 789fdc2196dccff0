import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formsOf } from '../../../../src/ui/output/forms';
import { plotlyFigure } from '../../../../src/ui/output/plotly-figure';
import { pieces, textParts } from '../../../../src/ui/output/text-parts';
import { vegaSpec } from '../../../../src/ui/output/vega-spec';

describe('long text', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');

  test('is shown whole up to 250 lines, of more its ends', () => {
    expect(textParts(lines(250))).toEqual({ head: lines(250), tail: '', leftOut: 0, lines: 250 });
    const { head, tail, leftOut, lines: count } = textParts(lines(1000));
    expect([head.split('\n').length - 1, tail.split('\n').length - 1, leftOut, count]).toEqual([120, 100, 780, 1000]);
    expect(head.startsWith('line 0\n') && tail.endsWith('line 999\n')).toBe(true);
  });

  test('of one endless line is bounded too', () => {
    const { head, tail, leftOut } = textParts('x'.repeat(10_000_000));
    expect([head.length, tail.length, leftOut]).toEqual([24_000, 24_000, 1]);
  });

  test('nothing is lost or doubled', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\n\n'), { maxLength: 2000, size: 'max' }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 300 }), (whole, size) => {
        expect(pieces(whole, size).join('')).toBe(whole);
        const { head, tail, leftOut } = textParts(whole);
        expect(whole.startsWith(head) && whole.endsWith(tail) && head.length + tail.length <= whole.length).toBe(true);
        if (leftOut === 0) expect(head).toBe(whole);
      }),
    );
  });
});

describe('forms', () => {
  test('the richest comes first, one of each kind, and what is not text is none', () => {
    const data = {
      'text/plain': 'p',
      'image/png': 'x',
      'image/jpeg': 'y',
      'text/html': '<b>',
      'application/x-unknown': 'z',
      'text/latex': 5,
    };
    expect(formsOf(data).map(({ kind, type }) => [kind, type])).toEqual([
      ['html', 'text/html'],
      ['picture', 'image/png'],
      ['text', 'text/plain'],
    ]);
    expect(formsOf({ 'application/vnd.vegalite.v5+json': {}, 'application/vnd.dormouse.table+json': {} }).map(({ kind }) => kind)).toEqual([
      'table',
      'chart',
    ]);
  });
});

describe('charts are handed on without what loads', () => {
  test('Plotly: no maps, no pictures from elsewhere, also not in a template', () => {
    const { figure, leftOut } = plotlyFigure({
      data: [{ type: 'bar' }, { y: [1] }, { type: 'scattermap' }, { type: 'choropleth' }, 'text', null],
      layout: {
        title: 't',
        geo: {},
        map2: {},
        images: [{ source: 'https://example.com/x.png' }, { source: 'data:image/png;base64,AA' }],
        template: { layout: { mapbox: { style: 'x' }, colorway: [] }, data: {} },
      },
      frames: [{}],
      config: { plotlyServerURL: 'https://example.com' },
    });
    expect(figure).toEqual({
      data: [{ type: 'bar' }, { y: [1] }, {}, {}],
      layout: { title: 't', images: [{ source: 'data:image/png;base64,AA' }], template: { layout: { colorway: [] }, data: {} } },
    });
    expect(leftOut).toEqual(['scattermap', 'choropleth']);
    expect(() => plotlyFigure({ layout: {} })).toThrow('no data');
  });

  test('Vega: no options of its own', () => {
    expect(vegaSpec({ mark: 'bar', usermeta: { embedOptions: { ast: false } } })).toEqual({ mark: 'bar' });
    expect(() => vegaSpec([1])).toThrow('no specification');
  });
});
