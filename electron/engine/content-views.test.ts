import { describe, expect, it } from 'vitest';
import { ContentViews } from './content-views.ts';
import type { Actor } from './ports.ts';
import type { AuditWords } from './store/runtime-commands.ts';

const ada: Actor = { kind: 'desktop', name: 'ada', place: 'page', readOnly: false };

function house(): { views: ContentViews; told: AuditWords[]; errors: unknown[]; clock: { at: number }; broken: { is: boolean } } {
  const told: AuditWords[] = [];
  const errors: unknown[] = [];
  const clock = { at: Date.parse('2026-11-23T10:00:00Z') };
  const broken = { is: false };
  const views = new ContentViews({
    history: { command: (_name, words) => { told.push(words); return broken.is ? Promise.reject(new Error('disk is full')) : Promise.resolve({ id: 1 }); } },
    log: { info: () => undefined, warn: () => undefined, error: (_text, error) => { errors.push(error); } }, clock: { now: () => clock.at },
  });
  return { views, told, errors, clock, broken };
}

describe('a look at content', () => {
  it('is written once for each subject, actor and hour', () => {
    const { views, told, clock } = house();
    for (let times = 0; times < 50; times += 1) views.note('activity', 'act-1', ada);
    expect(told).toMatchObject([{ actor: 'ada', action: 'content.view', subject: 'act-1', outcome: 'done', details: { shown: 'full' } }]);
    views.note('activity', 'act-2', ada);
    views.note('activity', 'act-1', { ...ada, kind: 'command_line', place: 'socket' });
    expect(told).toHaveLength(3);
    clock.at += 3_599_999;
    views.note('activity', 'act-1', ada);
    expect(told).toHaveLength(3);
    clock.at += 1;
    views.note('activity', 'act-1', ada);
    expect(told).toHaveLength(4);
  });

  it('that could not be written is tried again with the next', async () => {
    const { views, told, errors, broken } = house();
    broken.is = true;
    views.note('approval', 'apr-1', ada);
    await Promise.resolve();
    await Promise.resolve();
    expect(errors).toHaveLength(1);
    broken.is = false;
    views.note('approval', 'apr-1', ada);
    expect(told).toHaveLength(2);
  });
});
