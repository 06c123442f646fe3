/** For tests: a runtime that does as it is told, and its connector. */
import type { Decision } from '../../../shared/contract.ts';
import type { AnswerGiven, Batch, Connector, ConnectorIo, ConnectorKind, Discovered, FoundApproval } from '../connectors/connector.ts';
import { RuntimeFault } from '../connectors/connector.ts';

export const foundApproval = (key: string, more: Partial<FoundApproval> = {}): FoundApproval => ({
  key, agent: { id: 'clerk-1', name: 'clerk' }, run: { kind: 'run', id: 'run-1' }, kind: 'tool_call', title: 'send_payment 41 EUR', askedUs: Date.now() * 1_000, askedInferred: false, expiresUs: null,
  answers: ['approve', 'reject'], actions: [{ name: 'send_payment', parameters: '{"eur":41}', description: null, answers: ['approve', 'reject'] }], question: null, responseShape: null,
  destructive: true, onBehalfOf: 'ada', evidence: [], note: null, raw: `{"id":"${key}","args":{"eur":41}}`, ...more,
});

type Records = Batch['records'];

/** What the runtime itself holds; the connector only reads it and answers. */
export class FakeRuntime {
  key: string | null = null;
  fault: Error | null = null;
  waiting: FoundApproval[] = [];
  runs: { id: string; seq: number; outcome: 'running' | 'completed' }[] = [];
  answered: { key: string; answer: Decision['answer'] }[] = [];
  /** in the middle of an answer, after it was re-read. */
  whileAnswering: (() => Promise<void> | void) | null = null;
  collects = 0;
  opened = 0;
  checkpoints: (string | null)[] = [];
  #seq = 0;

  run(id: string, outcome: 'running' | 'completed' = 'running'): void {
    this.runs = [...this.runs.filter((one) => one.id !== id), { id, seq: ++this.#seq, outcome }];
  }

  readonly kind: ConnectorKind<'langgraph'> = {
    declaration: {
      kind: 'langgraph', title: 'Fake', levers: [], pollEveryMs: 40, discoverEveryMs: 60_000, auth: { header: 'x-api-key', scheme: 'plain' },
      capabilities: [{ name: 'approvals', state: 'yes', how: 'poll', lagMs: 40, text: '' }, { name: 'cost', state: 'no', how: null, lagMs: null, text: 'Not told.' }],
    },
    open: (_target, io) => { this.opened++; return this.#connector(io); },
  };

  #connector(io: ConnectorIo): Connector {
    return {
      discover: async () => { await this.#door(io); return this.#discovered(); },
      collect: async (checkpoint) => {
        this.checkpoints.push(checkpoint);
        await this.#door(io);
        this.collects++;
        return { records: this.#since(Number(checkpoint ?? 0)), approvals: [...this.waiting], stuck: [], refused: [], checkpoint: String(this.#seq), more: false, gaps: [] };
      },
      readApproval: async (key) => { await this.#door(io); return this.waiting.find((one) => one.key === key) ?? null; },
      answer: (key, decision, stillTheSame) => this.#answer(io, key, decision, stillTheSame),
      test: async () => { await this.#door(io); return { checks: [{ id: 'reach', title: 'Reachable', result: 'ok', detail: 'It answers.', fix: null, ms: 1 }], facts: this.#discovered().facts }; },
      close: () => Promise.resolve(),
    };
  }

  async #door(io: ConnectorIo): Promise<void> {
    const secret = await io.secret();
    if (this.fault !== null) throw this.fault;
    if (this.key !== null && secret !== this.key) throw new RuntimeFault('credential_refused', `It refuses the credential (HTTP 401: "bad key ${secret ?? 'none'}").`, { status: 401 });
  }

  async #answer(io: ConnectorIo, key: string, decision: Decision, stillTheSame: (now: FoundApproval) => boolean): Promise<AnswerGiven> {
    await this.#door(io);
    const found = this.waiting.find((one) => one.key === key);
    if (!found) throw new RuntimeFault('gone', 'Nothing waits there.', { status: 404 });
    if (!stillTheSame(found)) throw new RuntimeFault('conflict', 'It changed.');
    await this.whileAnswering?.();
    if (!this.waiting.includes(found)) throw new RuntimeFault('conflict', 'Thread is already running a task.', { status: 422 });
    this.waiting = this.waiting.filter((one) => one !== found);
    this.answered.push({ key, answer: decision.answer });
    return { text: 'run-2 was started.', answered: found };
  }

  #discovered(): Discovered {
    return {
      facts: { product: 'Fake runtime', version: '1.0', visibility: 'all', visibilityText: 'All.', capabilities: this.kind.declaration.capabilities, levers: [], findings: [] },
      agents: [{ claim: { id: 'clerk-1', name: 'clerk' }, aliases: [], grants: [], atUs: Date.now() * 1_000 }], grants: [], complete: true, refused: [],
    };
  }

  #since(seq: number): Records {
    return this.runs.filter((one) => one.seq > seq).map(({ id, outcome }) => ({
      raw: JSON.stringify({ id, outcome, headers: { 'x-api-key': this.key } }),
      draft: {
        source: 'fake/run', role: 'agent' as const, traceId: '', spanId: '', parentSpanId: '', key: `run:${id}`, run: { kind: 'run' as const, id }, agent: { id: 'clerk-1', name: 'clerk' }, kind: 'lifecycle' as const, name: 'clerk',
        status: outcome === 'running' ? 'running' as const : 'ok' as const, statusExplicit: true, startUs: Date.now() * 1_000, taskOutcome: outcome, ...(outcome === 'completed' ? { endUs: Date.now() * 1_000 } : {}),
      },
    }));
  }
}
