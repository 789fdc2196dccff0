/** Checks of what a look brings back, one for each: Python can send anything in its place. */
import type { LookName, Looks } from '../protocol/looks';
import { databaseReports, list, shortText } from './received';
import { databaseAnswer, databaseRows, databaseSchema } from './received-databases';
import { tableSummary, tableWindow } from './received-tables';
import { callSignature, completionOptions, variableLevel, variableList, variableTable } from './received-variables';

/** So many packages are looked at. */
const MOST_PACKAGES = 100;

export const LOOK_RESULTS: { readonly [Name in LookName]: (value: unknown) => Looks[Name]['result'] } = {
  databases: databaseReports,
  table: tableWindow,
  tableSummary,
  databaseSchema,
  databaseRows,
  databaseQuery: databaseAnswer,
  variables: variableList,
  variableTable,
  variableTree: variableLevel,
  complete: completionOptions,
  signature: callSignature,
  importedPackages: (value) => list(value, shortText, MOST_PACKAGES),
};
