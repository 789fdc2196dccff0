/** Which cells of a grid are chosen: one that is active, and a rectangle between it and where the choosing began. */

/** The row of the headings is -1. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface Selection {
  readonly anchor: Place;
  readonly active: Place;
}

/** Ends are not included. */
export interface Rectangle {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export function rectangleOf({ anchor, active }: Selection): Rectangle {
  return {
    top: Math.min(anchor.row, active.row),
    bottom: Math.max(anchor.row, active.row) + 1,
    left: Math.min(anchor.column, active.column),
    right: Math.max(anchor.column, active.column) + 1,
  };
}

export function contains({ top, bottom, left, right }: Rectangle, { row, column }: Place): boolean {
  return row >= top && row < bottom && column >= left && column < right;
}

export interface Extent {
  rows: number;
  columns: number;
  /** Rows that are in sight at once. */
  page: number;
}

export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** Where a key leads from a place, as the grid pattern of the ARIA Authoring Practices Guide has it; null for any other key. */
export function placeAfter(key: Key, { row, column }: Place, { rows, columns, page }: Extent): Place | null {
  if (key.altKey) return null;
  const far = key.ctrlKey || key.metaKey;
  const to = (toRow: number, toColumn: number): Place => ({
    row: Math.max(-1, Math.min(rows - 1, toRow)),
    column: Math.max(0, Math.min(columns - 1, toColumn)),
  });
  switch (key.key) {
    case 'ArrowDown':
      return to(far ? rows - 1 : row + 1, column);
    case 'ArrowUp':
      return to(far ? 0 : row - 1, column);
    case 'ArrowRight':
      return to(row, far ? columns - 1 : column + 1);
    case 'ArrowLeft':
      return to(row, far ? 0 : column - 1);
    case 'PageDown':
      return to(row + page, column);
    case 'PageUp':
      return to(Math.max(0, row - page), column);
    case 'Home':
      return to(far ? 0 : row, 0);
    case 'End':
      return to(far ? rows - 1 : row, columns - 1);
    default:
      return null;
  }
}
