import { afterEach, describe, expect, it } from 'vitest';
import { overlayNow, showOverlay } from './overlay-state.ts';
import { addStopSource, openStopOfScreen, openStopPlan, stopChoiceNow, stopOfAgent, stopOfEverything, stopOfTask, stopOpened, type StopChoice } from './stop-choice.ts';

const leave: (() => void)[] = [];
const chosen = (choice: StopChoice | null, part = false): void => { leave.push(addStopSource({ read: () => choice, part })); };
const agent = (name: string): StopChoice => ({ kind: 'one', ask: stopOfAgent({ id: name, name }) });

afterEach(() => {
  for (const one of leave.splice(0)) one();
  showOverlay(null);
});

describe('what is chosen on the screen', () => {
  it('is nothing where no screen says so', () => {
    expect(stopChoiceNow()).toBeNull();
    chosen(null);
    expect(stopChoiceNow()).toBeNull();
  });

  it('is what the part of the screen says before what the screen says, whichever was there first', () => {
    chosen(agent('part'), true);
    chosen(agent('screen'));
    expect(stopChoiceNow()).toEqual(agent('part'));
  });

  it('is what the newest says, and what the one before says once that is gone', () => {
    chosen(agent('old'));
    chosen(agent('new'));
    expect(stopChoiceNow()).toEqual(agent('new'));
    leave.pop()?.();
    expect(stopChoiceNow()).toEqual(agent('old'));
  });
});

describe('the stop key', () => {
  it('opens the plan of what is chosen', () => {
    const task: StopChoice = { kind: 'one', ask: stopOfTask({ id: 't', name: 'batch' }, { agent: { id: 'a', name: 'runner' } }) };
    chosen(task);
    openStopOfScreen();
    expect(overlayNow()).toBe('stop');
    expect(stopOpened()).toEqual({ kind: 'plan', ask: { scope: { kind: 'task', id: 't' }, name: 'batch', level: null, context: { task: { id: 't', name: 'batch' }, agent: { id: 'a', name: 'runner' } } } });
  });

  it('asks what to stop where nothing is chosen, or where several are', () => {
    openStopOfScreen();
    expect(stopOpened()).toEqual({ kind: 'choose', agents: [] });
    showOverlay(null);
    const agents = [{ id: 'a', name: 'a' }, { id: 'b', name: 'b' }];
    chosen({ kind: 'several', agents });
    openStopOfScreen();
    expect(stopOpened()).toEqual({ kind: 'choose', agents });
  });

  it('leaves a plan that lies open as it is', () => {
    openStopPlan(stopOfEverything);
    chosen(agent('other'));
    openStopOfScreen();
    expect(stopOpened()).toEqual({ kind: 'plan', ask: stopOfEverything });
  });
});
