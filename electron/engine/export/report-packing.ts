/** Hands the files of a report to whoever makes a pack of them, and clears up behind it: what is left is one zip, or nothing. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Completeness, ReportFile, ReportSpec } from '../../../shared/reports.ts';
import { PartFile, partOf, placeOf, removeEmpty } from './report-files.ts';
import { fileFailure, ReportFailure } from './report-failure.ts';
import { standingFile } from './write-report.ts';
import type { ReportOrder, ReportOutcome } from './write-report.ts';

export interface PackJob {
  /** holds `files`, and where activity was chosen the file `standing` with a JSON line {activity, connection, hour, index, leaf} for each record of it. */
  readonly folder: string;
  readonly files: readonly ReportFile[];
  readonly standing: string | null;
  readonly spec: ReportSpec;
  readonly completeness: Completeness;
  readonly by: string;
  readonly version: string;
  readonly madeAt: Date;
  readonly signal: AbortSignal;
  /** the zip's bytes, in order. Throws in words where they cannot be written. */
  readonly write: (bytes: Uint8Array) => void;
  readonly progress: (step: string, bytes: number) => void;
}
export type PackReport = (job: PackJob) => Promise<void>;

export async function packTo(pack: PackReport, { order, outcome, by }: { readonly order: ReportOrder; readonly outcome: ReportOutcome; readonly by: string }, signal: AbortSignal, progress: PackJob['progress']): Promise<ReportFile> {
  const { spec, target, overwrite, nowMs, version } = order;
  const { folder } = placeOf(spec, target);
  const standing = spec.contents.includes('activity') ? standingFile : null;
  let zip: PartFile | null = null;
  try {
    const out = new PartFile(target);
    zip = out;
    await pack({ folder, files: outcome.files, standing, spec, completeness: outcome.completeness, by, version, madeAt: new Date(nowMs), signal, write: (bytes) => out.write(bytes), progress });
    signal.throwIfAborted();
    const sha256 = out.sha256();
    if (!overwrite && existsSync(target)) throw new ReportFailure(`${target} was made by somebody else meanwhile. It was left as it is, and nothing of the pack is there. Choose another name.`);
    renameSync(partOf(target), target);
    return { path: basename(target), content: null, format: 'pack', bytes: out.bytes, rows: outcome.rows, sha256 };
  } catch (error) {
    zip?.discard();
    throw error instanceof Error && 'syscall' in error ? fileFailure(error, target) : error;
  } finally {
    for (const name of [...outcome.files.map(({ path }) => path), ...(standing === null ? [] : [standing])]) rmSync(join(folder, name), { force: true });
    removeEmpty(folder);
  }
}
