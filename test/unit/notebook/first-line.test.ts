import { expect, test } from 'vitest';
import { firstLineOf } from '../../../src/notebook';

test.each([
  ['', null],
  ['\n# %%\n\n#\n', null],
  ['x = 1\ny = 2', 'x = 1'],
  ['# %% [markdown]\n# # Rain by month\n# More.', 'Rain by month'],
  ['\r\n# %%\r\n  import os\r\n', 'import os'],
  ['y'.repeat(300), 'y'.repeat(200)],
])('%#', (text, line) => {
  expect(firstLineOf(text, 200)).toBe(line);
});
