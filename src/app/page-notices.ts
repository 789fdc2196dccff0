/** The lines between the bar and the work: what happened, and what can be done about it. */
import { html, nothing } from 'lit';
import type { SessionEntry, SessionState } from '../session';
import '../ui/notice-line';
import { strings } from '../ui/strings';
import { type Announcement, renderAnnouncements } from './announcements';

export interface Notices {
  state: SessionState;
  /** A sentence about the last action that did not work. */
  failure: string | null;
  /** Whether the last upload or clear is offered to be brought back, and whether that is possible now. */
  undo: { offered: boolean; possible: boolean };
  /** What was said after an undo or going back, with the way back there; null when there is nothing to say. */
  wayBack: { text: string; action: string | null; possible: boolean } | null;
  /** The newest run was cut off, and its files can be taken back too. */
  filesToo: boolean;
  /** The session is shown in place of one whose address leads nowhere. */
  unknownAddress: boolean;
  /** The list says that this session is deleted. */
  deleted: boolean;
  /** What this tab deleted last. */
  lastDeleted: SessionEntry | null;
  /** What happens around the page. */
  announcements: readonly Announcement[];
  reopen(): void;
  dismissFailure(): void;
  dismissNotice(): void;
  dismissUnknownAddress(): void;
  takeFilesBack(): void;
  goForward(): void;
  dismissWayBack(): void;
  undoReplace(): void;
  dismissUndo(): void;
  bringBack(entry: SessionEntry | null): void;
  dismissDeleted(): void;
  openHere(): void;
}

export function renderNotices(notices: Notices) {
  const words = strings.notice;
  const { state, failure, undo, wayBack, lastDeleted } = notices;
  return [
    state.phase === 'closed'
      ? html`<dormouse-notice .tone=${'error'} .text=${state.error?.message ?? words.closed} .action=${words.reopen} @act=${notices.reopen}></dormouse-notice>`
      : nothing,
    state.storeFailure && state.phase !== 'closed'
      ? html`<dormouse-notice .tone=${'error'} .text=${words.storeFailed(state.storeFailure.message)} .action=${words.reopen} @act=${notices.reopen}></dormouse-notice>`
      : nothing,
    state.phase === 'looking'
      ? html`<dormouse-notice .text=${strings.looking.text} .action=${strings.looking.openHere} @act=${notices.openHere}></dormouse-notice>`
      : nothing,
    state.saved.kind === 'memory' ? html`<dormouse-notice .tone=${'caution'} .text=${words.memory}></dormouse-notice>` : nothing,
    notices.deleted
      ? html`<dormouse-notice
          .tone=${'caution'}
          .text=${strings.sessions.isDeleted}
          .action=${words.bringBack}
          @act=${() => notices.bringBack(null)}
        ></dormouse-notice>`
      : nothing,
    notices.unknownAddress
      ? html`<dormouse-notice .tone=${'caution'} .text=${strings.sessions.unknown} .dismissable=${true} @dismiss=${notices.dismissUnknownAddress}></dormouse-notice>`
      : nothing,
    failure === null
      ? nothing
      : html`<dormouse-notice .tone=${'error'} .text=${failure} .dismissable=${true} @dismiss=${notices.dismissFailure}></dormouse-notice>`,
    state.notice === null
      ? nothing
      : html`<dormouse-notice
          .tone=${'caution'}
          .text=${state.notice}
          .action=${notices.filesToo ? strings.wayBack.filesToo : null}
          .dismissable=${true}
          @act=${notices.takeFilesBack}
          @dismiss=${notices.dismissNotice}
        ></dormouse-notice>`,
    wayBack === null
      ? nothing
      : html`<dormouse-notice
          .text=${wayBack.text}
          .action=${wayBack.action}
          .actionPossible=${wayBack.possible}
          .dismissable=${true}
          @act=${notices.goForward}
          @dismiss=${notices.dismissWayBack}
        ></dormouse-notice>`,
    lastDeleted === null
      ? nothing
      : html`<dormouse-notice
          .text=${strings.sessions.wasDeleted(lastDeleted.name)}
          .action=${words.bringBack}
          .dismissable=${true}
          @act=${() => notices.bringBack(lastDeleted)}
          @dismiss=${notices.dismissDeleted}
        ></dormouse-notice>`,
    undo.offered
      ? html`<dormouse-notice
          .text=${state.undoable === 'clear' ? words.cleared : words.uploaded}
          .action=${words.bringBack}
          .actionPossible=${undo.possible}
          .dismissable=${true}
          @act=${notices.undoReplace}
          @dismiss=${notices.dismissUndo}
        ></dormouse-notice>`
      : nothing,
    renderAnnouncements(notices.announcements),
  ];
}
