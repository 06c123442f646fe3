/** Findings: found again by their subject, gone when the fold finds them no more, set aside by people with a reason and an end. */
import type { FoundFinding } from '../access/finding-facts.ts';
import type { AccessCommands } from './access-commands.ts';
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import { SEVERITY } from './codes.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { statement } from './statements.ts';

interface FindingRow { readonly id: number; readonly subject: string; readonly severity: number; readonly goneUs: number | null; readonly grant: number | null; readonly text: string; readonly advice: string }

/** SECURITY: a server with ten thousand tools brings at most so many of one rule; one more says how many there are. */
const mostOfARule = 200;

/** Brings the findings of one holder to these. Answers whether anything changed. */
export function saveFindings(db: WriteDb, holder: number, found: readonly FoundFinding[], nowUs: number): boolean {
  const known = new Map(statement<[number], FindingRow>(db, 'SELECT id, subject, severity, gone_us AS goneUs, grant_id AS "grant", text, advice FROM finding WHERE holder = ?').all(holder).map((row) => [row.subject, row]));
  // When it was found, which is when it is new to people; since when it is so, its text says.
  const add = statement(db, 'INSERT INTO finding (subject, rule, severity, holder, grant_id, first_us, text, advice) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  // One that comes back after it was gone is a new matter: an old dismissal does not hide it.
  const again = statement(db, 'UPDATE finding SET severity = ?, grant_id = ?, first_us = ?, gone_us = NULL, dismissed_us = NULL, dismissed_by = NULL, dismissed_until_us = NULL, dismissed_reason = NULL, text = ?, advice = ? WHERE id = ?');
  const change = statement(db, 'UPDATE finding SET severity = ?, grant_id = ?, text = ?, advice = ? WHERE id = ?');
  let changed = false;
  for (const one of bounds(found)) {
    const subject = `${holder} ${one.subject}`;
    const row = known.get(subject);
    known.delete(subject);
    const grant = one.grantId === 0 ? null : one.grantId;
    const severity = SEVERITY[one.severity];
    if (row !== undefined && row.goneUs === null && row.severity === severity && row.grant === grant && row.text === one.text && row.advice === one.advice) continue;
    changed = true;
    if (row === undefined) add.run(subject, one.rule, severity, holder, grant, nowUs, one.text, one.advice);
    else if (row.goneUs !== null) again.run(severity, grant, nowUs, one.text, one.advice, row.id);
    else change.run(severity, grant, one.text, one.advice, row.id);
  }
  const gone = statement(db, 'UPDATE finding SET gone_us = ? WHERE id = ?');
  for (const row of known.values()) {
    if (row.goneUs !== null) continue;
    gone.run(nowUs, row.id);
    changed = true;
  }
  return changed;
}

function bounds(found: readonly FoundFinding[]): FoundFinding[] {
  const kept: FoundFinding[] = [];
  for (const ofRule of Map.groupBy(new Map(found.map((one) => [one.subject, one])).values(), (one) => one.rule).values()) {
    const first = ofRule[0];
    if (first === undefined || ofRule.length <= mostOfARule) kept.push(...ofRule);
    else {
      const worst = ofRule.toSorted((a, b) => SEVERITY[b.severity] - SEVERITY[a.severity]).slice(0, mostOfARule - 1);
      kept.push(...worst, { ...first, subject: `${first.rule} (more)`, severity: worst[0]?.severity ?? first.severity, grantId: null, text: `${ofRule.length - worst.length} more findings of this kind, too many to list each.` });
    }
  }
  return kept;
}

/** Those that stand open and that nobody has set aside. */
export function countFindings(db: WriteDb, holder: number, nowUs: number): number {
  return statement<[number, number], { n: number }>(db, 'SELECT count(*) AS n FROM finding WHERE holder = ? AND gone_us IS NULL AND (dismissed_us IS NULL OR dismissed_until_us <= ?)').get(holder, nowUs)?.n ?? 0;
}

function openFinding(db: WriteDb, id: number): { holder: number; dismissed: boolean } {
  const row = statement<[number], { holder: number; dismissedUs: number | null }>(db, 'SELECT holder, dismissed_us AS dismissedUs FROM finding WHERE id = ? AND gone_us IS NULL').get(id);
  if (row === undefined) throw new StoreError('not_found', 'There is no such finding any more: what it says is not so now. Nothing was changed.');
  return { holder: row.holder, dismissed: row.dismissedUs !== null };
}

function recount(db: WriteDb, holder: number, nowUs: number): void {
  statement(db, 'UPDATE access_row SET findings = ? WHERE holder = ?').run(countFindings(db, holder, nowUs), holder);
}

export function dismissFinding(db: WriteDb, p: AccessCommands['access.dismiss']['params'], nowUs: number): { id: number } {
  const { holder } = openFinding(db, p.id);
  if (p.untilUs !== null && p.untilUs <= nowUs) throw new StoreError('bad_request', 'The time until which it is dismissed is over already. Nothing was changed.');
  statement(db, 'UPDATE finding SET dismissed_us = ?, dismissed_by = ?, dismissed_until_us = ?, dismissed_reason = ? WHERE id = ?').run(nowUs, p.audit.actor, p.untilUs, bounded(p.reason, 4_000), p.id);
  recount(db, holder, nowUs);
  appendAudit(db, p.audit, nowUs);
  return { id: p.id };
}

export function restoreFinding(db: WriteDb, p: AccessCommands['access.restore']['params'], nowUs: number): { id: number } {
  const { holder, dismissed } = openFinding(db, p.id);
  if (!dismissed) throw new StoreError('conflict', 'This finding is not dismissed. Nothing was changed.');
  statement(db, 'UPDATE finding SET dismissed_us = NULL, dismissed_by = NULL, dismissed_until_us = NULL, dismissed_reason = NULL WHERE id = ?').run(p.id);
  recount(db, holder, nowUs);
  appendAudit(db, p.audit, nowUs);
  return { id: p.id };
}

/** Dismissals that end by themselves: the counts of their holders say so from then on. */
export function endDismissals(db: WriteDb, nowUs: number): number {
  const holders = statement<[number], { holder: number }>(db, 'SELECT DISTINCT holder FROM finding INDEXED BY finding_until WHERE gone_us IS NULL AND dismissed_until_us <= ?').all(nowUs);
  if (holders.length === 0) return 0;
  statement(db, 'UPDATE finding SET dismissed_us = NULL, dismissed_by = NULL, dismissed_until_us = NULL, dismissed_reason = NULL WHERE gone_us IS NULL AND dismissed_until_us <= ?').run(nowUs);
  for (const { holder } of holders) recount(db, holder, nowUs);
  return holders.length;
}
