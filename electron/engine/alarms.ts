/** Sentences that a person must act on. Those that outlive a start are in the history; the others end with their cause. */
import type { SystemStatus } from '../../shared/contract.ts';
import type { AllCommands } from './store/protocol.ts';
import { auditBy } from './audit-words.ts';
import { CallFailure } from './call-failure.ts';
import type { HistoryPort } from './history-port.ts';
import { ask } from './history-port.ts';
import { systemClock } from './ports.ts';
import type { Actor, Clock, Log } from './ports.ts';
import type { AuditWords } from './store/runtime-commands.ts';

type StoredAlarm = AllCommands['alarms.raise']['params'];
type Severity = StoredAlarm['severity'];

export class Alarms {
  readonly #history: HistoryPort;
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #clock: Clock;
  readonly #now = new Map<string, StoredAlarm>();

  constructor(history: HistoryPort, log: Log, changed: () => void, clock: Clock = systemClock) {
    this.#history = history;
    this.#log = log;
    this.#changed = changed;
    this.#clock = clock;
  }

  /** Holds as long as its cause; gone with the engine. */
  raise(id: string, severity: Severity, text: string): void {
    const before = this.#now.get(id);
    if (before?.text === text && before.severity === severity) return;
    this.#now.set(id, { id, severity, text, sinceUs: before?.sinceUs ?? this.#clock.now() * 1_000 });
    this.#log.warn(`alarm ${id}`, { severity });
    this.#changed();
  }

  /** What happened once and is over: kept until a person has seen it. */
  async tell(id: string, severity: Severity, text: string): Promise<void> {
    try {
      await this.#history.command('alarms.raise', { id, severity, text, sinceUs: this.#clock.now() * 1_000 });
      this.#changed();
    } catch (error) {
      // The history takes no writes now: at least as long as the engine runs it is said.
      this.#log.error(`alarm ${id} could not be stored`, error);
      this.raise(id, severity, text);
    }
  }

  clear(id: string): void {
    if (this.#now.delete(id)) this.#changed();
  }

  async list(): Promise<SystemStatus['alarms']> {
    const { alarms } = await ask(this.#history, 'engineFacts', {});
    const all = new Map([...alarms, ...this.#now.values()].map((alarm) => [alarm.id, alarm]));
    return [...all.values()].map(({ id, severity, text, sinceUs }) => ({ id, severity, text, since: new Date(sinceUs / 1_000).toISOString() }));
  }

  async dismiss(id: string, actor: Actor): Promise<void> {
    const here = this.#now.get(id);
    this.#now.delete(id);
    const { alarms } = await ask(this.#history, 'engineFacts', {});
    const stored = alarms.find((alarm) => alarm.id === id);
    const words = (text: string): AuditWords => auditBy(actor, { action: 'alarm.dismiss', subject: null, outcome: 'done', text: `Put away the notice: ${text}`, details: { alarm: id } });
    if (stored !== undefined) await this.#history.command('alarms.dismiss', { id, audit: words(stored.text) });
    else if (here !== undefined) await this.#history.command('audit.append', words(here.text));
    else throw new CallFailure('not_found', 'This alarm is gone already.');
    this.#changed();
  }
}
