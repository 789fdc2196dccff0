/** What regular-table does not say by itself: roles, positions, the active cell, the kinds of values. Called after each of its draws. */
import type { RegularTableElement } from 'regular-table/dist/esm/regular-table';
import type { GridSort } from '../../table';
import type { CellKind } from './cell-view';
import { contains, type Place, type Rectangle } from './selection';

export interface Marks {
  active: Place | null;
  selected: Rectangle | null;
  sort: readonly GridSort[];
}

/** The id of the active cell's element, for aria-activedescendant. */
export const ACTIVE_ID = 'active';

/** Returns whether the active cell is among what is drawn. */
export function mark(table: RegularTableElement, marks: Marks): boolean {
  const before = table.querySelector(`#${ACTIVE_ID}`);
  let active: Element | null = null;
  attribute(table.querySelector('table'), 'role', 'presentation');
  for (const group of table.querySelectorAll('thead, tbody')) attribute(group, 'role', 'rowgroup');
  for (const row of table.querySelectorAll('tr')) {
    attribute(row, 'role', 'row');
    for (const cell of row.children as HTMLCollectionOf<HTMLElement>) {
      const meta = table.getMeta(cell);
      if (!meta) continue;
      if (meta.type === 'body') {
        const place = { row: meta.y, column: meta.x };
        attribute(row, 'aria-rowindex', String(meta.y + 2));
        attribute(cell, 'role', 'gridcell');
        attribute(cell, 'aria-colindex', String(meta.x + 2));
        const selected = marks.selected !== null && contains(marks.selected, place);
        attribute(cell, 'aria-selected', String(selected));
        cell.className = className(cell, `${meta.user as CellKind | 'loading'}${selected ? ' selected' : ''}`);
        if (isAt(marks.active, place)) active = cell;
      } else if (meta.type === 'row_header') {
        attribute(cell, 'role', 'rowheader');
        attribute(cell, 'aria-colindex', '1');
      } else if (meta.x === undefined) {
        attribute(row, 'aria-rowindex', '1');
        attribute(cell, 'role', 'columnheader');
        attribute(cell, 'aria-colindex', '1');
      } else {
        attribute(cell, 'role', 'columnheader');
        attribute(cell, 'aria-colindex', String(meta.x + 2));
        const order = marks.sort.find(({ column }) => column === meta.x);
        attribute(cell, 'aria-sort', order ? (order.descending ? 'descending' : 'ascending') : 'none');
        if (isAt(marks.active, { row: -1, column: meta.x })) active = cell;
      }
    }
  }
  if (before && before !== active) before.removeAttribute('id');
  if (active) active.id = ACTIVE_ID;
  if (active) attribute(table, 'aria-activedescendant', ACTIVE_ID);
  else table.removeAttribute('aria-activedescendant');
  return active !== null;
}

const isAt = (active: Place | null, { row, column }: Place) => active?.row === row && active.column === column;

/** regular-table keeps classes of its own in the same attribute. */
function className(cell: Element, own: string): string {
  const theirs = [...cell.classList].filter((name) => name.startsWith('rt-'));
  return [own, ...theirs].join(' ');
}

/** Writing what is there already would make the browser compute styles anew. */
function attribute(element: Element | null, name: string, value: string): void {
  if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
}
