/** Asks every runtime, reading only, whether our stop credential would be let in: before it is needed. */
import { auditBy, auditByEngine } from '../audit-words.ts';
import type { AuditDeed } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { RightCheck } from '../connectors/stopping.ts';
import { plural } from '../plural.ts';
import type { Actor } from '../ports.ts';
import { rowIdOf } from '../store/ids.ts';
import { within } from './deadline.ts';
import { faultWords } from './pull-fault.ts';
import { leverText } from './pull-lever.ts';
import { usOf } from './stop-context.ts';
import type { StopContext } from './stop-context.ts';

const askWithinMs = 10_000;

export class RightsDesk {
  readonly #context: StopContext;
  #asking: Promise<{ asked: number; missing: number }> | null = null;

  constructor(context: StopContext) { this.#context = context; }

  /** One round at a time: whoever asks meanwhile gets that one's answer. */
  check(actor: Actor | null = null): Promise<{ asked: number; missing: number }> {
    this.#asking ??= this.#written(actor).finally(() => { this.#asking = null; });
    return this.#asking;
  }

  /** `actor` null: by the clock. */
  async #written(actor: Actor | null): Promise<{ asked: number; missing: number }> {
    const write = (outcome: AuditDeed['outcome'], text: string, details: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
      const deed: AuditDeed = { action: 'stop.rights', subject: null, outcome, text, details };
      return this.#context.history.command('audit.append', actor === null ? auditByEngine(deed) : auditBy(actor, deed));
    };
    await write('asked', 'Asks the runtimes whether our stop credentials would be let in; reads only.');
    const found = await this.#check();
    if (!this.#context.life.aborted) await write('done', `Asked ${plural(found.asked, 'runtime')} whether our stop credentials would be let in: ${found.missing === 0 ? 'no right is missing' : `${plural(found.missing, 'runtime')} would refuse`}.`, found);
    return found;
  }

  async #check(): Promise<{ asked: number; missing: number }> {
    const connections = await this.#context.history.read.connections();
    const runtimes = connections.filter((one) => one.kind !== 'otlp' && one.enabled).flatMap((one) => rowIdOf('connection', one.id) ?? []);
    const found = (await Promise.all(runtimes.map((connection) => this.#ask(connection)))).filter((one) => one !== null);
    return { asked: found.length, missing: found.filter((checks) => checks.some((one) => one.result === 'missing')).length };
  }

  /** Null: nothing there can be asked. */
  async #ask(connection: number): Promise<readonly RightCheck[] | null> {
    const checks = await this.#checksOf(connection).catch((error: unknown) => {
      if (!this.#context.life.aborted) this.#context.log.error('the rights to stop could not be asked for', error, { connection });
      return null;
    });
    if (checks === null || checks.length === 0 || this.#context.life.aborted) return null;
    await this.#context.history.command('rights.write', { connection, checks, atUs: usOf(this.#context.clock) });
    return checks;
  }

  async #checksOf(connection: number): Promise<readonly RightCheck[] | null> {
    const { life, ports } = this.#context;
    const open = await ports.open(connection).catch((error: unknown) => {
      if (error instanceof CallFailure) return null;
      throw error;
    });
    if (open === null || open.runtime === null) return null;
    const { runtime } = open;
    try {
      return open.mask()(await within(askWithinMs, [life, open.signal], (signal) => runtime.rights(signal)));
    } catch (error) {
      const { ours, text } = faultWords(error);
      if (ours) throw error;
      return (['cancel', 'suspend', 'revoke'] as const).map((level) => ({ level, result: 'unknown' as const, text: leverText(open, `It could not be asked: ${text}`) }));
    } finally {
      await open.giveBack();
    }
  }
}
