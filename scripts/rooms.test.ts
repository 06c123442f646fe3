import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './paths.mjs';

interface Wall {
  what: string;
  file: string;
  imports: string;
}

const refused: Wall[] = [
  { what: 'shared takes nothing from the engine', file: 'shared/a.ts', imports: '../electron/engine/b.ts' },
  { what: 'shared takes nothing from the page', file: 'shared/b.ts', imports: '../renderer/b.ts' },
  { what: 'shared knows no Node', file: 'shared/c.ts', imports: 'node:fs' },
  { what: 'shared knows no Node under its old names', file: 'shared/d.ts', imports: 'fs' },
  { what: 'shared knows no React', file: 'shared/e.ts', imports: 'react' },
  { what: 'the verifier takes nothing from the engine', file: 'verifier/a.ts', imports: '../electron/engine/audit/chain.ts' },
  { what: 'the verifier takes nothing from shared', file: 'verifier/b.ts', imports: '../shared/audit.ts' },
  { what: 'the verifier knows no Node', file: 'verifier/page/a.ts', imports: 'node:crypto' },
  { what: 'the engine knows no Electron', file: 'electron/engine/a.ts', imports: 'electron' },
  { what: 'the engine takes nothing from main', file: 'electron/engine/b.ts', imports: '../main/window.ts' },
  { what: 'the engine takes nothing from the page', file: 'electron/engine/ingest/a.ts', imports: '../../../renderer/app/a.ts' },
  { what: 'the engine takes nothing from the demo', file: 'electron/engine/c.ts', imports: '../../demo/fleet.ts' },
  { what: 'only store speaks SQL', file: 'electron/engine/ingest/b.ts', imports: 'better-sqlite3' },
  { what: 'store takes nothing from connectors', file: 'electron/engine/store/a.ts', imports: '../connectors/otlp/a.ts' },
  { what: 'a connector takes nothing from store', file: 'electron/engine/connectors/otlp/a.ts', imports: '../../store/writer.ts' },
  { what: 'a connector takes nothing from stop', file: 'electron/engine/connectors/otlp/b.ts', imports: '../../stop/plan.ts' },
  { what: 'a connector takes nothing from rpc', file: 'electron/engine/connectors/otlp/c.ts', imports: '../../rpc/serve.ts' },
  { what: 'a connector speaks no SQL', file: 'electron/engine/connectors/otlp/d.ts', imports: 'better-sqlite3' },
  { what: 'access takes nothing from store', file: 'electron/engine/access/a.ts', imports: '../store/writer.ts' },
  { what: 'access takes nothing from a connector', file: 'electron/engine/access/b.ts', imports: '../connectors/connector.ts' },
  { what: 'access speaks no SQL', file: 'electron/engine/access/c.ts', imports: 'better-sqlite3' },
  { what: 'cost takes nothing from store', file: 'electron/engine/cost/a.ts', imports: '../store/writer.ts' },
  { what: 'cost takes nothing from a connector', file: 'electron/engine/cost/b.ts', imports: '../connectors/connector.ts' },
  { what: 'cost speaks no SQL', file: 'electron/engine/cost/c.ts', imports: 'better-sqlite3' },
  { what: 'processes take nothing from store', file: 'electron/engine/processes/a.ts', imports: '../store/writer.ts' },
  { what: 'processes take nothing from stop', file: 'electron/engine/processes/b.ts', imports: '../stop/judge.ts' },
  { what: 'processes take nothing from rpc', file: 'electron/engine/processes/c.ts', imports: '../rpc.ts' },
  { what: 'processes take nothing from a connector', file: 'electron/engine/processes/d.ts', imports: '../connectors/a2a/a2a.ts' },
  { what: 'processes speak no SQL', file: 'electron/engine/processes/e.ts', imports: 'better-sqlite3' },
  { what: 'main takes nothing from the engine', file: 'electron/main/a.ts', imports: '../engine/index.ts' },
  { what: 'main speaks no SQL', file: 'electron/main/b.ts', imports: 'better-sqlite3' },
  { what: 'the preload takes nothing from the engine', file: 'electron/preload/a.ts', imports: '../engine/rpc.ts' },
  { what: 'the page takes nothing from the engine', file: 'renderer/features/agents/a.tsx', imports: '../../../electron/engine/rpc.ts' },
  { what: 'the page takes nothing from the preload', file: 'renderer/api/a.ts', imports: '../../electron/preload/index.ts' },
  { what: 'the page knows no Electron', file: 'renderer/app/a.tsx', imports: 'electron' },
  { what: 'the page knows no Node', file: 'renderer/app/b.tsx', imports: 'node:path' },
  { what: 'the page takes nothing from the demo', file: 'renderer/app/c.tsx', imports: '../../demo/fleet.ts' },
  { what: 'ui takes nothing from api', file: 'renderer/ui/a.tsx', imports: '../api/client.ts' },
  { what: 'ui takes nothing from a feature', file: 'renderer/ui/b.tsx', imports: '../features/agents/row.tsx' },
  { what: 'the demo takes nothing from the engine', file: 'demo/a.ts', imports: '../electron/engine/rpc.ts' },
  { what: 'the e2e tests take nothing from the page', file: 'e2e/a.ts', imports: '../renderer/app/a.tsx' },
];

const allowed: Wall[] = [
  { what: 'shared may use zod', file: 'shared/ok-a.ts', imports: 'zod' },
  { what: 'shared may use shared', file: 'shared/ok-b.ts', imports: './ok-a.ts' },
  { what: 'the verifier may unpack zips', file: 'verifier/ok-a.ts', imports: '@zip.js/zip.js/index-native.js' },
  { what: 'the page of the verifier may use the verifier', file: 'verifier/page/ok-a.ts', imports: '../ok-a.ts' },
  { what: 'the engine may use the verifier', file: 'electron/engine/export/ok-a.ts', imports: '../../../verifier/ok-a.ts' },
  { what: 'the engine may use shared', file: 'electron/engine/ok-a.ts', imports: '../../shared/ok-b.ts' },
  { what: 'the engine may use Node', file: 'electron/engine/ok-b.ts', imports: 'node:http' },
  { what: 'processes may use the contract of connectors', file: 'electron/engine/processes/ok-a.ts', imports: '../connectors/stopping.ts' },
  { what: 'store may use cost', file: 'electron/engine/store/ok-c.ts', imports: '../cost/ok-a.ts' },
  { what: 'store may use access', file: 'electron/engine/store/ok-b.ts', imports: '../access/ok-a.ts' },
  { what: 'store may speak SQL', file: 'electron/engine/store/ok-a.ts', imports: 'better-sqlite3' },
  { what: 'main may use Electron', file: 'electron/main/ok-a.ts', imports: 'electron' },
  { what: 'main may use shared', file: 'electron/main/ok-b.ts', imports: '../../shared/ok-b.ts' },
  { what: 'the page may use shared', file: 'renderer/api/ok-a.ts', imports: '../../shared/ok-b.ts' },
  { what: 'a feature may use ui and api', file: 'renderer/features/agents/ok-a.tsx', imports: '../../api/ok-a.ts' },
  { what: 'ui may use Mantine', file: 'renderer/ui/ok-a.tsx', imports: '@mantine/core' },
];

/** A house of the same build, with the real walls, that holds only the offending files. */
let house: string;

beforeAll(() => {
  house = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'gatehouse-rooms-')));
  for (const file of ['.oxlintrc.json', 'tsconfig.base.json', 'tsconfig.json', 'package.json']) copyFileSync(path.join(root, file), path.join(house, file));
  symlinkSync(path.join(root, 'node_modules'), path.join(house, 'node_modules'));
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

function put(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(house, file)), { recursive: true });
  writeFileSync(path.join(house, file), content);
}

/** The real program of a tool, under this very Node; both print their findings on standard output. */
function runTool(tool: string, program: string, args: string[]): string {
  return spawnSync(process.execPath, [path.join(root, 'node_modules', tool, 'bin', program), ...args], { cwd: house, encoding: 'utf8' }).stdout;
}

describe('lint keeps the rooms apart', () => {
  let findings: { code: string; filename: string }[];

  beforeAll(() => {
    for (const { file, imports } of [...refused, ...allowed]) put(file, `import * as other from '${imports}';\nexport const used = other;\n`);
    findings = JSON.parse(runTool('oxlint', 'oxlint', ['--format=json'])).diagnostics;
  }, 30_000);

  const wallOf = (file: string) => findings.filter((finding) => finding.filename === file && finding.code.includes('no-restricted-imports'));

  test.each(refused)('$what', ({ file }) => {
    expect(wallOf(file)).toHaveLength(1);
  });

  test.each(allowed)('$what', ({ file }) => {
    expect(wallOf(file)).toEqual([]);
  });
});

describe('the compiler keeps the rooms apart', () => {
  const compiled: [room: string, file: string, content: string, complaint: string][] = [
    ['shared', 'shared/node.ts', 'export const where = process.cwd();', "Cannot find name 'process'"],
    ['shared', 'shared/page.ts', 'export const title = document.title;', "Cannot find name 'document'"],
    ['verifier', 'verifier/node.ts', 'export const where = process.cwd();', "Cannot find name 'process'"],
    ['verifier', 'verifier/page.ts', 'export const title = document.title;', "Cannot find name 'document'"],
    ['electron/engine', 'electron/engine/page.ts', 'export const title = document.title;', "Cannot find name 'document'"],
    ['electron/engine', 'electron/engine/reach.ts', "export { inside } from '../../renderer/inside.ts';", 'renderer/inside.ts'],
    ['electron/main', 'electron/main/reach.ts', "export { inside } from '../engine/inside.ts';", 'engine/inside.ts'],
    ['electron/preload', 'electron/preload/reach.ts', 'export const where = process.cwd();', "Cannot find name 'process'"],
    ['renderer', 'renderer/reach.ts', "export { inside } from '../electron/engine/inside.ts';", 'engine/inside.ts'],
    ['renderer', 'renderer/node.ts', 'export const where = process.cwd();', "Cannot find name 'process'"],
  ];

  // The files of the lint test import packages, and packages bring their types along.
  beforeAll(() => {
    for (const room of ['shared', 'verifier', 'electron', 'renderer', 'demo', 'e2e']) rmSync(path.join(house, room), { recursive: true, force: true });
  });

  test.each(compiled)('%s refuses %s', (room, file, content, complaint) => {
    for (const name of ['shared', room]) {
      put(`${name}/tsconfig.json`, readFileSync(path.join(root, name, 'tsconfig.json'), 'utf8'));
    }
    for (const inside of ['renderer/inside.ts', 'electron/engine/inside.ts', 'shared/inside.ts']) put(inside, 'export const inside = 1;\n');
    put(file, `${content}\n`);
    const said = runTool('typescript', 'tsc', ['-p', `${room}/tsconfig.json`, '--noEmit', '--pretty', 'false']);
    const about = said.split('\n').filter((line) => line.startsWith(file));
    expect(about.join('\n')).toContain(complaint);
  }, 30_000);
});
