/**
 * The panels beside the work. One more is one more entry: it gets a button in the rail of its side, and below 900 px a place in the
 * bottom bar's sheets.
 */
import type { LitElement } from 'lit';
import { Activity, BookOpen, Database, Folder, FolderSync, HardDrive, History, type IconNode, Package, Variable } from 'lucide';
import type { Session, SessionState, Sessions } from '../session';
import { strings } from '../ui/strings';

/**
 * What an element has to be to be shown as a panel. It brings its own header: a heading (`h2`, `tabindex="-1"`, which `focus()` focuses)
 * and a button that fires `close`; the style `panel` of src/ui/styles.ts lays both out.
 */
export interface PanelElement extends LitElement {
  session: Session;
  /** Replaced whole at each change of the session. */
  state: SessionState;
  /** A download, upload or the like goes on. */
  occupied: boolean;
  /** Whether there can be other sessions. */
  branches: boolean;
  /** All of them; null where there is no list. */
  sessions: Sessions | null;
  /** Reads anew what the panel shows; called whenever a person asks for it. */
  look?(): Promise<void>;
  /** Shows something certain: what an `open-panel` of another panel named. */
  about?(what: string): void;
}

/**
 * What a panel tells the page, all of it CustomEvents that need not bubble: `close`; `problem` (unknown: what was thrown); `insert-code`
 * (string: Python that becomes a new cell, or goes to the end of the script); `go-back` and `branch` (Checkpoint);
 * `run-code` (string: Python to be run beside the document); `open-panel` ({ id, about }: another panel is to show something); `open-session`
 * (File: to be opened as a session).
 */
export const PANEL_EVENTS = ['close', 'problem', 'insert-code', 'run-code', 'go-back', 'branch', 'open-panel', 'open-session'] as const;

export type PanelSide = 'left' | 'right';

export interface Panel {
  /** Unique; `files` has a place of its own in the bottom bar. */
  readonly id: string;
  readonly name: string;
  readonly icon: IconNode;
  /** Left: where things are. Right: what the process holds. */
  readonly side: PanelSide;
  /** The name of the custom element, defined once `load` has resolved. */
  readonly element: string;
  /** It is offered only in a session that has such a thing; left out: always. */
  readonly needs?: 'lesson';
  load(): Promise<unknown>;
}

/** In the order in which they are offered. */
export const PANELS: readonly Panel[] = [
  {
    id: 'lesson',
    name: strings.learn.label,
    icon: BookOpen,
    side: 'left',
    element: 'dormouse-lesson',
    needs: 'lesson',
    load: () => import('../ui/learn/lesson-panel'),
  },
  {
    id: 'files',
    name: strings.files.label,
    icon: Folder,
    side: 'left',
    element: 'dormouse-files',
    load: () => import('../ui/files/files-panel'),
  },
  {
    id: 'history',
    name: strings.workbench.panel.history,
    icon: History,
    side: 'left',
    element: 'dormouse-history-pane',
    load: () => import('./history-pane'),
  },
  {
    id: 'variables',
    name: strings.variables.label,
    icon: Variable,
    side: 'right',
    element: 'dormouse-variables',
    load: () => import('../ui/variables/variables-panel'),
  },
  {
    id: 'database',
    name: strings.workbench.panel.database,
    icon: Database,
    side: 'right',
    element: 'dormouse-database',
    load: () => import('../ui/database/database-panel'),
  },
  {
    id: 'state',
    name: strings.workbench.panel.state,
    icon: Activity,
    side: 'right',
    element: 'dormouse-state-pane',
    load: () => import('./state-pane'),
  },
  {
    id: 'packages',
    name: strings.workbench.panel.packages,
    icon: Package,
    side: 'right',
    element: 'dormouse-packages',
    load: () => import('../ui/packages-panel'),
  },
  {
    id: 'storage',
    name: strings.workbench.panel.storage,
    icon: HardDrive,
    side: 'right',
    element: 'dormouse-storage',
    load: () => import('./storage-pane'),
  },
  {
    id: 'mirror',
    name: strings.workbench.panel.mirror,
    icon: FolderSync,
    side: 'right',
    element: 'dormouse-mirror',
    load: () => import('../ui/mirror/mirror-panel'),
  },
];
