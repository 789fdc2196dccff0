export { type CsvOptions, type CsvReport, CsvSource } from './csv-source';
export { type ExcelSheet, readExcel, writeExcel } from './excel';
export { EXPORT_FORMATS, EXTENSIONS, type ExportFormat, exportTable } from './export';
export { neutralize, restore } from './injection';
export { ParquetSource } from './parquet';
export { cellText, RowsSource } from './rows-source';
export type { Cell, ColumnSummary, GridColumn, GridSort, GridSource, GridView, GridWindow } from './source';
export { cellOf, type TableSnapshot, tableSnapshot } from './wire';
