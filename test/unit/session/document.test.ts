import { expect, test, vi } from 'vitest';
import { SessionDocument } from '../../../src/session/document';

function begin(keep: () => Promise<unknown> = async () => undefined) {
  const document = new SessionDocument({ owns: () => true, keep, onProblem: vi.fn() });
  document.adopt('stored', 'stored');
  return document;
}

test('a draft is what is typed, also on its way, with the text that it was made from, until it is stored', async () => {
  let finish: (value?: unknown) => void = () => undefined;
  const document = begin(() => new Promise((resolve) => (finish = resolve)));
  expect(document.draft).toBeNull();
  document.edit('typed');
  expect(document.draft).toEqual({ code: 'typed', base: 'stored' });
  const kept = document.keepNow();
  expect(document.draft).toEqual({ code: 'typed', base: 'stored' });
  finish();
  await kept;
  expect(document.draft).toBeNull();
  document.edit('more');
  expect(document.draft).toEqual({ code: 'more', base: 'typed' });
  document.kept('more');
  expect(document.draft).toBeNull();
});

test('a text that was kept leaves the one that followed it on its way a draft', async () => {
  const finish: (() => void)[] = [];
  const document = begin(() => new Promise<void>((resolve) => finish.push(resolve)));
  document.edit('first');
  const first = document.keepNow();
  document.edit('second');
  const second = document.keepNow();
  finish[0]?.();
  await first;
  expect(document.draft).toEqual({ code: 'second', base: 'first' });
  finish[1]?.();
  await second;
  expect(document.draft).toBeNull();
});

test('what could not be kept is a draft', async () => {
  const document = begin(() => Promise.reject(new Error('full')));
  document.edit('typed');
  await document.keepNow();
  expect(document.draft).toEqual({ code: 'typed', base: 'stored' });
});

test('what was left counts where the session still has the text that it was made from, and nothing newer was typed here', () => {
  const left = { code: 'typed', base: 'stored' };
  expect(begin().newer('stored', null)).toBeNull();
  expect(begin().newer('stored', left)).toBe('typed');
  expect(begin().newer('changed by another tab', left)).toBeNull();
  // It was kept after all.
  expect(begin().newer('typed', left)).toBeNull();
  const typedHere = begin();
  typedHere.edit('typed here');
  expect(typedHere.newer('stored', left)).toBe('typed here');
  expect(begin().newer(null, { code: 'typed', base: null })).toBe('typed');
});
