/** Which panels are open beside the work, and on small screens which part of the page is in sight: for an element that renders it. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Code, Ellipsis, SquareTerminal } from 'lucide';
import type { RailEntry } from '../ui/panel-rail';
import { strings } from '../ui/strings';
import { PANELS, type Panel, type PanelSide } from './panels';

const { sheets } = strings.workbench;
/** What has a place of its own in the bottom bar of small screens. */
const OWN_PLACE = 'files';

/** A part of the page on small screens. */
export type Sheet = 'code' | 'output' | 'more' | PanelSide;

export class Layout implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #open: Record<PanelSide, Panel | null> = { left: null, right: null };
  #sheet: Sheet = 'code';

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // Nothing is open before somebody opens it.
  }

  /** The panel of a side; null while it is folded away. */
  panel(side: PanelSide): Panel | null {
    return this.#open[side];
  }

  /** The buttons of a side's rail. */
  rail(side: PanelSide): readonly RailEntry[] {
    return PANELS.filter((panel) => panel.side === side);
  }

  /** On small screens: what is in sight. */
  get sheet(): Sheet {
    return this.#sheet;
  }

  set sheet(sheet: Sheet) {
    this.#sheet = sheet;
    this.#host.requestUpdate();
  }

  /** The entries of the bottom bar. */
  get bar(): readonly RailEntry[] {
    return [
      { id: 'code', name: sheets.code, icon: Code },
      { id: 'output', name: sheets.output, icon: SquareTerminal },
      ...PANELS.filter(({ id }) => id === OWN_PLACE),
      { id: 'more', name: sheets.more, icon: Ellipsis },
    ];
  }

  /** The entry of the bottom bar that leads to what is in sight. */
  get barEntry(): string {
    if (this.#sheet !== 'left' && this.#sheet !== 'right') return this.#sheet;
    return this.#open[this.#sheet]?.id === OWN_PLACE ? OWN_PLACE : 'more';
  }

  /** What the bottom bar's last entry offers. */
  get more(): readonly RailEntry[] {
    return PANELS.filter(({ id }) => id !== OWN_PLACE);
  }

  open(id: string): Panel {
    const panel = PANELS.find((candidate) => candidate.id === id);
    if (!panel) throw new RangeError(`There is no panel "${id}".`);
    this.#open[panel.side] = panel;
    this.sheet = panel.side;
    return panel;
  }

  close(side: PanelSide): void {
    this.#open[side] = null;
    this.sheet = this.#sheet === side ? 'code' : this.#sheet;
  }
}
