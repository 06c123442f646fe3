import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineLog } from './engine-log.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'gatehouse-log-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

describe('EngineLog', () => {
  it('keeps one line a fact, also for text with line breaks', () => {
    const log = new EngineLog(folder, { now: () => 0 });
    log.info('first\nsecond', { port: 4318, why: 'a b' });
    expect(readFileSync(join(folder, 'engine.log'), 'utf8')).toBe('1970-01-01T00:00:00.000Z info first\\nsecond port=4318 why="a b"\n');
  });

  it('keeps an error\'s kind and frames but not its message', () => {
    const log = new EngineLog(folder);
    log.error('query failed', new RangeError('token gh_secret in the prompt'), { id: 'e-1' });
    const text = readFileSync(join(folder, 'engine.log'), 'utf8');
    expect(text).toContain('query failed: RangeError at ');
    expect(text).toContain('id="e-1"');
    expect(text).not.toContain('gh_secret');
  });

  it('rotates before two megabytes and is readable by its owner only', () => {
    const log = new EngineLog(folder);
    for (let line = 0; line < 25; line += 1) log.info('x'.repeat(100_000));
    expect(statSync(join(folder, 'engine.log')).size).toBeLessThanOrEqual(2_000_000);
    expect(statSync(join(folder, 'engine.log.1')).size).toBeLessThanOrEqual(2_000_000);
    expect(statSync(join(folder, 'engine.log')).mode & 0o777).toBe(0o600);
  });
});
