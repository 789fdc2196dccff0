export { cellText, RowsSource } from './rows-source';
export type { Cell, ColumnSummary, GridColumn, GridSort, GridSource, GridView, GridWindow } from './source';
export { cellOf, type TableSnapshot, tableSnapshot } from './wire';
