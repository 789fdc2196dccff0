/** The tree of files: only the rows in sight are drawn, so that thousands cost no more than a few. Keys as in ARIA's pattern for trees. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import {
  ChevronDown,
  ChevronRight,
  Database,
  File,
  FileBraces,
  FileImage,
  FileText,
  Folder,
  FolderOpen,
  type IconNode,
  Table,
} from 'lucide';
import { formatBytes, formatTime } from '../format';
import '../icon';
import { strings } from '../strings';
import { shared } from '../styles';
import { type FileKind, kindOf } from './file-kind';
import { type FileRow, folderOf } from './file-nodes';

const GLYPHS: Readonly<Record<FileKind, IconNode>> = {
  text: FileText,
  table: Table,
  json: FileBraces,
  image: FileImage,
  pdf: FileText,
  database: Database,
  excel: Table,
  parquet: Table,
  other: File,
};

/** Rows that are drawn beyond those in sight, on either side. */
const BEYOND = 8;
/** The height of a row before one was measured, px. */
const ROW_HEIGHT = 30;

/**
 * Events, all CustomEvents: `toggle` ({ path, expanded }); `select` (string[], paths); `open` (string) for a file; `rename` (string);
 * `remove` (string[]); `drop-into` ({ paths, folder }) when rows were dragged to a folder.
 */
export class FileTree extends LitElement {
  static override properties = {
    rows: { attribute: false },
    selected: { attribute: false },
    active: { state: true },
    range: { state: true },
    target: { state: true },
  };

  declare rows: readonly FileRow[];
  declare selected: ReadonlySet<string>;
  /** The path of the row that the keys are at. */
  declare private active: string | null;
  /** The rows that are drawn. */
  declare private range: readonly [from: number, to: number];
  /** The folder that is being dragged over. */
  declare private target: string | null;
  /** Where a selection with Shift begins. */
  #anchor: string | null = null;
  #rowHeight = ROW_HEIGHT;
  readonly #resized = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.rows = [];
    this.selected = new Set();
    this.active = null;
    this.range = [0, 40];
    this.target = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  override focus(): void {
    this.#tree?.focus();
  }

  /** Moves the keys to a row, in sight. */
  show(path: string): void {
    this.active = path;
    this.#scrollTo(this.rows.findIndex(({ node }) => node.path === path));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows') && !this.rows.some(({ node }) => node.path === this.active)) this.active = this.rows[0]?.node.path ?? null;
  }

  protected override updated(): void {
    this.#measure();
  }

  override render() {
    const { rows, active } = this;
    if (rows.length === 0) return nothing;
    const [from, to] = this.range;
    const at = this.#activeIndex;
    const shown = rows.slice(from, to).map((row, index) => ({ row, index: from + index }));
    // The row that the keys are at is always there to be named.
    if (at >= 0 && (at < from || at >= to)) shown.push({ row: rows[at] as FileRow, index: at });
    return html`<div
      class="tree"
      role="tree"
      tabindex="0"
      aria-label=${strings.files.tree}
      aria-multiselectable="true"
      aria-activedescendant=${active === null ? nothing : `row-${at}`}
      @keydown=${this.#key}
      @scroll=${this.#measure}
    >
      <div class="all" role="presentation" style="block-size: ${rows.length * this.#rowHeight}px">
        ${repeat(
          shown,
          ({ row }) => row.node.path,
          ({ row, index }) => this.#row(row, index),
        )}
      </div>
    </div>`;
  }

  #row({ node, level, position, neighbours, expanded }: FileRow, index: number) {
    const folder = node.children !== null;
    const glyph = folder ? (expanded ? FolderOpen : Folder) : node.database ? Database : GLYPHS[kindOf(node.name)];
    return html`<div
      id="row-${index}"
      class="row ${node.path === this.active ? 'active' : ''} ${node.path === this.target ? 'target' : ''}"
      role="treeitem"
      aria-level=${level}
      aria-posinset=${position}
      aria-setsize=${neighbours}
      aria-expanded=${expanded === null ? nothing : expanded}
      aria-selected=${this.selected.has(node.path)}
      draggable="true"
      style="inset-block-start: ${index * this.#rowHeight}px; --level: ${level}"
      title=${node.name}
      @click=${(event: MouseEvent) => this.#click(event, index)}
      @dblclick=${() => this.#open(index)}
      @dragstart=${(event: DragEvent) => this.#dragStart(event, index)}
      @dragover=${(event: DragEvent) => this.#dragOver(event, index)}
      @dragleave=${() => this.#leave()}
      @drop=${(event: DragEvent) => this.#drop(event, index)}
    >
      <dormouse-icon class="twist" .glyph=${expanded ? ChevronDown : ChevronRight} style=${folder ? '' : 'visibility: hidden'}></dormouse-icon>
      <dormouse-icon class="kind" .glyph=${glyph}></dormouse-icon>
      <span class="name">${node.name}</span>
      ${folder ? nothing : html`<span class="size">${node.kind === 'symlink' ? strings.files.link : formatBytes(node.size)}</span><span class="time">${formatTime(node.modified)}</span>`}
    </div>`;
  }

  get #tree(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.tree');
  }

  get #activeIndex(): number {
    return this.rows.findIndex(({ node }) => node.path === this.active);
  }

  readonly #measure = (): void => {
    const tree = this.#tree;
    if (!tree) return;
    const height = this.renderRoot.querySelector<HTMLElement>('.row')?.offsetHeight ?? 0;
    if (height > 0 && height !== this.#rowHeight) {
      this.#rowHeight = height;
      this.requestUpdate();
    }
    const first = Math.floor(tree.scrollTop / this.#rowHeight);
    const count = Math.ceil(tree.clientHeight / this.#rowHeight);
    const range = [Math.max(0, first - BEYOND), first + count + BEYOND] as const;
    if (range[0] !== this.range[0] || range[1] !== this.range[1]) this.range = range;
  };

  #scrollTo(index: number): void {
    const tree = this.#tree;
    if (!tree || index < 0) return;
    const top = index * this.#rowHeight;
    if (top < tree.scrollTop) tree.scrollTop = top;
    else if (top + this.#rowHeight > tree.scrollTop + tree.clientHeight) tree.scrollTop = top + this.#rowHeight - tree.clientHeight;
  }

  #click(event: MouseEvent, index: number): void {
    const row = this.rows[index] as FileRow;
    const { path } = row.node;
    if (event.shiftKey) this.#selectTo(index);
    else if (event.ctrlKey || event.metaKey) this.#toggleSelected(path);
    else {
      this.#select([path]);
      if (row.expanded !== null && event.detail < 2) this.#toggle(row);
    }
    this.active = path;
    if (!event.shiftKey) this.#anchor = path;
  }

  #key(event: KeyboardEvent): void {
    const at = this.#activeIndex;
    const row = this.rows[at];
    if (!row || event.altKey) return;
    const page = Math.max(1, Math.floor((this.#tree?.clientHeight ?? 0) / this.#rowHeight) - 1);
    const control = event.ctrlKey || event.metaKey;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: this.rows.length - 1,
      PageDown: at + page,
      PageUp: at - page,
    };
    const to = moves[event.key];
    if (to !== undefined) this.#moveTo(Math.min(Math.max(to, 0), this.rows.length - 1), event.shiftKey, control);
    else if (event.key === 'ArrowRight' && row.expanded !== null && !control) {
      if (!row.expanded) this.#toggle(row);
      else if ((row.node.children?.length ?? 0) > 0) this.#moveTo(at + 1, false, false);
    } else if (event.key === 'ArrowLeft' && !control) {
      if (row.expanded) this.#toggle(row);
      else {
        const above = this.rows.findIndex(({ node }) => node.path === folderOf(row.node.path));
        if (above >= 0) this.#moveTo(above, false, false);
      }
    } else if (event.key === 'Enter') this.#open(at);
    else if (event.key === ' ') this.#toggleSelected(row.node.path);
    else if (event.key === 'a' && control) this.#select(this.rows.map(({ node }) => node.path));
    else if (event.key === 'Escape' && this.selected.size > 0) this.#select([]);
    else if (event.key === 'F2') this.#tell('rename', row.node.path);
    else if (event.key === 'Delete') this.#tell('remove', this.#orSelected(row.node.path));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #moveTo(index: number, range: boolean, control: boolean): void {
    const path = (this.rows[index] as FileRow).node.path;
    this.#anchor ??= this.active;
    this.active = path;
    this.#scrollTo(index);
    if (range) this.#selectTo(index);
    else if (!control) {
      this.#anchor = path;
      this.#select([path]);
    }
  }

  #open(index: number): void {
    const row = this.rows[index] as FileRow;
    if (row.expanded !== null) this.#toggle(row);
    else this.#tell('open', row.node.path);
  }

  #toggle({ node, expanded }: FileRow): void {
    this.#tell('toggle', { path: node.path, expanded: !expanded });
  }

  #select(paths: readonly string[]): void {
    this.#tell('select', paths);
  }

  #toggleSelected(path: string): void {
    const { selected } = this;
    this.#select(selected.has(path) ? [...selected].filter((other) => other !== path) : [...selected, path]);
  }

  #selectTo(index: number): void {
    const anchor = this.rows.findIndex(({ node }) => node.path === (this.#anchor ?? this.active));
    const [from, to] = anchor < index ? [Math.max(anchor, 0), index] : [index, anchor];
    this.#select(this.rows.slice(from, to + 1).map(({ node }) => node.path));
  }

  /** A row's path, or those of the selection when it is one of them. */
  #orSelected(path: string): string[] {
    return this.selected.has(path) ? [...this.selected] : [path];
  }

  #dragStart(event: DragEvent, index: number): void {
    const paths = this.#orSelected((this.rows[index] as FileRow).node.path);
    event.dataTransfer?.setData(DRAGGED, JSON.stringify(paths));
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
  }

  #dragOver(event: DragEvent, index: number): void {
    const row = this.rows[index] as FileRow;
    this.target = row.node.children ? row.node.path : folderOf(row.node.path);
    if (event.dataTransfer?.types.includes(DRAGGED)) event.preventDefault();
  }

  #leave(): void {
    this.target = null;
  }

  #drop(event: DragEvent, index: number): void {
    this.target = null;
    const dragged = event.dataTransfer?.getData(DRAGGED);
    const { node } = this.rows[index] as FileRow;
    const folder = node.children ? node.path : folderOf(node.path);
    if (!dragged) {
      // Files from outside: who has this tree takes them, and wants to know where to.
      this.#tell('drop-place', folder);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.#tell('drop-into', { paths: JSON.parse(dragged), folder });
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-block-size: 0;
        overflow: hidden;
      }

      .tree {
        block-size: 100%;
        overflow: auto;
        outline-offset: -2px;
      }

      .all {
        position: relative;
      }

      .row {
        position: absolute;
        inset-inline: 0;
        display: flex;
        align-items: center;
        gap: var(--space-1);
        block-size: 1.875rem;
        padding-inline: calc(var(--space-1) + (var(--level) - 1) * var(--space-4)) var(--space-3);
        font-size: var(--size-2);
        cursor: default;
        user-select: none;
      }

      @media (pointer: coarse) {
        .row {
          block-size: 2.75rem;
        }
      }

      .row:hover,
      .row.target {
        background: var(--hover);
      }

      .row[aria-selected="true"] {
        background: var(--selection);
      }

      .tree:focus-visible .row.active {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
      }

      .row dormouse-icon {
        color: var(--ink-soft);
      }

      .name {
        flex: 1;
        min-inline-size: 4rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .size,
      .time {
        flex: none;
        color: var(--ink-soft);
        font-size: var(--size-1);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }

      .row[aria-selected="true"] :is(.size, .time, dormouse-icon) {
        color: var(--ink);
      }

      .time {
        display: none;
        min-inline-size: 6rem;
        text-align: end;
      }

      @container files (min-width: 26rem) {
        .time {
          display: inline;
        }
      }

      @media (forced-colors: active) {
        .row[aria-selected="true"] {
          outline: 1px solid Highlight;
          outline-offset: -1px;
        }
      }
    `,
  ];
}

/** What rows of a tree are while they are dragged. */
const DRAGGED = 'application/x-dormouse-paths';

customElements.define('dormouse-file-tree', FileTree);
