/** A pack as the engine makes it: in the real thread, over a real file, signed by the engine's key. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { verifyPack } from '../../../verifier/verify.ts';
import { AuditBench } from '../audit/test-audit.ts';
import { signNote } from '../audit/signed-note.ts';
import { nodeHashing } from './node-hashing.ts';
import { packer } from './pack-thread.ts';
import type { PackerParts } from './pack-thread.ts';
import { ReportCancelled, ReportFailure } from './report-failure.ts';
import type { PackJob } from './report-packing.ts';
import { bytesOf, completeness, spec } from './test-pack.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'gatehouse-packing-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function parts(bench: AuditBench): PackerParts {
  onTestFinished(() => bench.sealer.close());
  return {
    file: bench.file, log, seal: () => bench.sealer.sealNow('pack'),
    sign: (text) => {
      const key = bench.sealer.key;
      if (key === null) throw new Error('there is no key');
      return Promise.resolve(signNote(text, key.name, key.privateKey));
    },
  };
}

function jobOf(more: Partial<PackJob> = {}): { readonly job: PackJob; readonly written: Buffer[] } {
  writeFileSync(join(folder, 'console.csv'), 'seq\r\n1\r\n');
  const written: Buffer[] = [];
  const files = [{ path: 'console.csv', content: 'console' as const, format: 'csv', bytes: 8, rows: 1, sha256: '' }];
  return { written, job: { folder, files, standing: null, spec, completeness, by: 'ada', version: '0.1.0', madeAt: new Date('2026-11-23T12:00:00.000Z'), signal: new AbortController().signal, write: (bytes) => void written.push(Buffer.from(bytes)), progress: () => undefined, ...more } };
}

describe('the thread that makes packs', () => {
  it('makes one that is whole, of what stands in the log now', async () => {
    const bench = new AuditBench();
    await bench.hours([4, 0, 3]);
    bench.write(2);
    const { job, written } = jobOf();
    await packer(parts(bench))(job);
    const result = await verifyPack(bytesOf(Buffer.concat(written)), { hashing: nodeHashing, pinned: null, checkpoint: bench.runtime.history.all<{ note: string }>('SELECT note FROM audit_seal ORDER BY number DESC LIMIT 1')[0]?.note ?? '' });
    expect(result.findings).toEqual([]);
    expect(result.pack?.entries).toBe(bench.runtime.history.all<{ n: number }>('SELECT count(*) AS n FROM audit_entry')[0]?.n);
  }, 30_000);

  it('ends when it is told to, and says in words what stood in its way', async () => {
    const bench = new AuditBench();
    await bench.hours([2]);
    const stop = new AbortController();
    const cancelled = jobOf({ signal: stop.signal, write: () => stop.abort(new ReportCancelled()) });
    await expect(packer(parts(bench))(cancelled.job)).rejects.toThrow(ReportCancelled);
    await expect(packer({ ...parts(bench), sign: () => Promise.reject(new Error('The key lies in the keyring of the desktop.')) })(jobOf().job)).rejects.toThrow(new ReportFailure('The key lies in the keyring of the desktop.'));
    await expect(packer(parts(bench))(jobOf({ write: () => { throw new ReportFailure('The disk is full.'); } }).job)).rejects.toThrow('The disk is full.');
    const bare = new AuditBench();
    await expect(packer({ ...parts(bare), seal: () => Promise.resolve(null) })(jobOf().job)).rejects.toThrow(/no seal yet/);
  }, 30_000);
});
