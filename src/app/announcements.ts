/** Lines that the page shows for what happens around it: a new version of the app, a copy that is due. */
import { html } from 'lit';
import '../ui/notice-line';

export interface Announcement {
  text: string;
  /** The name of what can be done about it; null for nothing. */
  action: string | null;
  /** Whether it can be done now. */
  possible: boolean;
  act(): void;
  dismiss(): void;
}

/** Where they are shown, whichever page or session that is. */
export interface AnnouncementHost {
  /** Shows a line in place of the one of that name; null takes it away. */
  announce(name: string, announcement: Announcement | null): void;
}

export const renderAnnouncements = (announcements: readonly Announcement[]) =>
  announcements.map(
    ({ text, action, possible, act, dismiss }) => html`<dormouse-notice
      .text=${text}
      .action=${action}
      .actionPossible=${possible}
      .dismissable=${true}
      @act=${act}
      @dismiss=${dismiss}
    ></dormouse-notice>`,
  );
