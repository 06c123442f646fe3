/** For tests: runtimes that list grants, documents that people import, agents that call tools, all folded, and questions as the reader answers them. */
import { onTestFinished } from 'vitest';
import { contract, type Params, type Result } from '../../../../shared/contract.ts';
import type { DocumentRole } from '../../../../shared/access.ts';
import { readDocument } from '../../access/read-document.ts';
import type { Discovered, FoundGrant } from '../../ingest/collected.ts';
import type { Draft } from '../../ingest/draft.ts';
import { openReader, type ReadDb } from '../database.ts';
import { historyFile } from '../open.ts';
import { logDraft, second, t0 } from '../test-history.ts';
import { TestRuntime, words } from '../test-runtime.ts';
import { Reading } from './reading.ts';
import { queries } from './table.ts';

export const at = (seconds: number): number => t0 + seconds * second;
export const now = at(600);
export const tool = (name: string, more: Partial<FoundGrant> = {}): FoundGrant => ({ kind: 'tool', name, description: null, readOnly: true, destructive: null, openWorld: false, idempotent: null, from: 'tools/list', ...more });
export const wipes = (name: string): FoundGrant => tool(name, { readOnly: false, destructive: true });
export const listed = (id: string, grants: readonly FoundGrant[]): Discovered['agents'][number] => ({ claim: { id, name: id }, aliases: [], grants, atUs: at(1) });
export const policy = (actions: readonly string[], resource = '*'): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }] });

type Asked = Extract<keyof typeof queries, keyof typeof contract>;

export class AccessStory {
  readonly runtime = new TestRuntime();
  private readonly db: ReadDb;
  /** One reader for the whole story, as the thread has: what it keeps in memory has to follow what is written. */
  private readonly reading: Reading;
  private calls = 0;

  constructor() {
    this.db = openReader(historyFile(this.runtime.history.dir));
    this.reading = new Reading(this.db);
  }

  close(): void {
    this.db.close();
    this.runtime.close();
  }

  fold(nowUs = now): void {
    for (let turns = 0; this.runtime.writer.foldAccess(nowUs, 50).more; turns += 1) if (turns > 1_000) throw new Error('the fold does not come to an end');
  }

  list(agents: Discovered['agents'], seconds = 1, grants: readonly FoundGrant[] = [], connection = this.runtime.connection): void {
    this.runtime.discover({ agents, grants: [...grants] }, at(seconds), connection);
    this.fold(at(seconds));
  }

  call(by: string, name: string, seconds: number, more: Partial<Draft> = {}): void {
    this.calls += 1;
    this.runtime.collect({ records: [{ draft: logDraft(`tool:${this.calls}`, seconds, { name, agent: { id: by, name: by }, ...more }), raw: '{}' }] }, at(seconds + 1));
    this.fold();
  }

  /** Its id. */
  give(agents: readonly string[], text: string, more: { role?: DocumentRole; credential?: string; name?: string } = {}): string {
    const { readings, understood, problems } = readDocument({ format: 'iam', role: more.role ?? 'identity', text });
    const document = { name: more.name ?? 'policy', format: 'iam' as const, role: more.role ?? 'identity' as const, enforcement: 'enforced' as const, credential: more.credential ?? null, text, understood, problems };
    const { id } = this.runtime.command('access.import', { document, readings, agents: agents.map((name) => this.agent(name)), audit: words('ann') });
    this.fold();
    return `gdc-${id.toString(36)}`;
  }

  agent(name: string): number {
    return this.runtime.history.all<{ id: number }>('SELECT id FROM agent WHERE name = ?', name)[0]?.id ?? 0;
  }

  id(name: string): string {
    return `agt-${this.agent(name).toString(36)}`;
  }

  /** What the contract promises, or the test fails. */
  ask<N extends Asked>(name: N, params: Params<N>, nowUs = now): Result<N> {
    return this.asked(this.reading, name, params, nowUs);
  }

  /** As a reader that keeps nothing yet answers. */
  askAnew<N extends Asked>(name: N, params: Params<N>, nowUs = now): Result<N> {
    return this.asked(new Reading(this.db), name, params, nowUs);
  }

  private asked<N extends Asked>(reading: Reading, name: N, params: Params<N>, nowUs: number): Result<N> {
    reading.begin();
    const found = (queries[name] as unknown as (reading: Reading, params: unknown, nowUs: number) => unknown)(reading, contract[name].params.parse(params), nowUs);
    const { error } = contract[name].result.safeParse(found);
    if (error !== undefined) throw new Error(`The answer of ${name} breaks the contract: ${error.message}`);
    return found as Result<N>;
  }
}

/** Closed when the test that asked for it is over. */
export function accessStory(): AccessStory {
  const story = new AccessStory();
  onTestFinished(() => story.close());
  return story;
}
