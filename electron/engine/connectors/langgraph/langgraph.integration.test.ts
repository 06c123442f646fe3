/** Against both real servers: the registry's `latest` (2.0.0) and the one that is newer by date (1.5.1). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '../../../../shared/contract.ts';
import type { AnswerGiven, FoundApproval, RuntimeFault } from '../connector.ts';
import { testIo } from '../test-io.ts';
import { langgraph } from './langgraph.ts';
import { TestReader } from './test-reader.ts';
import { TestServer } from './test-server.ts';

const asks = (text: string): object => ({ messages: [{ role: 'user', content: text }] });
const same = (): boolean => true;
const approve: Decision = { answer: 'approve' };
const answer = async (by: TestReader, key: string, decision: Decision, still: (now: FoundApproval) => boolean = same): Promise<AnswerGiven> => {
  if (by.connector.answer === undefined) throw new Error('it cannot answer');
  return by.connector.answer(key, decision, still, by.signal);
};
const faultOf = (work: Promise<unknown>): Promise<RuntimeFault> => work.then(() => { throw new Error('it went well'); }, (error: RuntimeFault) => error);

function reader(server: TestServer, secret: string | null = 'key-admin', checkpoint: string | null = null): TestReader {
  return new TestReader(langgraph.open({ kind: 'langgraph', url: server.url }, testIo({ url: server.url, secret })), checkpoint);
}

describe.each(['1.5', '2.0'] as const)('a LangGraph server %s with keys', (which) => {
  let server: TestServer;
  let admin: TestReader;
  beforeAll(async () => {
    server = await TestServer.start(which, '--auth');
    admin = reader(server);
    await admin.connector.discover(admin.signal);
    await admin.turn();
  });
  afterAll(() => server.close());

  it('lists its agents with their tools and gates, and says what it is', async () => {
    const { agents, facts, complete } = await admin.connector.discover(admin.signal);
    expect(complete).toBe(true);
    expect(agents.map((agent) => agent.claim.name).sort()).toEqual(['contract-reader', 'invoice-desk', 'ledger-check', 'night-export', 'refund-desk', 'stock-watch', 'two-offices']);
    const refund = agents.find((agent) => agent.claim.name === 'refund-desk');
    expect(refund?.grants.map((grant) => `${grant.kind} ${grant.name}`)).toEqual(['gate HumanInTheLoopMiddleware.after_model', 'tool get_order', 'tool issue_refund', 'tool send_email']);
    expect(refund?.aliases).toEqual([`langgraph.assistant:${refund?.claim.id}`]);
    expect(facts).toMatchObject({ product: 'LangGraph Agent Server (JavaScript)', version: which === '1.5' ? '1.5.1' : '2.0.0' });
    expect(facts.findings.map((one) => one.id)).toContain('studio-door');
    expect(facts.findings.map((one) => one.id).includes('streams-open')).toBe(which === '1.5');
  });

  it('shows a run that somebody else started, with its steps, its tokens and who started it', async () => {
    // The best of three: other work on this machine is no fault of ours.
    const waits: number[] = [];
    let ids = { thread: '', run: '' };
    for (let tries = 0; tries < 3 && !waits.some((ms) => ms < 2_000); tries++) {
      const began = Date.now();
      ids = await server.startRun('key-ada', 'invoice-desk', asks('Pay INV-7'));
      await admin.until(() => admin.of(ids.run).length > 0, 'the run');
      waits.push(Date.now() - began);
    }
    expect(Math.min(...waits)).toBeLessThan(2_000);
    await admin.until(() => admin.outcome(ids.run) === 'completed', 'its end');
    const drafts = admin.of(ids.run);
    expect(drafts.filter((draft) => draft.kind === 'tool_call').map((draft) => [draft.name, draft.status])).toEqual([['get_invoice', 'ok'], ['find_supplier', 'ok'], ['send_payment', 'ok']]);
    const models = drafts.filter((draft) => draft.kind === 'model_call');
    expect(models.map((draft) => draft.model)).toEqual(['stand-in-large-1', 'stand-in-large-1', 'stand-in-large-1']);
    expect(models[1]?.usage).toMatchObject({ cacheReadTokens: 300 });
    expect(models[1]?.usage?.inputTokens).toBeLessThan(200);
    expect(drafts.find((draft) => draft.role === 'agent')).toMatchObject({ name: 'invoice-desk', status: 'ok', identity: { kind: 'delegated', of: 'ada' }, agent: { name: 'invoice-desk' } });
    // Every request of these tests carries a header that the server copies into its runs.
    expect(admin.raw.join('\n')).not.toContain('hunter2');
    expect(JSON.stringify((await server.as('key-ada', 'GET', `/threads/${ids.thread}/runs`)).body)).toContain('hunter2');
  });

  it('tells a tool that failed from a run that failed, with the words of both', async () => {
    const tool = await server.startRun('key-ada', 'invoice-desk', asks('Pay INV-8 refused'));
    const run = await server.startRun('key-bo', 'ledger-check', { period: '2026-09' });
    await admin.until(() => admin.outcome(tool.run) === 'completed' && admin.outcome(run.run) === 'failed', 'both ends');
    expect(admin.of(tool.run).find((draft) => draft.name === 'send_payment')).toMatchObject({ status: 'error', error: { message: expect.stringContaining('the account is blocked') } });
    expect(admin.of(run.run).find((draft) => draft.kind === 'error')).toMatchObject({ name: 'compare', error: { type: 'TypeError', message: 'Ledger 2026-09 is locked by another user' } });
    expect(admin.of(run.run).find((draft) => draft.role === 'agent')).toMatchObject({ status: 'error', error: { message: 'Ledger 2026-09 is locked by another user' } });
  });

  it('tells cancelled from failed, and the limit of steps from both', async () => {
    const ids = await server.startRun('key-ada', 'stock-watch', { ticks: 200, ms: 80 });
    await admin.until(() => admin.of(ids.run).filter((draft) => draft.kind === 'lifecycle' && draft.role === 'activity').length > 2, 'steps while it runs');
    expect(admin.outcome(ids.run)).toBe('running');
    await server.as('key-ada', 'POST', `/threads/${ids.thread}/runs/${ids.run}/cancel`, {});
    await admin.until(() => admin.outcome(ids.run) === 'cancelled', 'the cancel');
    const limit = await server.startRun('key-ada', 'stock-watch', { ticks: 200, ms: 1 }, { config: { recursion_limit: 12 } });
    await admin.until(() => admin.outcome(limit.run) === 'failed', 'the limit of steps');
    expect(admin.of(limit.run).find((draft) => draft.role === 'agent')?.error?.type).toBe('GraphRecursionError');
  });

  it('shows a question, lets exactly that one go on, and ends it', async () => {
    const ids = await server.startRun('key-ada', 'refund-desk', asks('Refund ORD-1'));
    const found = await admin.until(() => admin.approval(ids.run), 'the question');
    expect(found).toMatchObject({ kind: 'tool_call', answers: ['approve', 'reject', 'edit'], onBehalfOf: 'ada', actions: [{ name: 'issue_refund', description: 'A refund moves money to a customer.' }] });
    expect(JSON.parse(found.actions[0]?.parameters ?? '')).toEqual({ orderId: 'ORD-1', amount: 180, currency: 'EUR' });
    expect(admin.outcome(ids.run)).toBe('waiting');
    const given = await answer(admin, found.key, approve, (now) => now.raw === found.raw);
    expect(given.answered.key).toBe(found.key);
    await admin.until(() => admin.approval(ids.run) === undefined && admin.outcome(ids.run) === 'completed', 'the question answered');
    expect(admin.of(ids.run).find((draft) => draft.kind === 'approval')?.status).toBe('ok');
    const resumed = await admin.until(() => [...admin.drafts.values()].find((draft) => draft.key.startsWith('tool:') && draft.name === 'issue_refund' && draft.status === 'ok' && draft.run?.id !== ids.run), 'the refund');
    await admin.until(() => admin.outcome(resumed.run?.id ?? '') === 'completed', 'the end of the run that went on');
    expect(admin.of(resumed.run?.id ?? '').filter((draft) => draft.kind === 'model_call')).toHaveLength(1);
  });

  it('carries a refusal with its reason, and changed parameters', async () => {
    const no = await server.startRun('key-ada', 'refund-desk', asks('Refund ORD-2'));
    const found = await admin.until(() => admin.approval(no.run), 'the question');
    await answer(admin, found.key, { answer: 'reject', reason: 'Not this customer' });
    const denied = await admin.until(() => [...admin.drafts.values()].find((draft) => draft.key.startsWith('tool:') && draft.name === 'issue_refund' && draft.status === 'denied'), 'the refused call');
    expect(denied.error?.message).toBe('Not this customer');
    await admin.until(() => admin.of(no.run).find((draft) => draft.kind === 'approval')?.status === 'denied', 'the refusal');
    const edit = await server.startRun('key-ada', 'refund-desk', asks('Refund ORD-3'));
    const second = await admin.until(() => admin.approval(edit.run), 'the second question');
    await answer(admin, second.key, { answer: 'edit', parameters: [JSON.stringify({ orderId: 'ORD-3', amount: 20, currency: 'EUR' })] });
    await admin.until(() => admin.raw.some((raw) => raw.includes('refunded 20 EUR for ORD-3')), 'the smaller refund');
  });

  it('refuses an answer of the wrong shape before anything is sent, and one to a changed or answered question', async () => {
    const ids = await server.startRun('key-ada', 'refund-desk', asks('Refund ORD-4 both'));
    const found = await admin.until(() => admin.approval(ids.run), 'the question');
    expect(found.answers).toEqual(['approve', 'reject', 'edit']);
    const tries: Decision[] = [{ answer: 'respond', response: 'yes' }, { answer: 'edit', parameters: ['{}'] }, { answer: 'edit', parameters: [null, '{"to":"a"}'] }, { answer: 'edit', parameters: ['[1]', null] }];
    for (const wrong of tries) expect((await faultOf(answer(admin, found.key, wrong))).kind).toBe('conflict');
    expect((await faultOf(answer(admin, found.key, approve, () => false))).message).toContain('changed since it was shown');
    expect((await server.as('key-admin', 'GET', `/threads/${ids.thread}/runs`)).body).toHaveLength(1);
    const both = await Promise.all([1, 2].map(() => answer(admin, found.key, approve).then(() => 'taken', (fault: RuntimeFault) => fault.kind)));
    expect(both.filter((one) => one === 'taken')).toHaveLength(1);
    expect(both.some((one) => one === 'conflict' || one === 'gone')).toBe(true);
    await admin.until(() => admin.approval(ids.run) === undefined, 'the answer');
    expect((await faultOf(answer(admin, found.key, approve))).kind).toBe('gone');
  });

  it('no longer shows a question whose thread was deleted once an answer found it gone', async () => {
    const ids = await server.startRun('key-ada', 'refund-desk', asks('Refund ORD-5 both'));
    const found = await admin.until(() => admin.approval(ids.run), 'the question');
    expect((await server.as('key-admin', 'DELETE', `/threads/${ids.thread}`)).status).toBeLessThan(300);
    expect((await faultOf(answer(admin, found.key, approve))).kind).toBe('gone');
    await admin.turn();
    expect([admin.approval(ids.run), admin.outcome(ids.run)]).toEqual([undefined, 'unknown']);
  });

  it('gives a plain question its text, and leaves unknown shapes alone', async () => {
    const ids = await server.startRun('key-ada', 'contract-reader', {});
    const found = await admin.until(() => admin.approval(ids.run), 'the question');
    expect(found).toMatchObject({ kind: 'input', answers: ['respond'], responseShape: 'text', question: expect.stringContaining('Does this clause suit us?') });
    await answer(admin, found.key, { answer: 'respond', response: 'It does' });
    await admin.until(() => admin.outcome(ids.run) === 'completed', 'the answer');
    await admin.until(() => admin.raw.some((raw) => raw.includes('"result":{"answer":"It does"}')), 'the answer in the graph');
    const strange = await server.startRun('key-ada', 'contract-reader', { ask: { clauses: [1, 2], mode: 'strict' } });
    const unknown = await admin.until(() => admin.approval(strange.run), 'the strange question');
    expect(unknown).toMatchObject({ kind: 'unknown', answers: [] });
    expect((await faultOf(answer(admin, unknown.key, { answer: 'respond', response: 'x' }))).kind).toBe('conflict');
  });

  it('answers each of two questions that wait side by side, one of them in a graph inside', async () => {
    const ids = await server.startRun('key-ada', 'two-offices', {});
    const both = await admin.until(() => { const found = admin.approvals.filter((one) => one.run?.id === ids.run); return found.length === 2 && found; }, 'both questions');
    const [pay, sign] = ['May we pay?', 'May we sign?'].map((question) => both.find((one) => one.question === question)?.key ?? '');
    await answer(admin, sign ?? '', { answer: 'respond', response: 'sign it' });
    await admin.until(() => admin.approvals.every((one) => one.key !== sign), 'the first answer');
    expect(admin.approvals.filter((one) => one.run?.id === ids.run).map((one) => one.key)).toEqual([pay]);
    expect(admin.outcome(ids.run)).toBe('waiting');
    const first = await admin.until(() => [...admin.drafts.values()].find((draft) => draft.name === 'legal_office' && draft.key.startsWith('step:')), 'the step of the first answer');
    await admin.until(() => admin.outcome(first.run?.id ?? '') === 'completed', 'the run of the first answer');
    await answer(admin, pay ?? '', { answer: 'respond', response: 'pay it' });
    await admin.until(() => admin.outcome(ids.run) === 'completed', 'the second answer');
    const values = await server.until('key-ada', { thread: ids.thread, run: ids.run }).then(() => server.as('key-admin', 'GET', `/threads/${ids.thread}/state`));
    await admin.until(() => admin.approval(ids.run) === undefined, 'nothing waits');
    expect(values.body['values']?.['legal']).toBe('sign it');
  });

  it('lets a run that stands at a gate go on, and keeps the gate for the next time', async () => {
    const ids = await server.startRun('key-ada', 'invoice-desk', asks('Pay INV-9'), { interrupt_before: ['tools'] });
    const found = await admin.until(() => admin.approval(ids.run), 'the gate');
    expect(found).toMatchObject({ kind: 'gate', answers: ['approve'], actions: [{ name: 'get_invoice' }, { name: 'find_supplier' }] });
    await answer(admin, found.key, approve);
    const second = await admin.until(() => admin.approvals.find((one) => one.kind === 'gate' && one.run?.id !== ids.run), 'the second gate');
    expect(second.actions.map((action) => action.name)).toEqual(['send_payment']);
  });

  it('says that a key was revoked, that a server is gone, and goes on after it without doubles or holes', async () => {
    const ids = await server.startRun('key-ada', 'stock-watch', { ticks: 20, ms: 100 });
    await admin.until(() => admin.outcome(ids.run) === 'running', 'the run');
    writeFileSync(join(server.folder, 'revoked'), 'key-admin\n');
    expect((await faultOf(admin.turn())).kind).toBe('credential_refused');
    writeFileSync(join(server.folder, 'revoked'), '');
    await admin.until(() => admin.outcome(ids.run) === 'completed', 'its end');
    expect(admin.of(ids.run).filter((draft) => draft.key.startsWith('step:'))).toHaveLength(20);
    await server.end('stop');
    expect((await faultOf(admin.turn())).kind).toBe('unreachable');
    await server.again();
    const later = await server.startRun('key-ada', 'stock-watch', { ticks: 3, ms: 10 });
    await admin.until(() => admin.outcome(later.run) === 'completed', 'a run after the restart');
    const afresh = reader(server, 'key-admin', admin.checkpoint);
    const batch = await afresh.turn();
    expect(batch.records.filter((one) => one.draft.run?.id === later.run && one.draft.status === 'running')).toEqual([]);
    expect(batch.approvals?.length).toBe(admin.approvals.length);
  });

  it('sees only what the key sees, and says so; a key that may only read cannot answer', async () => {
    const own = reader(server, 'key-bo');
    const { facts } = await own.connector.discover(own.signal);
    expect(facts.visibility).toBe('unknown');
    await own.turn();
    expect([...own.drafts.values()].every((draft) => draft.identity === undefined || draft.identity.of === 'bo')).toBe(true);
    expect((await admin.connector.discover(admin.signal)).facts.visibility).toBe('all');
    const ids = await server.startRun('key-ada', 'refund-desk', asks('Refund ORD-6'));
    await admin.until(() => admin.approval(ids.run), 'the question');
    const watching = reader(server, 'key-reader');
    const found = await watching.until(() => watching.approval(ids.run), 'the question');
    expect((await faultOf(answer(watching, found.key, approve))).kind).toBe('forbidden');
  });

  it('tests a connection and says which right is missing', async () => {
    const good = await admin.connector.test(admin.signal);
    expect(good.checks.filter((check) => ['reachable', 'product', 'credential', 'assistants', 'threads', 'runs'].includes(check.id)).map((check) => check.result)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
    const none = reader(server, null);
    const missing = await none.connector.test(none.signal);
    expect(missing.checks.find((check) => check.id === 'credential')).toMatchObject({ result: 'missing', fix: expect.stringContaining('API key') });
    const wrong = reader(server, 'key-nobody');
    const refused = await wrong.connector.test(wrong.signal);
    expect(refused.checks.find((check) => check.id === 'credential')).toMatchObject({ result: 'failed', fix: expect.stringContaining('valid key') });
  });
});
