/** The audit log as a pack carries it: lines byte for byte, bodies as far as the report may show them, seals, keys and tombstones. */
import type { ReportSpec } from '../../../shared/reports.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import { bodyText, firstPrevious, hashOf, lineText } from '../audit/chain.ts';
import type { LogLine } from '../audit/chain.ts';
import type { KeptEntry } from '../audit/log-check.ts';
import { readCheckpoint, verifierKey } from '../audit/signed-note.ts';
import type { NoteKey } from '../audit/signed-note.ts';
import { ReportFailure } from './report-failure.ts';

export interface PackTombstone { readonly at: string; readonly by: string; readonly entries: number; readonly entry: number; readonly frontier: readonly string[]; readonly last: string; readonly reason: string; readonly seal: number; readonly upTo: number }

export interface PackLog {
  readonly key: { readonly name: string; readonly verifier: string; readonly pem: string; readonly fingerprint: string };
  /** oldest first, the current one last. */
  readonly keys: readonly { readonly handover: string | null; readonly verifier: string }[];
  readonly firstSeq: number;
  /** as the newest seal counts: what was written after it waits for the next one. */
  readonly size: number; readonly root: string; readonly newestSealHour: string | null;
  /** entries that were written after it. */
  readonly unsealed: number;
  /** notes, in order. */
  readonly seals: readonly string[];
  readonly tombstones: readonly PackTombstone[];
  readonly lines: () => Iterable<readonly string[]>;
  readonly bodies: (spec: ReportSpec) => Iterable<readonly string[]>;
}

/** What stands in the history, as it is read there. */
export interface LogSource {
  readonly keys: readonly { readonly key: NoteKey; readonly handover: string | null }[];
  readonly seals: readonly string[];
  readonly tombstones: readonly PackTombstone[];
  /** Behind number `after`, up to and with `upTo`, in order. */
  readonly entries: (after: number, upTo: number) => Iterable<KeptEntry>;
}

const spki = Buffer.from('302a300506032b6570032100', 'hex');
const page = 500;

/** SECURITY: their actor, words and details hold nothing that an agent, a tool or a runtime wrote, so a report without such text may carry them. */
const ownWords = /^(activity\.digest|audit\.|auditor\.|bills\.|erasure\.|lock\.|operator\.|prices\.|reports?\.|retention\.|settings\.)/;
/** SECURITY: and these name no person either. Without digests no activity could be proven. */
const nobodysWords = /^(activity\.digest|audit\.began)$/;

/** Whether the report may show the body of such an entry: it is shown whole or not at all, since its hash proves only the whole. */
export const isBodyShown = ({ people, text }: Pick<ReportSpec, 'people' | 'text'>, action: string): boolean =>
  (people === 'names' ? text === 'full' || ownWords.test(action) : nobodysWords.test(action));

/** Throws, if there is no seal yet: a pack is made of what was sealed. `written`: entries that the log has now. */
export function packLog(source: LogSource, written = 0): PackLog {
  const [current, newest] = [source.keys.at(-1)?.key, source.seals.at(-1)];
  const note = newest === undefined ? null : newest.slice(0, newest.lastIndexOf('\n\n') + 1);
  const sealed = note === null ? null : readCheckpoint(note);
  if (current === undefined || sealed === null) throw new ReportFailure('The audit log has no seal yet, and a pack is made of what was sealed. Open Gatehouse once, so that it seals.');
  const der = Buffer.concat([spki, current.publicKey]);
  const upTo = source.tombstones.at(-1)?.upTo ?? 0;
  return {
    key: { name: current.name, verifier: verifierKey(current), pem: `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`, fingerprint: hashOf(der) },
    keys: source.keys.map(({ key, handover }) => ({ handover, verifier: verifierKey(key) })),
    firstSeq: upTo + 1, size: sealed.size, root: sealed.root.toString('hex'), newestSealHour: /^hour (.+)$/m.exec(note ?? '')?.[1] ?? null,
    unsealed: Math.max(0, written - sealed.size), seals: source.seals, tombstones: source.tombstones,
    lines: () => paged(linesOf(source.entries(upTo, sealed.size), source.tombstones.at(-1)?.last ?? firstPrevious)),
    bodies: (spec) => paged(bodiesOf(source.entries(upTo, sealed.size), spec)),
  };
}

function* paged(lines: Iterable<string>): Generator<string[]> {
  let held: string[] = [];
  for (const line of lines) {
    held.push(line);
    if (held.length < page) continue;
    yield held;
    held = [];
  }
  if (held.length > 0) yield held;
}

/** As they were hashed: each with the hash that is kept of the one before. What was changed in the file comes out changed, and is found. */
function* linesOf(entries: Iterable<KeptEntry>, first: string): Generator<string> {
  let previous = first;
  for (const { line, hash } of entries) {
    yield lineText(wellFormed(line), previous);
    previous = hash;
  }
}

/** Only a file that was tampered with holds other text; it has no spelling of its own. */
const wellFormed = (line: LogLine): LogLine => ({ ...line, at: line.at.toWellFormed(), actorKind: line.actorKind.toWellFormed(), action: line.action.toWellFormed(), subject: line.subject?.toWellFormed() ?? null, outcome: line.outcome.toWellFormed() });

function* bodiesOf(entries: Iterable<KeptEntry>, spec: ReportSpec): Generator<string> {
  for (const { line: { seq, action }, body, erasure } of entries) {
    if (body === null) yield canonicalJson(erasure === null ? { seq, withheld: true } : { erased: erasure, seq });
    else if (!isBodyShown(spec, action)) yield canonicalJson({ seq, withheld: true });
    else yield canonicalJson({ body: bodyText({ actor: body.actor.toWellFormed(), details: body.details.toWellFormed(), salt: body.salt, text: body.text.toWellFormed() }), seq });
  }
}
