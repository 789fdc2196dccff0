/** The panel of packages with what the page does for it: files to be downloaded. Event: `close`. */
import { css, html, LitElement } from 'lit';
import type { Session, SessionState } from '../session';
import '../ui/packages-panel';
import type { PackagesPanel } from '../ui/packages-panel';
import { saveBlob } from './save-blob';

export class PackagesPane extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    occupied: { attribute: false },
  };

  declare session: Session;
  declare state: SessionState;
  declare occupied: boolean;

  override focus(): void {
    this.renderRoot.querySelector<PackagesPanel>('dormouse-packages')?.focus();
  }

  /** With what is in it, so that it can get the focus. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const complete = await super.getUpdateComplete();
    await this.renderRoot.querySelector<PackagesPanel>('dormouse-packages')?.updateComplete;
    return complete;
  }

  override render() {
    return html`<dormouse-packages
      .session=${this.session}
      .state=${this.state}
      .occupied=${this.occupied}
      @close=${() => this.dispatchEvent(new CustomEvent('close'))}
      @save=${({ detail: { name, text } }: CustomEvent<{ name: string; text: string }>) => saveBlob(new Blob([text], { type: 'text/plain' }), name)}
    ></dormouse-packages>`;
  }

  static override styles = css`
    :host {
      display: grid;
      grid-template: minmax(0, 1fr) / minmax(0, 1fr);
      min-block-size: 0;
    }

    dormouse-packages {
      min-block-size: 0;
    }
  `;
}

customElements.define('dormouse-packages-pane', PackagesPane);
