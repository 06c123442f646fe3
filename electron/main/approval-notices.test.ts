import { describe, expect, it } from 'vitest';
import { ApprovalNotices, plainForNotice } from './approval-notices.ts';
import type { Desktop } from './approval-notices.ts';

class FakeDesktop implements Desktop {
  watched = false;
  badge = -1;
  shown = 0;
  notices: { title: string; body: string; clicked: () => void }[] = [];
  notify(title: string, body: string, clicked: () => void): void { this.notices.push({ title, body, clicked }); }
  setBadge(count: number): void { this.badge = count; }
  isWatched(): boolean { return this.watched; }
  show(): void { this.shown += 1; }
}

const asks = (agent: string, title: string) => ({ id: 'apr-1', agent, title });

describe('ApprovalNotices', () => {
  it('names who asks and what for, and leads there', () => {
    const desktop = new FakeDesktop();
    new ApprovalNotices(desktop).tell({ t: 'approvals', waiting: 1, fresh: [asks('payer', 'send_payment 41 EUR')] });
    expect(desktop.notices).toMatchObject([{ title: 'payer asks for approval', body: 'send_payment 41 EUR' }]);
    expect(desktop.badge).toBe(1);
    desktop.notices[0]?.clicked();
    expect(desktop.shown).toBe(1);
  });

  it('makes one notice of many', () => {
    const desktop = new FakeDesktop();
    new ApprovalNotices(desktop).tell({ t: 'approvals', waiting: 3, fresh: [asks('a', '1'), asks('a', '2'), asks('b', '3')] });
    expect(desktop.notices).toMatchObject([{ title: '3 new approvals wait', body: 'a, b' }]);
  });

  it('keeps quiet while the window is looked at, but counts', () => {
    const desktop = new FakeDesktop();
    desktop.watched = true;
    new ApprovalNotices(desktop).tell({ t: 'approvals', waiting: 2, fresh: [asks('a', '1')] });
    expect(desktop.notices).toEqual([]);
    expect(desktop.badge).toBe(2);
  });

  it('takes the badge away with the last one', () => {
    const desktop = new FakeDesktop();
    new ApprovalNotices(desktop).tell({ t: 'approvals', waiting: 0, fresh: [] });
    expect(desktop).toMatchObject({ badge: 0, notices: [] });
  });
});

describe('plainForNotice', () => {
  it('leaves nothing that a desktop could read as markup or as a link', () => {
    expect(plainForNotice('<a href="https://evil.example">pay & go</a>')).toBe('\u2039a href="https:\u2044\u2044evil.example"\u203Apay + go\u2039/a\u203A');
  });
  it('makes what cannot be seen visible and cuts what is long', () => {
    expect(plainForNotice('a\u202Eb\u200Bc\nd')).toBe('a\uFFFDb\uFFFDc\uFFFDd');
    expect(plainForNotice('x'.repeat(500))).toHaveLength(120);
  });
});
