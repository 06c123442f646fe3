import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogCheck } from '../audit/log-check.ts';
import type { Draft } from '../ingest/draft.ts';
import type { PayloadKind, PayloadRef } from '../ingest/payload.ts';
import type { Told } from './assemble/assembler.ts';
import { appendAudit } from './audit.ts';
import { Chores, interruptChores } from './chores.ts';
import { US_HOUR } from './codes.ts';
import { runCommand } from './commands.ts';
import { openReader } from './database.ts';
import { previewErasure } from './erasure-preview.ts';
import { checkDigests } from './digest-check.ts';
import { closeDigests } from './digests.ts';
import { tellingIds } from './hash.ts';
import { realIntake } from './intake.ts';
import { BlockFiller, PayloadReader } from './payloads.ts';
import { listErasures, personHash } from './queries/retention.ts';
import { Reading } from './queries/reading.ts';
import { agentDraft, refusal, spanDraft, t0, TestHistory, trace } from './test-history.ts';
import { Writer } from './writer.ts';

const person = 'Ada Lovelace';
const by = { actor: 'root', actorKind: 'desktop' } as const;
const salt = 'ab'.repeat(16);
let history: TestHistory;
let writer: Writer;
let chores: Chores;
let answers: { n: number; ok?: unknown; error?: unknown }[];
let filler: BlockFiller;

beforeEach(() => {
  history = new TestHistory();
  writer = new Writer(history.db, realIntake);
  filler = new BlockFiller();
  answers = [];
  chores = new Chores({ writer, now: () => t0, answer: (n, ok) => { answers.push({ n, ok }); }, fail: (n, error) => { answers.push({ n, error }); }, tell: () => undefined });
});
afterEach(() => { history.close(); });

const context = { source: Buffer.from('RS'), resourceStart: 0, resourceEnd: 1, scopeStart: 1, scopeEnd: 2 };
const payload = (text: string, kind: PayloadKind = 6): PayloadRef => ({ kind, source: Buffer.from(text), start: 0, end: Buffer.byteLength(text), context });
const told = (draft: Draft, text: string, connection = 1, kind: PayloadKind = 6): Told => ({ connection, service: 'svc', serviceVersion: '', draft, ids: tellingIds(draft), payload: filler.place(payload(text, kind)), receivedUs: t0 });

/** Somebody's name everywhere where people's names stand. */
function fill(connection = 1, agent = 'planner', n = 0): void {
  filler = new BlockFiller();
  history.tellTold([
    told(agentDraft(n + 1, 0, agent, { traceId: trace(n + 1), identity: { kind: 'delegated', of: person, attribute: 'enduser.id' } } as Partial<Draft>), `{"user":"${person}","x":1}`, connection),
    told(spanDraft(n + 2, n + 1, { traceId: trace(n + 1), name: `mail ADA  lovelace`, status: 'error', error: { message: 'no such user: ada lovelace' } }), `{"q":"nobody"}`, connection),
    told(spanDraft(n + 3, n + 1, { traceId: trace(n + 1) }), wire('to', person), connection, 1),
  ], t0);
  const db = history.db;
  const agentId = history.all<{ id: number }>('SELECT id FROM agent WHERE connection = ? AND name = ?', connection, agent)[0]?.id ?? 0;
  const task = history.all<{ id: number }>('SELECT id FROM task WHERE connection = ? ORDER BY id DESC LIMIT 1', connection)[0]?.id ?? 0;
  db.prepare("INSERT OR IGNORE INTO task_authority (task, agent, kind, of, attribute, last_us) VALUES (?, ?, 2, ?, 'enduser.id', ?), (?, ?, 2, ?, 'enduser.id', ?)").run(task, agentId, person, t0, task, agentId, person.toUpperCase(), t0);
  db.prepare("INSERT INTO agent_owner (agent, role, source, name, gone, actor, at_us) VALUES (?, 'owner', 'person', ?, 0, 'root', ?)").run(agentId, person, t0);
  db.prepare(`INSERT INTO approval (connection, key, agent, agent_name, task, state, kind, title, asked_us, seen_us, decided_us, decided_by, answers, fingerprint, evidence, actions, raw)
    VALUES (?, ?, ?, 'planner', ?, 'approved', 'tool', 'May I mail Ada Lovelace?', ?, ?, ?, ?, '[]', 'f', '[]', '[{"to":"Ada Lovelace"}]', '{}')`).run(connection, `k${n}`, agentId, task, t0, t0, t0, person);
}

/** A protobuf field of text, with a length that looks like a letter before it and a tag that does behind it. */
function wire(...texts: string[]): string {
  return texts.map((text) => `\x0a${String.fromCharCode(text.length)}${text}`).join('') + `\x42\x01z`;
}

function erase(aliases: readonly string[] = [], more: { reason?: string; rewrite?: boolean } = {}): void {
  chores.add(7, 'erasure.run', { by, person, aliases, salt, hashes: [person, ...aliases].map((one) => personHash(one, salt)), reason: more.reason ?? 'asked for by letter', rewrite: more.rewrite ?? true, wait: true });
  for (let n = 0; chores.busy && n < 100_000; n++) chores.step();
}

/** The name as bytes anywhere in the files of the history, compressed records unfolded. */
function bytesLeft(name = person): string[] {
  const found: string[] = [];
  for (const file of readdirSync(history.dir)) {
    const text = readFileSync(join(history.dir, file)).toString('latin1').toLowerCase();
    if (text.includes(name.toLowerCase()) || text.includes('ada  lovelace')) found.push(file);
  }
  return found;
}

const logCheck = (): readonly unknown[] => {
  const check = new LogCheck({ seals: [], keys: [] });
  for (const row of history.all<{ id: number; at: number; kind: string; action: string; subject: string | null; outcome: string; body: Buffer; hash: Buffer; erasure: number | null; salt: Buffer; actor: string; text: string; details: string }>('SELECT id, at_us AS at, actor_kind AS kind, action, subject, outcome, body, hash, erasure, salt, actor, text, details FROM audit_entry ORDER BY id')) {
    const at = `${new Date(Math.floor(row.at / 1_000)).toISOString().slice(0, -1)}${String(row.at % 1_000).padStart(3, '0')}Z`;
    check.take({
      line: { seq: row.id, at, actorKind: row.kind, action: row.action, subject: row.subject, outcome: row.outcome, body: row.body.toString('hex') }, hash: row.hash.toString('hex'),
      body: row.erasure === null ? { actor: row.actor, details: row.details, salt: row.salt.toString('hex'), text: row.text } : null, erasure: row.erasure,
    });
  }
  return check.end();
};

describe('an erasure', () => {
  it('takes the name out of every place, and out of the bytes of the files', () => {
    fill();
    appendAudit(history.db, { ...by, actor: person, action: 'approval.approve', subject: 'apr-1', outcome: 'done', text: 'Approved.', details: {} }, t0);
    appendAudit(history.db, { ...by, action: 'agents.setOwner', subject: 'agt-1', outcome: 'done', text: `${person} owns it.`, details: { name: person } }, t0);
    appendAudit(history.db, { ...by, action: 'settings.change', subject: null, outcome: 'done', text: 'Somebody else.', details: {} }, t0);
    history.db.pragma('wal_checkpoint(PASSIVE)');
    expect(bytesLeft()).not.toEqual([]);
    erase();
    expect(answers).toMatchObject([{ n: 7, ok: { erasure: 1 } }]);
    expect(bytesLeft()).toEqual([]);
    expect(history.all('SELECT of FROM task_authority')).toEqual([{ of: 'erased person 1' }]);
    expect(history.all('SELECT name FROM agent_owner')).toEqual([{ name: 'erased person 1' }]);
    expect(history.all('SELECT title, decided_by AS by, actions FROM approval')).toEqual([{ title: 'May I mail erased person 1?', by: 'erased person 1', actions: '[{"to":"erased person 1"}]' }]);
    expect(history.rows().map((row) => row.name)).toContain('mail erased person 1');
    expect(history.rows().map((row) => row.error)).toContain('no such user: erased person 1');
    expect(history.all("SELECT actor, text, details, erasure > 0 AS erased FROM audit_entry WHERE action IN ('approval.approve', 'agents.setOwner', 'settings.change') ORDER BY id")).toEqual([
      { actor: '', text: '', details: '', erased: 1 }, { actor: '', text: '', details: '', erased: 1 }, { actor: 'root', text: 'Somebody else.', details: '{}', erased: null }]);
    expect(logCheck()).toEqual([]);
  });

  it('leaves tombstones where records stood, with their leaves, and the others byte for byte', () => {
    fill();
    history.db.transaction(() => closeDigests(history.db, t0 + 2 * US_HOUR)).immediate();
    const roots = history.all('SELECT hex(root) AS root FROM digest');
    erase();
    const reader = new PayloadReader(history.db);
    const records = history.all<{ id: number }>('SELECT id FROM activity ORDER BY ts_us').map(({ id }) => reader.recordsOf(id).map((one) => Buffer.from(one.record).toString()));
    expect(records[1]).toEqual(['{"q":"nobody"}']);
    for (const at of [0, 2]) expect(records[at]?.[0]).toContain('This record carried data of a person and was erased.');
    expect(history.all('SELECT gone FROM digest')).toEqual([{ gone: 2 }]);
    const checking = checkDigests(history.db);
    let step = checking.next();
    while (step.done !== true) step = checking.next();
    expect(step.value).toMatchObject({ records: 3, damage: [] });
    expect(history.all('SELECT hex(root) AS root FROM digest')).toEqual(roots);
  });

  it('says what went and can be found again by whoever knows the name, and by nobody else', () => {
    fill();
    erase(['alovelace']);
    const reading = new Reading(openReader(history.db.name));
    const { rows } = listErasures(reading, { person: 'ADA lovelace', limit: 10 });
    expect(rows).toMatchObject([{ id: 'ers-1', replacement: 'erased person 1', matches: true, chore: { state: 'done' } }]);
    expect(rows[0]?.found.map((one) => one.place)).toEqual(expect.arrayContaining(['authority', 'owners', 'approvals', 'names', 'records']));
    expect(rows[0]?.remains.map((one) => one.why)).toEqual(expect.arrayContaining(['copies', 'exports', 'runtime']));
    expect(listErasures(reading, { person: 'alovelace', limit: 10 }).rows[0]?.matches).toBe(true);
    expect(listErasures(reading, { person: 'Ada', limit: 10 }).rows[0]?.matches).toBe(false);
    expect(JSON.stringify(history.all('SELECT * FROM audit_entry')).toLowerCase()).not.toContain('lovelace');
    reading.db.close();
  });

  it('finds the same that its preview counted, and offers other spellings without taking them', () => {
    fill();
    history.db.prepare("INSERT INTO operator (name, created_us, salt, hash) VALUES ('Ada Lovelace', 0, x'', x'')").run();
    history.db.prepare("INSERT INTO agent_owner (agent, role, source, name, gone, actor, at_us) VALUES (1, 'sponsor', 'person', 'ada.lovelace@example.com', 0, 'root', ?)").run(t0);
    history.db.pragma('wal_checkpoint(TRUNCATE)');
    const db = openReader(history.db.name);
    const preview = previewErasure(db, history.db.name, person, []);
    db.close();
    expect(preview.aliases).toContainEqual({ text: 'ada.lovelace@example.com', count: 1, ticked: false });
    expect(preview.remains).toContainEqual(expect.objectContaining({ why: 'in_use', count: 1 }));
    erase();
    const found = JSON.parse(history.all<{ found: string }>('SELECT found FROM erasure')[0]?.found ?? '[]') as unknown[];
    expect(found).toEqual(preview.found);
    expect(history.all("SELECT name FROM agent_owner WHERE role = 'sponsor'")).toEqual([{ name: 'ada.lovelace@example.com' }]);
    expect(history.all('SELECT name FROM operator')).toEqual([{ name: 'Ada Lovelace' }]);
  });

  it('leaves what a hold covers and counts it; a hold on everything refuses it', () => {
    const two = history.connect('two');
    fill();
    fill(two, 'other', 50);
    runCommand('holds.place', history.db, { connection: two, agent: null, reason: 'case 7', audit: { ...by, action: 'hold.place', subject: null, outcome: 'done', text: '', details: {} } }, writer.tallies, t0);
    erase();
    expect(history.all('SELECT name FROM agent_owner ORDER BY agent')).toEqual([{ name: 'erased person 1' }, { name: person }]);
    const reader = new PayloadReader(history.db);
    const kept = history.all<{ id: number }>('SELECT a.id FROM activity a JOIN agent g ON g.id = a.agent WHERE g.connection = ? ORDER BY ts_us', two).flatMap(({ id }) => reader.recordsOf(id).map((one) => Buffer.from(one.record).toString()));
    expect(kept[0]).toBe(`{"user":"${person}","x":1}`);
    expect(history.all<{ remains: string }>('SELECT remains FROM erasure')[0]?.remains).toContain('legal hold');
    runCommand('holds.place', history.db, { connection: null, agent: null, reason: 'case 8', audit: { ...by, action: 'hold.place', subject: null, outcome: 'done', text: '', details: {} } }, writer.tallies, t0);
    expect(refusal(() => erase()).message).toMatch(/legal hold keeps everything/);
  });

  it('refuses a reason that names the person, and can be ended between two steps', () => {
    fill();
    expect(refusal(() => erase([], { reason: 'Ada Lovelace asked' })).message).toMatch(/names the person/);
    chores.add(8, 'erasure.run', { by, person, aliases: [], salt, hashes: [], reason: 'x', rewrite: false, wait: false });
    expect(answers.at(-1)).toMatchObject({ n: 8, ok: { chore: 1 } });
    chores.step();
    chores.cancel({ chore: 1, audit: { ...by, action: 'retention.cancel', subject: 'cho-1', outcome: 'done', text: '', details: {} } });
    chores.step();
    expect(chores.busy).toBe(false);
    expect(history.all('SELECT state, ended_us > 0 AS ended FROM chore')).toEqual([{ state: 'cancelled', ended: 1 }]);
    expect(history.all("SELECT outcome FROM audit_entry WHERE action = 'erasure.run' ORDER BY id")).toEqual([{ outcome: 'asked' }, { outcome: 'failed' }]);
  });

  it('leaves what is in use and does not write the file anew while somebody is being stopped, and says both', () => {
    fill();
    history.db.prepare("UPDATE approval SET state = 'waiting', decided_us = NULL").run();
    history.db.prepare(`INSERT INTO stop_order (scope_key, scope, scope_name, level, origin, state, headline, ordered_by, reason_kind, reason, silence_s, watch_s, intent_us, agents, sources, plan)
      VALUES ('agent:agt-1', '{}', 'planner', 'cancel', 'person', 'stopping', 'x', ?, 'other', 'Ada Lovelace asked', 90, 900, ?, '[]', '[]', '{}')`).run(person, t0);
    const before = history.all('SELECT title, decided_by FROM approval');
    erase();
    expect(history.all('SELECT title, decided_by FROM approval')).toEqual(before);
    expect(history.all('SELECT ordered_by AS by FROM stop_order')).toEqual([{ by: person }]);
    const remains = JSON.parse(history.all<{ remains: string }>('SELECT remains FROM erasure')[0]?.remains ?? '[]') as { why: string; text: string }[];
    expect(remains.filter((one) => one.why === 'waiting')).toHaveLength(2);
    expect(remains.find((one) => one.why === 'file')?.text).toMatch(/a stop order has not ended/);
  });

  it('that was cut off is told as interrupted by the next start, and what it did is done', () => {
    fill();
    chores.add(8, 'erasure.run', { by, person, aliases: [], salt, hashes: [], reason: 'x', rewrite: false, wait: false });
    for (let n = 0; n < 5; n++) chores.step();
    history.restart();
    history.db.transaction(() => interruptChores(history.db, t0)).immediate();
    expect(history.all('SELECT state, ended_us > 0 AS ended FROM chore')).toEqual([{ state: 'interrupted', ended: 1 }]);
    expect(history.all("SELECT outcome, text FROM audit_entry ORDER BY id DESC LIMIT 1")).toEqual([{ outcome: 'failed', text: expect.stringContaining('Erase again') as string }]);
    writer = new Writer(history.db, realIntake);
    chores = new Chores({ writer, now: () => t0, answer: (n, ok) => { answers.push({ n, ok }); }, fail: (n, error) => { answers.push({ n, error }); }, tell: () => undefined });
    erase();
    expect(bytesLeft()).toEqual([]);
  });
});
