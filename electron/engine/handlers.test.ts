import { describe, expect, it } from 'vitest';
import type { CallContext } from './ports.ts';
import { makeHandlers } from './handlers.ts';
import type { HandlerParts } from './handlers.ts';
import { defaultSettings } from './store/commands.ts';

/** A history that keeps what it was told, and answers as if it were done. */
class FakeHistory {
  readonly told: { name: string; params: unknown }[] = [];
  retentionDays: number | null = 30;

  query(): Promise<unknown> { return Promise.resolve({ ...defaultSettings, retentionDays: this.retentionDays }); }
  command(name: string, params: unknown): Promise<unknown> {
    this.told.push({ name, params });
    return Promise.resolve({ ...defaultSettings });
  }

  get port(): HandlerParts['history'] { return this as unknown as HandlerParts['history']; }
}

const ada: CallContext = { actor: { kind: 'desktop', name: 'ada', place: 'page', readOnly: false }, signal: new AbortController().signal };
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
