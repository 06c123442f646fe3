/** What goes with every pack so that it can be checked without us: the page, the shell recipe and the guide. They lie beside the program that was built. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PackPrograms } from './pack.ts';
import { ReportFailure } from './report-failure.ts';

/** Run from source, the page is the one that was built last; the others are source themselves. The guide is a page of the documentation. */
const places: Readonly<Record<keyof PackPrograms, readonly string[]>> = { verifyHtml: ['./verify.html', '../../../dist/engine/verify.html'], verifySh: ['./verify.sh'], verifyMd: ['./VERIFY.md', '../../../docs/verify.md'] };

export function packPrograms(): PackPrograms {
  return { verifyHtml: read('verifyHtml'), verifySh: read('verifySh'), verifyMd: read('verifyMd') };
}

function read(name: keyof PackPrograms): string {
  for (const place of places[name]) {
    try {
      return readFileSync(fileURLToPath(new URL(place, import.meta.url)), 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  throw new ReportFailure('The verifiers that go with a pack are not part of this program: it was not built whole. Nothing was written.');
}
