import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addLayer, activeKeys, keyOf, setSingleKeys, startKeys, type KeyBinding } from './keys.ts';

class FakeElement {
  isContentEditable = false;
  inControl = false;
  closest(): FakeElement | null { return this.inControl ? this : null; }
}
class FakeInput extends FakeElement { type = 'text'; }
let dialogOpen = false;

vi.stubGlobal('Element', FakeElement);
vi.stubGlobal('HTMLElement', FakeElement);
vi.stubGlobal('HTMLInputElement', FakeInput);
vi.stubGlobal('HTMLTextAreaElement', class extends FakeElement {});
vi.stubGlobal('HTMLSelectElement', class extends FakeElement {});
vi.stubGlobal('document', { querySelector: () => (dialogOpen ? {} : null) });

const page = new EventTarget();
const stop: (() => void)[] = [];
const done: string[] = [];

function press(key: string, extra: Partial<Omit<KeyboardEvent, 'target'>> & { target?: FakeElement } = {}): Event {
  const event = new Event('keydown', { cancelable: true });
  Object.defineProperties(event, Object.fromEntries(Object.entries({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false, target: new FakeElement(), ...extra }).map(([name, value]) => [name, { value }])));
  page.dispatchEvent(event);
  return event;
}

const binding = (keys: string, name = keys, more: Partial<KeyBinding> = {}): KeyBinding => ({ keys, does: name, run: () => { done.push(name); }, ...more });
const layer = (name: string, bindings: KeyBinding[], shuts = false): void => { stop.push(addLayer({ name, shuts, bindings: () => bindings })); };

beforeEach(() => {
  stop.push(startKeys(page as unknown as Window));
});
afterEach(() => {
  for (const end of stop.splice(0)) end();
  done.length = 0;
  dialogOpen = false;
  setSingleKeys(true);
  vi.useRealTimers();
});

describe('names of keys', () => {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

  it('take Ctrl and Cmd for the same', () => {
    expect(keyOf({ ...none, key: 'k', ctrlKey: true })).toBe('mod+k');
    expect(keyOf({ ...none, key: 'K', metaKey: true })).toBe('mod+k');
  });

  it('name shift only where the sign does not tell', () => {
    expect(keyOf({ ...none, key: '?', shiftKey: true })).toBe('?');
    expect(keyOf({ ...none, key: 'J', shiftKey: true })).toBe('shift+j');
    expect(keyOf({ ...none, key: 'F6', shiftKey: true })).toBe('shift+f6');
    expect(keyOf({ ...none, key: ' ' })).toBe('space');
  });
});

describe('keys', () => {
  it('run the nearest layer', () => {
    layer('far', [binding('j', 'far')]);
    layer('near', [binding('j', 'near')]);
    expect(press('j').defaultPrevented).toBe(true);
    expect(done).toEqual(['near']);
  });

  it('leave alone what nobody bound', () => {
    expect(press('x').defaultPrevented).toBe(false);
  });

  it('wait for the second of two', () => {
    layer('all', [binding('g a'), binding('a')]);
    press('g');
    press('a');
    press('a');
    expect(done).toEqual(['g a', 'a']);
  });

  it('forget the first of two after a while', () => {
    vi.useFakeTimers();
    layer('all', [binding('g a'), binding('a')]);
    press('g');
    vi.advanceTimersByTime(1300);
    press('a');
    expect(done).toEqual(['a']);
  });

  it('take the second by itself when the two mean nothing', () => {
    layer('all', [binding('g a'), binding('j')]);
    press('g');
    press('j');
    expect(done).toEqual(['j']);
  });

  it('are off while typing, but for those with Ctrl', () => {
    layer('all', [binding('j'), binding('mod+k'), binding('f6')]);
    const target = new FakeInput();
    press('j', { target });
    press('k', { target, ctrlKey: true });
    press('F6', { target });
    expect(done).toEqual(['mod+k', 'f6']);
  });

  it('work on a checkbox, which is no text', () => {
    layer('all', [binding('j')]);
    const target = new FakeInput();
    target.type = 'checkbox';
    press('j', { target });
    expect(done).toEqual(['j']);
  });

  it('leave Enter and Space to a control that has the focus', () => {
    layer('all', [binding('enter'), binding('space'), binding('j')]);
    const target = new FakeElement();
    target.inControl = true;
    press('Enter', { target });
    press(' ', { target });
    press('j', { target });
    expect(done).toEqual(['j']);
  });

  it('lose single letters when those are switched off', () => {
    setSingleKeys(false);
    layer('all', [binding('j'), binding('shift+j'), binding('/'), binding('g a'), binding('enter'), binding('arrowdown'), binding('escape'), binding('mod+b')]);
    for (const key of ['j', '/', 'g', 'a', 'Enter', 'ArrowDown', 'Escape']) press(key);
    press('J', { shiftKey: true });
    press('b', { ctrlKey: true });
    expect(done).toEqual(['enter', 'arrowdown', 'escape', 'mod+b']);
  });

  it('reach only dialogs while one lies open', () => {
    layer('screen', [binding('j', 'screen')]);
    dialogOpen = true;
    press('j');
    layer('dialog', [binding('k', 'dialog')], true);
    press('k');
    expect(done).toEqual(['dialog']);
  });

  it('ignore what an input method is still composing', () => {
    layer('all', [binding('j')]);
    press('j', { isComposing: true });
    expect(done).toEqual([]);
  });

  it('are listed nearest first, without second keys for the same', () => {
    layer('far', [binding('j')]);
    layer('near', [binding('k'), binding('arrowup', '', {})]);
    expect(activeKeys().map((one) => [one.name, one.bindings.map((each) => each.keys)])).toEqual([['near', ['k']], ['far', ['j']]]);
  });
});
