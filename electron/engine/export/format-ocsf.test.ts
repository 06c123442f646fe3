import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reportContents } from '../../../shared/reports.ts';
import { columnsOf } from './columns.ts';
import { ocsfEvent, writeOcsf } from './format-ocsf.ts';
import { classes, ocsfVersions } from './ocsf-classes.ts';
import { OcsfValidator } from './test-ocsf-schema.ts';
import { MemorySink, bareRow, contextOf, fullRow, hostile, kinds, pages } from './test-rows.ts';

const asJson = (event: object): Record<string, unknown> => JSON.parse(JSON.stringify(event)) as Record<string, unknown>;

describe.each(ocsfVersions)('OCSF %s', (version) => {
  const validator = new OcsfValidator(version);
  const context = { version, product: '1.2.3' };

  it.each(reportContents.flatMap((content) => kinds[content].flatMap((kind) => [[content, JSON.stringify(kind), fullRow(content, kind)] as const, [content, `bare ${JSON.stringify(kind)}`, bareRow(content, kind)] as const])))('takes a row of %s (%s)', (content, _kind, row) => {
    expect(validator.faults(asJson(ocsfEvent(content, row, context)))).toEqual([]);
  });

  it.each(reportContents)('says every cell of %s somewhere', (content) => {
    for (const kind of kinds[content]) {
      const row = fullRow(content, { ...Object.fromEntries(columnsOf[content].filter(({ type }) => type === 'text').map(({ name }) => [name, `said of ${name}`])), ...Object.fromEntries(columnsOf[content].filter(({ type }) => type === 'json').map(({ name }) => [name, name === 'recordHashes' ? '[]' : JSON.stringify({ of: name })])), ...kind });
      const event = JSON.stringify(ocsfEvent(content, row, context));
      const missing = Object.entries(row).filter(([name, cell]) => typeof cell === 'string' && name !== 'recordHashes' && !event.includes(JSON.stringify(cell)) && !event.includes(JSON.stringify(cell).slice(1, -1))).map(([name]) => name);
      expect({ kind, missing }).toEqual({ kind, missing: [] });
    }
  });

  it.each(hostile.map((text) => [text.slice(0, 20), text]))('keeps %j as a value, whole', async (_name, text) => {
    const row = fullRow('activity', { kind: 'tool_call', input: text, taskName: text, agentName: text, errorMessage: text });
    const sink = new MemorySink();
    const written = await writeOcsf(version)(columnsOf.activity, pages([row, row]), sink, contextOf('activity'));
    expect(written).toEqual({ rows: 2, bytes: sink.bytes, sha256: createHash('sha256').update(sink.all).digest('hex'), notes: [] });
    const lines = sink.text.split('\n');
    expect(lines).toHaveLength(3);
    const read = JSON.parse(lines[0] ?? '') as { api: { request: { data: { input: string } } }; unmapped: { gatehouse: Record<string, unknown> } };
    expect(read.api.request.data.input).toBe(text);
    expect(read.unmapped.gatehouse['taskName']).toBe(text);
    expect(sink.text).not.toMatch(/[^\P{Cc}\n]|[\u202e\u2028]/u);
  });
});

describe('the version of OCSF', () => {
  const row = fullRow('activity', { kind: 'model_call', inputTokens: 10, cacheReadTokens: 5, cacheWriteTokens: null, outputTokens: 3 });
  it('decides whether an agent is an agent or an application', () => {
    const [old, now] = ocsfVersions.map((version) => asJson(ocsfEvent('activity', row, { version, product: '1' })));
    expect(old).toMatchObject({ actor: { app_uid: 'text', app_name: 'text' }, message_context: { prompt_tokens: 15, completion_tokens: 3, total_tokens: 18 } });
    expect(old).not.toHaveProperty('ai_agent');
    expect(old).not.toHaveProperty('attestation_list');
    expect(now).toMatchObject({ actor: { application: { uid: 'text' } }, ai_agent: { uid: 'text', name: 'text' }, attestation_list: [{ chain_uid: 'digest:con-1:2026-02-01T10:00:00.000Z', fingerprint: { value: 'ab'.repeat(32) } }] });
    expect(now).toMatchObject({ metadata: { profiles: ['ai_operation', 'record_integrity'] } });
  });

  it('decides where privileges are taken away', () => {
    const gone = fullRow('access', { row: 'grant' });
    expect(ocsfVersions.map((version) => ocsfEvent('access', gone, { version, product: '1' })['type_uid'])).toEqual([300502, 300715]);
  });
});

describe('what an event says', () => {
  const context = { version: '1.9.0', product: '1' } as const;
  const typeOf = (content: (typeof reportContents)[number], given: Parameters<typeof fullRow>[1]): unknown => ocsfEvent(content, fullRow(content, given), context)['type_uid'];
  it.each([
    ['a call of a tool', 'activity', { kind: 'tool_call' }, 600399], ['a call of a data store', 'activity', { kind: 'tool_call', otherText: '{"gen_ai.retrieval.query.text":"q"}' }, 600599], ['an error', 'activity', { kind: 'error' }, 600801],
    ['an order to cancel', 'stops', { row: 'order', level: 'cancel' }, 600204], ['an order to suspend', 'stops', { row: 'order', level: 'suspend' }, 300412], ['a drill', 'stops', { row: 'drill' }, 600299], ['a rule that fired', 'stops', { row: 'firing' }, 200401],
    ['a grant', 'access', { row: 'grant', goneAt: null }, 300301], ['a finding', 'access', { row: 'finding', dismissedAt: null }, 200801], ['a failure', 'failures', { row: 'group' }, 600801], ['a gap', 'gaps', {}, 600799], ['a day of cost', 'cost', { row: 'day' }, 99],
    ['unlocking', 'console', { action: 'lock.unlock' }, 300201], ['a change of a setting', 'console', { action: 'settings.change' }, 600303],
  ] as const)('%s', (_what, content, given, type) => expect(typeOf(content, given)).toBe(type));

  it('a denial is the action with who denied it', () => {
    expect(ocsfEvent('activity', fullRow('activity', { kind: 'denial' }), context)).toMatchObject({ class_uid: 6003, action_id: 2, action: 'Denied', disposition_id: 26 });
    expect(ocsfEvent('approvals', fullRow('approvals', { state: 'rejected' }), context)).toMatchObject({ action_id: 2, disposition: 'Rejected' });
  });

  it('the time that is not known is said to be so', () => {
    const event = ocsfEvent('approvals', bareRow('approvals', { id: 'apr-1', state: 'waiting' }), context);
    expect(event).toMatchObject({ time: 0, unmapped: { gatehouse: { timeNotKnown: true } } });
  });

  it('who is not told is not said to be the console', () => {
    const actorOf = (given: Parameters<typeof fullRow>[1]): unknown => ocsfEvent('console', fullRow('console', { actor: null, ...given }), context)['actor'];
    expect(actorOf({ actorKind: 'desktop' })).toEqual({ application: { name: '(not told)' } });
    expect(actorOf({ actorKind: 'engine' })).toEqual({ application: { name: 'Gatehouse' } });
  });

  it('an entry of the audit log with its hash in the log', () => {
    expect(ocsfEvent('console', fullRow('console', { seq: 8 }), context)).toMatchObject({ metadata: { sequence: 8 }, attestation_list: [{ chain_uid: 'gatehouse.audit', fingerprint: { value: 'cd'.repeat(32) }, prev_event: { uid: 'console:7' } }] });
  });
});

it('finds what is wrong', () => {
  const validator = new OcsfValidator('1.9.0');
  const event = asJson(ocsfEvent('activity', fullRow('activity', { kind: 'tool_call' }), { version: '1.9.0', product: '1' }));
  const { actor: _actor, ...without } = event;
  for (const wrong of [without, { ...event, severity_id: 42 }, { ...event, surprise: 1 }, { ...event, type_uid: 1 }, { ...event, activity_name: '' }, { ...event, metadata: { ...(event['metadata'] as object), profiles: [] } }, { ...event, src_endpoint: {} }]) expect(validator.faults(wrong)).not.toEqual([]);
  expect(Object.keys(classes)).toHaveLength(13);
});
