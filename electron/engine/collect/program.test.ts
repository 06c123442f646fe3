import { describe, expect, it, vi } from 'vitest';
import { RuntimeFault } from '../connectors/connector.ts';
import type { SpawnedProgram } from '../connectors/connector.ts';
import { programStarter } from './program.ts';

const start = (script: string, { env = [], ...more }: { env?: string[]; mostLineBytes?: number; killAfterMs?: number } = {}): { program: SpawnedProgram; lines: string[]; ended: string[] } => {
  const starter = programStarter({ environment: { PATH: process.env['PATH'], HOME: '/nowhere', SECRET: 'mine', NAMED: 'yes' }, ...more });
  const program = starter(process.execPath, ['-e', script], { env });
  const lines: string[] = [];
  const ended: string[] = [];
  program.onLine((line) => lines.push(line));
  program.onEnd((why) => ended.push(why));
  return { program, lines, ended };
};
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // No such process.
  }
};

describe('programStarter', () => {
  it('passes lines in and out, and only what is named of the environment', async () => {
    const { program, lines } = start('process.stdin.on("data", (d) => console.log(String(d).trim() + JSON.stringify(Object.keys(process.env).sort())))', { env: ['NAMED', 'ABSENT'] });
    program.write('hello ');
    await vi.waitFor(() => expect(lines).toEqual(['hello["HOME","NAMED","PATH"]']));
    await program.kill();
  });

  it('joins lines that come in pieces', async () => {
    const { program, lines, ended } = start('process.stdout.write("a"); setTimeout(() => { process.stdout.write("b\\n\\nc\\n"); process.exit(0) }, 50)');
    await vi.waitFor(() => expect(ended).toHaveLength(1));
    expect(lines).toEqual(['ab', 'c']);
    await program.kill();
  });

  it('says how it ended, in its last words on one line', async () => {
    const { ended } = start('console.error("first\\nCannot find\\u202e module"); process.exit(3)');
    await vi.waitFor(() => expect(ended).toEqual(['It ended (code 3); its last words: "Cannot find module".']));
  });

  it('ends a program that sends a line without end', async () => {
    const { ended, lines } = start('setInterval(() => process.stdout.write("x".repeat(10000)), 1)', { mostLineBytes: 50_000 });
    await vi.waitFor(() => expect(ended[0]).toContain('50,000 bytes'), { timeout: 5_000 });
    expect(lines).toEqual([]);
  });

  it('ends what ignores the polite request, and what that started', async () => {
    const { program, lines } = start(`
      process.on('SIGTERM', () => {});
      const { pid } = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      console.log(pid); setInterval(() => {}, 1000)`, { killAfterMs: 100 });
    await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 5_000 });
    const grandchild = Number(lines[0]);
    expect(alive(grandchild)).toBe(true);
    await program.kill();
    await vi.waitFor(() => expect([alive(program.pid), alive(grandchild)]).toEqual([false, false]), { timeout: 5_000 });
  });

  it('says that there is no such program', () => {
    expect(() => programStarter({ environment: {} })('/no/such/program', [], { env: [] })).toThrow(RuntimeFault);
  });
});
