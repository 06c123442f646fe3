import { describe, expect, it } from 'vitest';
import type { CallContext } from './ports.ts';
import { makeHandlers, runRetention } from './handlers.ts';
import type { HandlerParts } from './handlers.ts';
import { defaultSettings } from './store/commands.ts';

/** A history that keeps what it was told, and answers as if it were done. */
class FakeHistory {
  readonly told: { name: string; params: unknown }[] = [];
  retentionDays: number | null = 30;
  gone = 4;

  query(): Promise<unknown> { return Promise.resolve({ ...defaultSettings, retentionDays: this.retentionDays }); }
  command(name: string, params: unknown): Promise<unknown> {
    this.told.push({ name, params });
    return Promise.resolve(name === 'retention.run' ? { activities: this.gone } : { ...defaultSettings });
  }

  get port(): HandlerParts['history'] { return this as unknown as HandlerParts['history']; }
}

const ada: CallContext = { actor: { kind: 'desktop', name: 'ada', place: 'page', readOnly: false }, signal: new AbortController().signal };
const now = Date.parse('2026-03-31T12:00:00.000Z') * 1_000;
const handlersOf = (history: FakeHistory): ReturnType<typeof makeHandlers> => makeHandlers({ history: history.port } as unknown as HandlerParts);

describe('settings', () => {
  it('that say what is kept or guarded go to the audit log with what they were before; a taste does not', async () => {
    const history = new FakeHistory();
    await handlersOf(history)['settings.set']({ theme: 'dark', weakVault: true, retentionDays: 7, notifyApprovals: defaultSettings.notifyApprovals }, ada);
    expect(history.told).toMatchObject([{ name: 'settings.set', params: { theme: 'dark', audit: { actor: 'ada', action: 'settings.change', outcome: 'done', details: { before: { weakVault: false, retentionDays: 30 }, after: { weakVault: true, retentionDays: 7 } } } } }]);
    await handlersOf(history)['settings.set']({ theme: 'light' }, ada);
    expect(history.told[1]).toEqual({ name: 'settings.set', params: { theme: 'light' } });
  });
});

describe('the retention', () => {
  const lines = (history: FakeHistory): unknown[] => history.told.map(({ name, params }) => (name === 'audit.append' ? [(params as { actor: string }).actor, (params as { outcome: string }).outcome] : name));

  it('that a person runs is in the audit log before anything goes, and after', async () => {
    const history = new FakeHistory();
    expect(await runRetention(history.port, now, ada.actor)).toEqual({ activities: 4 });
    expect(lines(history)).toEqual([['ada', 'asked'], 'retention.run', ['ada', 'done']]);
  });

  it('that runs by itself says what it removed, and nothing when it removed nothing', async () => {
    const history = new FakeHistory();
    await runRetention(history.port, now, null);
    expect(lines(history)).toEqual(['retention.run', ['Gatehouse', 'done']]);
    history.gone = 0;
    history.told.length = 0;
    await runRetention(history.port, now, null);
    expect(lines(history)).toEqual(['retention.run']);
  });
});
