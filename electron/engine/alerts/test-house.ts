/** For tests: a keeper over a real file, without threads; its clock stands still until it is told. */
import { onTestFinished } from 'vitest';
import type { AlertRuleDraft, AlertTrigger } from '../../../shared/alerts.ts';
import type { HintTopic } from '../../../shared/contract.ts';
import type { HistoryPort } from '../history-port.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import type { CommandName, Commands } from '../store/commands.ts';
import type { QueryName } from '../store/queries/table.ts';
import { second, spanDraft, t0, trace } from '../store/test-history.ts';
import { TestRuntime, words } from '../store/test-runtime.ts';
import { AlertKeeper } from './alert-keeper.ts';

export interface StoredAlert { readonly id: number; readonly rule: number; readonly key: string; readonly kind: string; readonly state: string; readonly title: string; readonly text: string; readonly times: number; readonly steps: number; readonly resolved_by: string | null; readonly agent: number | null }

export class AlertHouse {
  readonly runtime = new TestRuntime();
  keeper: AlertKeeper;
  atUs = t0 + 60 * second;
  readonly asked: QueryName[] = [];
  readonly errors: unknown[] = [];
  /** the command of that name does not succeed. */
  broken: string | null = null;
  readonly #listeners = new Set<(note: CommitNote) => void>();
  #spans = 0;

  constructor() {
    this.runtime.history.db.exec('UPDATE alert_rule SET enabled = 0');
    this.keeper = this.#keeper();
    onTestFinished(async () => {
      await this.keeper.close();
      this.runtime.close();
    });
  }

  #keeper(): AlertKeeper {
    const history = {
      onCommit: (listener: (note: CommitNote) => void) => { this.#listeners.add(listener); return () => this.#listeners.delete(listener); },
      command: (name: CommandName, params: never) => (name === this.broken ? Promise.reject(new Error('the disk is full')) : Promise.resolve(this.runtime.command(name, params, this.atUs))),
      query: (name: QueryName, params: unknown) => { this.asked.push(name); return Promise.resolve(this.runtime.ask(name, params, this.atUs)); },
    } as unknown as HistoryPort;
    const log = { info: () => undefined, warn: () => undefined, error: (_text: string, error: unknown) => { this.errors.push(error); } };
    return new AlertKeeper({ history, log, clock: { now: () => this.atUs / 1_000 }, from: { product: 'Gatehouse', version: '1.0', host: 'here' } });
  }

  /** A new engine on the same file. */
  async restart(): Promise<void> {
    await this.keeper.close();
    this.keeper = this.#keeper();
  }

  command<N extends CommandName>(name: N, params: Commands[N]['params']): Commands[N]['result'] { return this.runtime.command(name, params, this.atUs); }

  rule(trigger: AlertTrigger, more: Partial<AlertRuleDraft> & { id?: number; targets?: readonly number[]; steps?: readonly { afterMin: number; targets: readonly number[] }[] } = {}): number {
    const { id = null, targets = [], steps = [], ...rest } = more;
    const draft: AlertRuleDraft = { name: 'mine', trigger, watches: { kind: 'everything' }, severity: 'attention', sustainedS: 0, targetIds: [], escalation: [], tellEnd: false, enabled: true, ...rest };
    const saved = this.command('alertRules.save', { id, draft, targets, escalation: steps, changedBy: 'ann', audit: words('ann') });
    this.commit(['alerts']);
    return saved.id;
  }

  target(name: string): number { return this.command('targets.save', { id: null, name, config: { kind: 'desktop' }, quiet: null, enabled: true, changedBy: 'ann', audit: words('ann') }).id; }

  commit(topics: readonly HintTopic[]): void { for (const listener of this.#listeners) listener({ t: 'commit', firstActivityId: 0, lastActivityId: 0, inserted: 0, updatedIds: [], topics }); }

  async look(afterS = 0): Promise<void> {
    this.atUs += afterS * second;
    await this.keeper.look();
  }

  /** Calls of an agent that telemetry tells of, so long ago. */
  calls(n: number, more: Partial<Parameters<typeof spanDraft>[2]> & { agent?: string; agoS?: number; connection?: number } = {}): void {
    const { agent = 'clerk', agoS = 1, connection = this.sender(), ...rest } = more;
    this.runtime.tell(Array.from({ length: n }, () => {
      this.#spans += 1;
      return spanDraft(this.#spans, 0, { traceId: trace(this.#spans), agent: { name: agent }, name: 'search', statusExplicit: true, startUs: this.atUs - agoS * second, endUs: this.atUs - agoS * second + 1_000, ...rest });
    }), connection, 'svc', undefined, this.atUs);
  }

  failures(n: number, message = 'boom', more: Parameters<AlertHouse['calls']>[1] = {}): void { this.calls(n, { status: 'error', error: { type: 'E', message }, ...more }); }

  sender(): number {
    const [row] = this.runtime.history.all<{ id: number }>("SELECT id FROM connection WHERE kind = 'otlp' ORDER BY id LIMIT 1");
    return row?.id ?? this.runtime.history.connect('sender');
  }

  gap(connection: number, fromUs: number, toUs: number | null): number {
    return Number(this.runtime.history.db.prepare("INSERT INTO gap (connection, from_us, to_us, reason, text) VALUES (?, ?, ?, 'connection_off', 'It was switched off.')").run(connection, fromUs, toUs).lastInsertRowid);
  }

  agent(name: string): number { return this.runtime.history.all<{ id: number }>('SELECT id FROM agent WHERE name = ?', name)[0]?.id ?? 0; }
  alerts(): StoredAlert[] { return this.runtime.history.all<StoredAlert>('SELECT id, rule, key, kind, state, title, text, times, steps, resolved_by, agent FROM alert ORDER BY id'); }
  keys(): string[] { return this.alerts().map((one) => `${one.key} ${one.state} ${one.times}`); }
  deliveries(): { readonly what: string; readonly target: number; readonly body: string; readonly step: number }[] { return this.runtime.history.all('SELECT what, target, body, step FROM delivery ORDER BY id'); }
}
