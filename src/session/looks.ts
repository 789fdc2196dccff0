/** Checks of what a look brings back, one for each: Python can send anything in its place. */
import type { LookName, Looks } from '../protocol/looks';
import { databaseReports } from './received';
import { databaseAnswer, databaseRows, databaseSchema } from './received-databases';
import { tableSummary, tableWindow } from './received-tables';
import { callSignature, completionOptions, variableLevel, variableList, variableTable } from './received-variables';

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
};
