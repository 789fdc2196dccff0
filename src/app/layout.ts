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
  #lesson = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // Nothing is open before somebody opens it.
  }

  /** Whether the session has a lesson. */
  get lesson(): boolean {
    return this.#lesson;
  }

  set lesson(lesson: boolean) {
    if (lesson === this.#lesson) return;
    this.#lesson = lesson;
    if (!lesson && this.#open.left?.needs === 'lesson') this.close('left');
    this.#host.requestUpdate();
  }

  get #offered(): readonly Panel[] {
    return PANELS.filter(({ needs }) => needs === undefined || this.#lesson);
  }

  /** The panel of a side; null while it is folded away. */
  panel(side: PanelSide): Panel | null {
    return this.#open[side];
  }

  /** The buttons of a side's rail. */
  rail(side: PanelSide): readonly RailEntry[] {
    return this.#offered.filter((panel) => panel.side === side);
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
    return this.#offered.filter(({ id }) => id !== OWN_PLACE);
  }

  open(id: string): Panel {
    const panel = PANELS.find((candidate) => candidate.id === id);
    if (!panel) throw new RangeError(`There is no panel "${id}".`);
    this.#open[panel.side] = panel;
    this.sheet = panel.side;
    return panel;
  }

  /** Shows the lesson of a session that has just been opened, beside what is there; on small screens in its place, as long as nothing was run. */
  showLesson(fresh: boolean): void {
    const { sheet } = this;
    if (this.#open.left === null) this.open('lesson');
    if (!fresh) this.sheet = sheet;
  }

  close(side: PanelSide): void {
    this.#open[side] = null;
    this.sheet = this.#sheet === side ? 'code' : this.#sheet;
  }
}
