/** The scenarios, in the order in which the rounds take them. A new one is a module beside these and a place in this list. */
import type { Scenario } from '../scenario';
import { capturing } from './capturing';
import { clear } from './clear';
import { copy } from './copy';
import { memory } from './memory';
import { opening } from './opening';
import { quota } from './quota';
import { resuming } from './resuming';
import { saved } from './saved';
import { space } from './space';
import { takeOver } from './take-over';
import { upload } from './upload';
import { writing } from './writing';

export const SCENARIOS: readonly Scenario[] = [
  writing('delete'),
  space,
  saved,
  memory,
  capturing,
  upload,
  writing('wal'),
  takeOver,
  clear,
  writing('truncate'),
  quota,
  copy,
  opening,
  resuming,
];
