/** Alerts on the desktop: a notification, and one for all that come close together. Knows no Electron, so that its rules are tested. */
import type { EngineProcessMessage, ShellMessage } from '../../shared/engine-process.ts';
import { plainForNotice } from './approval-notices.ts';

export type AlertMessage = Extract<EngineProcessMessage, { t: 'alert' }>;
export type AlertAnswer = Omit<Extract<ShellMessage, { t: 'alert' }>, 't' | 'n'>;

export interface AlertDesktop {
  /** Resolves with null once it was shown, else with why it was not. */
  notify(title: string, body: string, urgent: boolean, clicked: () => void): Promise<string | null>;
  /** brings the window to the front with this alert open; null: with the inbox. */
  show(alert: string | null): void;
}

/** After a notification, for so long: what comes meanwhile is one. */
const gatherMs = 5_000;
const mostTitles = 4;
const mostKept = 100;

export class AlertNotices {
  readonly #desktop: AlertDesktop;
  #gathered: AlertMessage[] = [];
  #more = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(desktop: AlertDesktop) { this.#desktop = desktop; }

  /**
   * Shown also while the window is in front: an alert that is said to be told must be seen by whoever asked for it on the desktop. What is gathered is
   * answered at once, or whoever delivers one by one would never have two to gather.
   */
  async tell(message: AlertMessage): Promise<AlertAnswer> {
    if (this.#timer !== null) {
      if (this.#gathered.length < mostKept) this.#gathered.push(message);
      else this.#more += 1;
      return { ok: true, text: 'It is shown together with others that came in the same moment.' };
    }
    this.#timer = setTimeout(() => this.#showGathered(), gatherMs);
    return this.#show(plainForNotice(message.title), plainForNotice(message.text), message.severity === 'urgent', message.id);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #showGathered(): void {
    this.#timer = null;
    const gathered = this.#gathered.splice(0);
    const count = gathered.length + this.#more;
    this.#more = 0;
    const [only] = gathered;
    if (only === undefined) return;
    // A flood is one notification every few seconds, not one for each.
    this.#timer = setTimeout(() => this.#showGathered(), gatherMs);
    const urgentFirst = [...gathered.filter(isUrgent), ...gathered.filter((one) => !isUrgent(one))];
    const urgent = gathered.filter(isUrgent).length;
    const title = count === 1 ? plainForNotice(only.title) : `${count} more alerts${urgent === 0 ? '' : `, ${urgent} of them urgent`}`;
    const body = count === 1 ? plainForNotice(only.text) : urgentFirst.slice(0, mostTitles).map((one) => plainForNotice(one.title)).join('\n');
    // Whoever delivered these was answered: what the desktop says now changes nothing, and the inbox has them.
    void this.#show(title, body, urgent > 0, count === 1 ? only.id : null);
  }

  async #show(title: string, body: string, urgent: boolean, alert: string | null): Promise<AlertAnswer> {
    const problem = await this.#desktop.notify(title, body, urgent, () => this.#desktop.show(alert));
    return problem === null ? { ok: true, text: '' } : { ok: false, text: problem };
  }
}

const isUrgent = (message: AlertMessage): boolean => message.severity === 'urgent';
