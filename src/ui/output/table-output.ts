/** A table of Python's in the grid. Loaded when the first one is shown. */
import { html, LitElement, type PropertyValues } from 'lit';
import type { Session } from '../../session';
import { type GridSource, tableSnapshot } from '../../table';
import '../grid/grid';
import { strings } from '../strings';
import { shared } from '../styles';
import { FrameSource } from './frame-source';

export class TableOutput extends LitElement {
  static override properties = { table: { attribute: false }, session: { attribute: false }, source: { state: true } };

  /** What the bundle holds for a table. */
  declare table: unknown;
  declare session: Session | null;
  declare private source: GridSource | null;

  constructor() {
    super();
    this.table = null;
    this.session = null;
    this.source = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('table') && !changed.has('session')) return;
    const snapshot = tableSnapshot(this.table);
    this.source = snapshot && new FrameSource(snapshot, this.session);
  }

  override render() {
    return html`<dormouse-grid .source=${this.source} .label=${strings.rich.table.label}></dormouse-grid>`;
  }

  static override styles = [shared];
}

customElements.define('dormouse-table', TableOutput);
