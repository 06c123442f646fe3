import { describe, expect, it } from 'vitest';
import { engineProcessMessage } from '../../../../shared/engine-process.ts';
import { ParentDesktop, sendDesktop } from './desktop.ts';
import type { DesktopAlert } from './desktop.ts';
import { boundedMessage } from './plain-text.ts';
import { DeliveryFault } from './sending.ts';
import type { Remark, SendLimits } from './sending.ts';
import { testMessage } from './test-messages.ts';

const never = new AbortController().signal;
const limits: SendLimits = { totalMs: 5_000, settleMs: 0 };

function line(): { desktop: ParentDesktop; asked: DesktopAlert[] } {
  const asked: DesktopAlert[] = [];
  return { desktop: new ParentDesktop((alert) => asked.push(alert)), asked };
}

const send = (desktop: ParentDesktop | null, message = testMessage(), how: { signal?: AbortSignal; limits?: SendLimits } = {}): Promise<Remark> =>
  sendDesktop(desktop, { config: { kind: 'desktop' }, credential: null, message: boundedMessage(message), signal: how.signal ?? never, limits: how.limits ?? limits });

describe('the desktop as a target', () => {
  it('is asked with what its message allows, and took it once it says so', async () => {
    const { desktop, asked } = line();
    const sending = send(desktop, testMessage({ title: 'x'.repeat(1_000), text: 'y\n'.repeat(10_000), severity: 'urgent' }, { event: 'escalated' }));
    expect(engineProcessMessage.safeParse(asked[0]).success).toBe(true);
    expect(asked[0]).toMatchObject({ t: 'alert', n: 1, id: 'alt-1', severity: 'urgent', title: expect.stringMatching(/^Nobody has acknowledged: x+\u2026$/) as string });
    desktop.hear({ t: 'alert', n: 1, ok: true, text: '' });
    expect(await sending).toBeNull();
  });

  it('is believed when it says that it showed nothing, each answer for its own question', async () => {
    const { desktop } = line();
    const [first, second] = [send(desktop), send(desktop)];
    desktop.hear({ t: 'alert', n: 2, ok: false, text: 'This desktop shows no notifications.' });
    desktop.hear({ t: 'alert', n: 3, ok: true, text: 'of nobody' });
    desktop.hear({ t: 'alert', n: 1, ok: true, text: 'Shown with others.' });
    await expect(second).rejects.toThrow('This desktop shows no notifications.');
    expect(await first).toBe('Shown with others.');
  });

  it('is given up when it does not answer, and an answer that comes later is nobody\'s', async () => {
    const { desktop } = line();
    await expect(send(desktop, testMessage(), { limits: { totalMs: 20, settleMs: 0 } })).rejects.toBeInstanceOf(DeliveryFault);
    expect(() => desktop.hear({ t: 'alert', n: 1, ok: true, text: '' })).not.toThrow();
    const ended = new AbortController();
    ended.abort();
    await expect(send(desktop, testMessage(), { signal: ended.signal })).rejects.toThrow(/did not say/);
  });

  it('is not there without a window', async () => {
    await expect(send(null)).rejects.toMatchObject({ forGood: false, alarming: false, message: expect.stringMatching(/in the inbox/) as string });
  });
});
