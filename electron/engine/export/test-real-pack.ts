/** For tests: a pack of a real history that has seen everything a log can see: pruned behind a seal, bodies erased, its key renewed, and activity under a digest. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAudit } from '../audit/open-audit.ts';
import { hourMs } from '../audit/sealer.ts';
import { AuditBench } from '../audit/test-audit.ts';
import type { PayloadRef } from '../ingest/payload.ts';
import type { CallContext } from '../ports.ts';
import { eraseAudit } from '../store/audit-erase.ts';
import { openReader } from '../store/database.ts';
import { DigestPlaces } from '../store/digest-places.ts';
import { tellingIds } from '../store/hash.ts';
import { publicId } from '../store/ids.ts';
import { BlockFiller } from '../store/payloads.ts';
import { logDraft } from '../store/test-history.ts';
import { words } from '../store/test-runtime.ts';
import { packLog } from './pack-log.ts';
import { activitySource, logSource } from './pack-source.ts';
import { makePack } from './test-pack.ts';

const context: CallContext = { actor: { kind: 'desktop', name: 'ada', place: 'page', readOnly: false, text: 'full' }, signal: new AbortController().signal };
const shared = { source: Buffer.from('resource and scope'), resourceStart: 0, resourceEnd: 8, scopeStart: 8, scopeEnd: 18 };

export interface RealPack { readonly pack: Buffer; /** of the key that it has now, and of the one that it began with. */ readonly pinned: string; readonly first: string; /** its first seal, and its newest. */ readonly seals: readonly string[]; readonly gone: number; readonly records: number }

function tell(bench: AuditBench, count: number): void {
  const filler = new BlockFiller();
  const { history, writer } = bench.runtime;
  history.assembler.forget();
  history.tellTold(Array.from({ length: count }, (_, n) => {
    const draft = logDraft(`log:${n}`, n);
    const source = Buffer.from(`record ${n}`);
    const ref: PayloadRef = { kind: 1, source, start: 0, end: source.length, context: shared };
    return { connection: 1, service: 'svc', serviceVersion: '', draft, ids: tellingIds(draft), payload: filler.place(ref), receivedUs: bench.now * 1_000 };
  }), bench.now * 1_000);
  writer.forget();
}

/** As a report writes it. */
function noteStanding(bench: AuditBench, file: string): void {
  const db = openReader(bench.file);
  try {
    const ids = db.prepare<[], { id: number }>('SELECT id FROM activity ORDER BY id').all().map(({ id }) => id);
    const lines = new DigestPlaces(db).of(ids).flatMap(({ activity, standing }) => (standing === null ? [] : [JSON.stringify({ activity: publicId('activity', activity), connection: publicId('connection', standing.digest.connection), hour: new Date(standing.digest.hour * hourMs).toISOString(), index: standing.index, leaf: standing.leaf.toString('hex') })]));
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  } finally {
    db.close();
  }
}

export async function realPack(): Promise<RealPack> {
  const bench = new AuditBench();
  const audit = openAudit({ history: bench.port, vault: bench.vault, dataFolder: bench.folder, lasting: true, changed: () => undefined, clock: { now: () => bench.now }, alarms: { raise: () => undefined, clear: () => undefined }, log: { info: () => undefined, warn: () => undefined, error: () => undefined } });
  try {
    await audit.sealNow('began');
    bench.write(10);
    bench.now += hourMs;
    await audit.sealNow('pack');
    await audit.desk['audit.prune']({ before: new Date(bench.now).toISOString(), reason: 'older than a year' }, context);
    tell(bench, 6);
    bench.write(7);
    await audit.desk['audit.renewKey']({ reason: 'the machine changed hands' }, context);
    bench.runtime.history.db.transaction(() => eraseAudit(bench.runtime.history.db, [15, 16, 18], words('ada', { text: 'Erased what names a person.' }), bench.now * 1_000)).immediate();
    bench.now += 2 * hourMs;
    await audit.sealNow('pack');
    return await packed(bench, (text) => audit.sign(text));
  } finally {
    await audit.close();
  }
}

async function packed(bench: AuditBench, sign: (text: string) => Promise<string>): Promise<RealPack> {
  const standing = join(bench.folder, 'standing.jsonl');
  noteStanding(bench, standing);
  const db = openReader(bench.file);
  try {
    const source = logSource(db);
    const log = packLog(source);
    const pack = await makePack({ name: log.key.name, publicKey: Buffer.alloc(32), sign: () => '' }, source, { log, activity: activitySource(db, standing, log.size), sign });
    const first = source.keys[0];
    return { pack, pinned: log.key.fingerprint, first: first === undefined ? '' : packLog({ ...source, keys: [first] }).key.fingerprint, seals: source.seals, gone: log.firstSeq - 1, records: 6 };
  } finally {
    db.close();
  }
}
