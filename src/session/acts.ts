/** Checks of what an act brings back, one for each: Python can send anything in its place. */
import type { ActName, Acts } from '../protocol/acts';
import { databaseChanged } from './received-databases';
import { variableDeleted, variableRestored } from './received-variables';

export const ACT_RESULTS: { readonly [Name in ActName]: (value: unknown) => Acts[Name]['result'] } = {
  executeSql: databaseChanged,
  setCell: databaseChanged,
  insertRow: databaseChanged,
  deleteRows: databaseChanged,
  joinTables: databaseChanged,
  importTable: databaseChanged,
  deleteVariable: variableDeleted,
  restoreVariable: variableRestored,
};
