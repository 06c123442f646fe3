/**
 * Who looked at what agents and tools wrote. One entry for each activity or approval, actor and hour: a screen that asks again every few seconds
 * is one look, and the log is not filled by it. Written beside the answer, which does not wait for it.
 */
import { auditBy } from './audit-words.ts';
import type { Actor, Clock, Log } from './ports.ts';
import { systemClock } from './ports.ts';
import type { AuditWords } from './store/runtime-commands.ts';

export interface ContentViewParts {
  readonly history: { command(name: 'audit.append', params: AuditWords): Promise<unknown> };
  readonly log: Log;
  readonly clock?: Clock;
}

const hourMs = 3_600_000;
/** Far more than a person opens in an hour; a program that opens more is written down again and again, which is what it does. */
const mostKept = 20_000;

const looks = { activity: 'Looked at the content of an activity.', approval: 'Looked at the whole request of an approval.', document: 'Looked at the text of an access document.', failure: 'Looked at what a group of failures says.' } as const;

export class ContentViews {
  readonly #parts: ContentViewParts;
  readonly #seen = new Set<string>();
  #hour = -1;

  constructor(parts: ContentViewParts) { this.#parts = parts; }

  note(what: keyof typeof looks, subject: string, actor: Actor): void {
    const hour = Math.floor((this.#parts.clock ?? systemClock).now() / hourMs);
    if (hour !== this.#hour || this.#seen.size >= mostKept) this.#seen.clear();
    this.#hour = hour;
    const key = `${what} ${subject} ${actor.kind} ${actor.place} ${actor.name}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const words = auditBy(actor, { action: 'content.view', subject, outcome: 'done', text: looks[what], details: { what, place: actor.place, readOnly: actor.readOnly, shown: actor.text ?? 'full' } });
    this.#parts.history.command('audit.append', words).catch((error: unknown) => {
      // It was not written: the next look tries again.
      this.#seen.delete(key);
      this.#parts.log.error('a look at content could not be written down', error);
    });
  }
}
