/** One batch of a collector, one discovery: each in one transaction with everything that follows from it. */
import type { HintTopic } from '../../../shared/contract.ts';
import type { Batch, CollectedJob, CollectedResult, DiscoveredJob, FoundApproval, FoundGrant, StuckWork } from '../ingest/collected.ts';
import { markDirty } from './access-dirty.ts';
import { takeApprovals, type ApprovalPlace } from './approvals.ts';
import type { Assembler } from './assemble/assembler.ts';
import type { Changes } from './assemble/write-out.ts';
import { bounded, wholeUs } from './bounded.ts';
import { KEY_KIND } from './codes.ts';
import { maskedClaim, maskedGrant, sampleOf, toldOf } from './collected.ts';
import type { WriteDb } from './database.ts';
import { saveGrants, type GrantPlace } from './grant-rows.ts';
import { saveRuntimeOwner } from './owners.ts';
import { BlockFiller } from './payloads.ts';
import { mustBeRuntime, saveCheckpoint, saveFacts, saveGaps } from './runtimes.ts';
import { TALLY, type Tallies } from './tallies.ts';

export interface Taking { readonly db: WriteDb; readonly assembler: Assembler; readonly tallies: Tallies; readonly nowUs: number }
export interface Taken { readonly result: CollectedResult; readonly changes: Changes; readonly topics: readonly HintTopic[] }

/** Inside a transaction of the writer's. */
export function takeCollected(t: Taking, job: CollectedJob): Taken {
  const { db, assembler, nowUs } = t;
  const { connection, batch, receivedUs } = job;
  const kind = mustBeRuntime(db, connection);
  for (const told of toldOf(job, new BlockFiller())) assembler.add(told);
  const askers = (batch.approvals ?? []).map((found) => ({ found, agent: askerOf(t, job, kind, found) }));
  const changes = assembler.finish(nowUs);
  const topics = new Set<HintTopic>();
  let fresh: CollectedResult['newApprovals'] = [];
  if (batch.approvals !== null) {
    // One that only asked so far must be found by those who are asked.
    const known = db.prepare('UPDATE agent SET discovered_us = ? WHERE id = ? AND rows = 0 AND discovered_us IS NULL');
    for (const { agent } of askers) if (agent !== 0) known.run(receivedUs, agent);
    const taken = takeApprovals(db, connection, askers.map((one) => placeOf(t, connection, one)), receivedUs);
    fresh = taken.fresh;
    if (taken.changed) for (const topic of ['approvals', 'status'] as const) topics.add(topic);
    if (taken.refused > 0) t.tallies.count(connection, TALLY.refused, 'more approvals waiting than can be kept', taken.refused, receivedUs);
  }
  if (batch.stuck !== null && saveStuck(db, connection, batch.stuck, receivedUs)) topics.add('tasks');
  if (saveGaps(db, connection, batch.gaps)) topics.add('gaps');
  if (count(t, job)) for (const topic of ['connections', 'status'] as const) topics.add(topic);
  saveCheckpoint(db, connection, batch.checkpoint);
  return { result: { newApprovals: fresh }, changes, topics: [...topics] };
}

/** What came and what was refused; false: nothing did. */
function count({ tallies }: Taking, { connection, batch, content, receivedUs }: CollectedJob): boolean {
  const bytes = batch.records.reduce((sum, { raw }) => sum + Buffer.byteLength(raw), 0);
  if (batch.records.length > 0) tallies.receive(connection, bytes, 0, 0, 0, receivedUs);
  countRefused(tallies, connection, batch.refused, content, receivedUs);
  tallies.flush();
  return batch.records.length > 0 || batch.refused.length > 0;
}

function countRefused(tallies: Tallies, connection: number, refused: Batch['refused'], content: CollectedJob['content'], us: number): void {
  for (const { reason, count: times, sample } of refused) if (times > 0) tallies.count(connection, TALLY.refused, bounded(reason, 200), times, us, sampleOf(sample, content));
}

/** The agent that asks, made when it is new; 0: nobody is named. */
function askerOf({ assembler, nowUs }: Taking, { connection, service, content }: CollectedJob, kind: string, found: FoundApproval): number {
  const claim = content === 'full' ? found.agent : maskedClaim(found.agent);
  return assembler.agents.claimed(connection, claim, service, assembler.dictionary.id(`${kind}/approval`), wholeUs(found.askedUs, nowUs), nowUs);
}

function placeOf({ db, assembler }: Taking, connection: number, { found, agent }: { found: FoundApproval; agent: number }): ApprovalPlace {
  const task = found.run === null ? 0 : taskOfRun(db, connection, found.run.id);
  const asker = agent !== 0 || task === 0 ? agent : rootOf(db, task);
  return { found, agent: asker, agentName: assembler.agents.get(asker)?.name ?? found.agent.name ?? '(agent without a name)', task };
}

/** 0: nothing of it is in the history (yet). */
function taskOfRun(db: WriteDb, connection: number, run: string): number {
  const own = db.prepare<[number, number, string], { id: number }>('SELECT id FROM task WHERE connection = ? AND key_kind = ? AND key_kind IN (1, 2, 4) AND key = ?').get(connection, KEY_KIND.run, bounded(run, 512));
  return own?.id ?? db.prepare<[number, number, string], { task: number }>('SELECT task FROM task_alias WHERE connection = ? AND key_kind = ? AND key = ?').get(connection, KEY_KIND.run, bounded(run, 512))?.task ?? 0;
}

function rootOf(db: WriteDb, task: number): number {
  return db.prepare<[number], { agent: number }>('SELECT CASE root_agent WHEN 0 THEN loose_agent ELSE root_agent END AS agent FROM task WHERE id = ?').get(task)?.agent ?? 0;
}

/** SECURITY: bounded as the other lists are. */
const mostStuck = 1_000;

/** Everything that is stuck now; what is not told of any more goes on, or has ended. */
function saveStuck(db: WriteDb, connection: number, work: readonly StuckWork[], nowUs: number): boolean {
  const present = new Map(db.prepare<[number], { task: number; sinceUs: number; text: string }>('SELECT task, since_us AS sinceUs, text FROM stuck WHERE connection = ?').all(connection).map((one) => [one.task, one]));
  const save = db.prepare('INSERT INTO stuck (task, connection, since_us, text) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET since_us = excluded.since_us, text = excluded.text');
  let changed = false;
  for (const { run, sinceUs: since, text } of work.slice(0, mostStuck)) {
    const sinceUs = wholeUs(since, nowUs);
    const task = taskOfRun(db, connection, run.id);
    if (task === 0) continue;
    const was = present.get(task);
    present.delete(task);
    if (was !== undefined && was.sinceUs === sinceUs && was.text === bounded(text, 1_000)) continue;
    save.run(task, connection, sinceUs, bounded(text, 1_000));
    changed = true;
  }
  const drop = db.prepare('DELETE FROM stuck WHERE task = ?');
  for (const task of present.keys()) drop.run(task);
  return changed || present.size > 0;
}

/** Inside a transaction of the writer's. */
export function takeDiscovered(t: Taking, job: DiscoveredJob): Changes {
  const { db, assembler, nowUs } = t;
  const { connection, found, service, content, receivedUs } = job;
  const source = assembler.dictionary.id(`${mustBeRuntime(db, connection)}/discovery`);
  const shown = (grant: FoundGrant): FoundGrant => (content === 'full' ? grant : maskedGrant(grant));
  const places: GrantPlace[] = found.grants.map((grant) => ({ agent: 0, grant: shown(grant) }));
  const seen: number[] = [];
  for (const agent of found.agents) {
    const claim = content === 'full' ? agent.claim : maskedClaim(agent.claim);
    const atUs = wholeUs(agent.atUs, nowUs);
    const id = assembler.agents.claimed(connection, claim, service, source, atUs, nowUs);
    if (id === 0) continue;
    assembler.agents.rename(id, claim.name);
    assembler.aliases.replace(id, agent.aliases);
    if (claim.version !== undefined && claim.version !== '') assembler.identity.version(id, claim.version, atUs);
    seen.push(id);
    // Not masked, at whatever level: whoever answers for an agent must be found, and addresses are how owners are written.
    saveRuntimeOwner(db, id, agent.owner ?? null, nowUs);
    places.push(...agent.grants.map((grant) => ({ agent: id, grant: shown(grant) })));
  }
  const changes = assembler.finish(nowUs);
  const fresh = db.prepare<[number], { id: number }>('SELECT id FROM agent WHERE id = ? AND discovered_us IS NULL');
  const newAgents = new Set(seen.filter((id) => fresh.get(id) !== undefined));
  const mark = db.prepare('UPDATE agent SET discovered_us = max(coalesce(discovered_us, 0), ?) WHERE id = ?');
  for (const id of seen) mark.run(receivedUs, id);
  // Until now nobody had met them.
  markDirty(db, newAgents);
  const tooMany = saveGrants(db, { connection, places, complete: found.complete, newAgents }, nowUs);
  if (tooMany > 0) t.tallies.count(connection, TALLY.refused, 'more grants than can be kept', tooMany, receivedUs);
  countRefused(t.tallies, connection, found.refused, content, receivedUs);
  t.tallies.flush();
  saveFacts(db, connection, found.facts, nowUs);
  return changes;
}
