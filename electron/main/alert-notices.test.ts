import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AlertNotices } from './alert-notices.ts';
import type { AlertDesktop, AlertMessage } from './alert-notices.ts';

class FakeDesktop implements AlertDesktop {
  problem: string | null = null;
  notices: { title: string; body: string; urgent: boolean; clicked: () => void }[] = [];
  opened: (string | null)[] = [];
  notify(title: string, body: string, urgent: boolean, clicked: () => void): Promise<string | null> {
    this.notices.push({ title, body, urgent, clicked });
    return Promise.resolve(this.problem);
  }
  show(alert: string | null): void { this.opened.push(alert); }
}

const about = (title: string, more: Partial<AlertMessage> = {}): AlertMessage => ({ t: 'alert', n: 1, id: `alt-${title}`, severity: 'attention', title, text: `text of ${title}`, ...more });

function open(): { desktop: FakeDesktop; notices: AlertNotices } {
  const desktop = new FakeDesktop();
  return { desktop, notices: new AlertNotices(desktop) };
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe('AlertNotices', () => {
  it('shows an alert at once, and leads to it', async () => {
    const { desktop, notices } = open();
    expect(await notices.tell(about('one', { severity: 'urgent' }))).toEqual({ ok: true, text: '' });
    expect(desktop.notices).toMatchObject([{ title: 'one', body: 'text of one', urgent: true }]);
    desktop.notices[0]?.clicked();
    expect(desktop.opened).toEqual(['alt-one']);
  });

  it('says why the desktop showed nothing', async () => {
    const { desktop, notices } = open();
    desktop.problem = 'This desktop shows no notifications.';
    expect(await notices.tell(about('one'))).toEqual({ ok: false, text: 'This desktop shows no notifications.' });
  });

  it('makes one of all that come close together, what is urgent first', async () => {
    const { desktop, notices } = open();
    await notices.tell(about('one'));
    for (const title of ['two', 'three', 'four', 'five', 'six']) expect((await notices.tell(about(title, { severity: title === 'six' ? 'urgent' : 'info' }))).ok).toBe(true);
    expect(desktop.notices).toHaveLength(1);
    vi.advanceTimersByTime(5_000);
    expect(desktop.notices[1]).toMatchObject({ title: '5 more alerts, 1 of them urgent', body: 'six\ntwo\nthree\nfour', urgent: true });
    desktop.notices[1]?.clicked();
    expect(desktop.opened).toEqual([null]);
  });

  it('shows a single one that came late as what it is', async () => {
    const { desktop, notices } = open();
    await notices.tell(about('one'));
    await notices.tell(about('two'));
    vi.advanceTimersByTime(5_000);
    expect(desktop.notices[1]).toMatchObject({ title: 'two', body: 'text of two' });
  });

  it('shows a flood as one every few seconds, counts it whole and keeps little of it', async () => {
    const { desktop, notices } = open();
    for (let i = 0; i < 1_000; i += 1) await notices.tell(about(`a${i}`));
    vi.advanceTimersByTime(5_000);
    for (let i = 0; i < 50; i += 1) await notices.tell(about(`b${i}`));
    vi.advanceTimersByTime(60_000);
    expect(desktop.notices.map((one) => one.title)).toEqual(['a0', '999 more alerts', '50 more alerts']);
    await notices.tell(about('later'));
    expect(desktop.notices.at(-1)?.title).toBe('later');
  });

  it('leaves nothing in agent text that a desktop could read as markup or a link', async () => {
    const { desktop, notices } = open();
    await notices.tell(about('<b>x</b>\nhttps://evil.example', { text: '<img src=x>\u202egnp' }));
    const [notice] = desktop.notices;
    expect(`${notice?.title}${notice?.body}`).not.toMatch(/[<>&\n\u202e]|:\/\//);
  });

  it('shows nothing any more once it is closed', async () => {
    const { desktop, notices } = open();
    await notices.tell(about('one'));
    await notices.tell(about('two'));
    notices.close();
    vi.advanceTimersByTime(60_000);
    expect(desktop.notices).toHaveLength(1);
  });
});
