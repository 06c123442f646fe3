/** A notification on the desktop, shown by whoever started this engine. */
import type { EngineProcessMessage, ShellMessage } from '../../../../shared/engine-process.ts';
import { headline } from './message-words.ts';
import { cut } from './plain-text.ts';
import { DeliveryFault } from './sending.ts';
import type { Remark, Sending } from './sending.ts';

export type DesktopAlert = Extract<EngineProcessMessage, { t: 'alert' }>;
export type DesktopReply = Extract<ShellMessage, { t: 'alert' }>;

export interface DesktopPort {
  /** Resolves with what the desktop said; rejects when it said nothing in time, or `signal` ended. */
  show(alert: Omit<DesktopAlert, 't' | 'n'>, signal: AbortSignal): Promise<{ readonly ok: boolean; readonly text: string }>;
}

const answerWithinMs = 10_000;

/** The desktop of the program that started this engine, asked over its line. */
export class ParentDesktop implements DesktopPort {
  readonly #send: (alert: DesktopAlert) => void;
  readonly #waiting = new Map<number, (reply: DesktopReply) => void>();
  #next = 1;

  constructor(send: (alert: DesktopAlert) => void) { this.#send = send; }

  hear(reply: DesktopReply): void { this.#waiting.get(reply.n)?.(reply); }

  show(alert: Omit<DesktopAlert, 't' | 'n'>, signal: AbortSignal): Promise<DesktopReply> {
    const n = this.#next++;
    return new Promise<DesktopReply>((done, fail) => {
      const giveUp = (): void => fail(new DeliveryFault('The desktop did not say that it showed the notification.'));
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.set(n, done);
      if (signal.aborted) giveUp();
      else this.#send({ t: 'alert', n, ...alert });
    }).finally(() => this.#waiting.delete(n));
  }
}

/** Null: this engine runs without a desktop. It is not said to be sent; the inbox has it. */
export async function sendDesktop(desktop: DesktopPort | null, { message, signal, limits }: Sending<'desktop'>): Promise<Remark> {
  if (desktop === null) throw new DeliveryFault('No desktop runs with this engine, so no notification was shown. The alert is in the inbox.', { alarming: false });
  const attempt = AbortSignal.any([signal, AbortSignal.timeout(Math.min(limits.totalMs, answerWithinMs))]);
  const { id, severity, text } = message.alert;
  const { ok, text: said } = await desktop.show({ id, severity, title: cut(headline(message), 200), text: cut(text, 500) }, attempt);
  if (!ok) throw new DeliveryFault(said);
  return said === '' ? null : said;
}
