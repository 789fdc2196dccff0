export type { CsvReport } from './csv-source';
export { EXPORT_FORMATS, EXTENSIONS, type ExportFormat, exportTable } from './export';
export { FileTable } from './file-table';
export { neutralize, restore } from './injection';
export type { TableKind } from './open-file';
export { cellText, RowsSource } from './rows-source';
export type { Cell, ColumnSummary, GridColumn, GridSort, GridSource, GridView, GridWindow } from './source';
export { cellOf, type TableSnapshot, tableSnapshot } from './wire';
