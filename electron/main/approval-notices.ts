/** New approvals on the desktop: a notification and the badge. Knows no Electron, so that its rules are tested. */
import type { EngineProcessMessage } from '../../shared/engine-process.ts';

export type ApprovalsMessage = Extract<EngineProcessMessage, { t: 'approvals' }>;

export interface Desktop {
  notify(title: string, body: string, clicked: () => void): void;
  setBadge(count: number): void;
  /** the window is in front and has the keyboard: a notification would only repeat what is seen. */
  isWatched(): boolean;
  /** brings the window to the front with the approvals open. */
  show(): void;
}

const mostCharacters = 120;

/**
 * SECURITY: some desktops read markup in a notification and some follow links in it: agent text comes without anything that could be either,
 * and without characters that cannot be seen or that turn the direction of others.
 */
export function plainForNotice(text: string): string {
  const plain = text.normalize('NFC').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD').replaceAll('<', '\u2039').replaceAll('>', '\u203A').replaceAll('&', '+').replaceAll('://', ':\u2044\u2044');
  return plain.length > mostCharacters ? `${plain.slice(0, mostCharacters - 1)}\u2026` : plain;
}

export class ApprovalNotices {
  readonly #desktop: Desktop;

  constructor(desktop: Desktop) { this.#desktop = desktop; }

  tell({ waiting, fresh }: ApprovalsMessage): void {
    this.#desktop.setBadge(waiting);
    const [first, ...rest] = fresh;
    if (first === undefined || this.#desktop.isWatched()) return;
    // One for all that came together: ten agents that ask at once must not fill the screen.
    const title = rest.length === 0 ? `${plainForNotice(first.agent)} asks for approval` : `${fresh.length} new approvals wait`;
    const body = rest.length === 0 ? plainForNotice(first.title) : [...new Set(fresh.map((one) => plainForNotice(one.agent)))].slice(0, 4).join(', ');
    this.#desktop.notify(title, body, () => this.#desktop.show());
  }
}
