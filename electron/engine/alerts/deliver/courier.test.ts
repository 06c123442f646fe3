import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AlertSeverity, QuietHours } from '../../../../shared/alerts.ts';
import { RuntimeFault } from '../../connectors/connector.ts';
import type { AlertCommands, DueDelivery, TargetFact } from '../../store/alert-commands.ts';
import { Courier } from './courier.ts';
import type { DeliveryBook } from './delivery-book.ts';
import type { Outgoing } from './send.ts';
import { DeliveryFault } from './sending.ts';
import type { Remark } from './sending.ts';
import { testMessage } from './test-messages.ts';

type Tried = AlertCommands['deliveries.tried']['params'];
interface Row { id: number; target: number; state: 'waiting' | 'held' | 'sent' | 'failed' | 'dropped'; severity: AlertSeverity; createdUs: number; dueUs: number; firstUs: number | null; attempts: number; error: string | null; body: string }

const start = Date.UTC(2026, 10, 23, 12);
const nowUs = (): number => Date.now() * 1_000;

/** The queue in memory, by the words of store/alert-commands.ts. */
class FakeBook implements DeliveryBook {
  readonly rows: Row[] = [];
  readonly facts = new Map<number, { enabled: boolean; quiet: QuietHours | null; name: string; credential: TargetFact['credential'] }>();
  broken = 0;
  /** between what is read and its answer. */
  slowMs = 0;
  #listener: () => void = () => undefined;

  target(id: number, more: { quiet?: QuietHours; credential?: TargetFact['credential'] } = {}): void { this.facts.set(id, { enabled: true, name: `Target ${id}`, quiet: more.quiet ?? null, credential: more.credential ?? null }); }
  add(target: number, more: Partial<Row> = {}): Row {
    const row: Row = { id: this.rows.length + 1, target, state: 'waiting', severity: 'attention', createdUs: nowUs(), dueUs: nowUs(), firstUs: null, attempts: 0, error: null, body: JSON.stringify(testMessage({ title: `alert ${this.rows.length + 1}` })), ...more };
    this.rows.push(row);
    this.changed();
    return row;
  }
  changed(): void { this.#listener(); }
  states(): string { return this.rows.map((row) => `${row.id}:${row.state}`).join(' '); }

  targets(): Promise<readonly TargetFact[]> {
    return Promise.resolve([...this.facts].map(([id, fact]) => ({ id, config: { kind: 'webhook', url: 'http://127.0.0.1:1/', scheme: 'bearer' } as const, held: this.rows.filter((row) => row.target === id && row.state === 'held').length, ...fact })));
  }
  async due(): Promise<readonly DueDelivery[]> {
    const due = [...this.facts.keys()].flatMap((target) => {
      const row = this.rows.find((one) => one.target === target && one.state === 'waiting');
      return row === undefined ? [] : [{ ...row, uid: `dlv-${row.id}`, what: 'raised' as const }];
    });
    if (this.slowMs > 0) await new Promise((done) => { setTimeout(done, this.slowMs); });
    return due;
  }
  tried(p: Tried): Promise<unknown> {
    if (this.broken > 0) {
      this.broken -= 1;
      return Promise.reject(new Error('disk full'));
    }
    const row = this.rows[p.id - 1]!;
    if (p.result === 'held') Object.assign(row, { state: 'held', dueUs: p.dueUs });
    else Object.assign(row, { state: p.result === 'again' ? 'waiting' : p.result, dueUs: p.dueUs, firstUs: row.firstUs ?? p.atUs, attempts: row.attempts + 1, error: p.error });
    this.changed();
    return Promise.resolve(null);
  }
  wake({ target, failedToo, atUs }: AlertCommands['deliveries.wake']['params']): Promise<{ deliveries: number }> {
    const woken = this.rows.filter((row) => row.target === target && (row.state === 'held' || (failedToo && row.state === 'failed')));
    for (const row of woken) Object.assign(row, { state: 'waiting', dueUs: atUs, firstUs: row.state === 'failed' ? null : row.firstUs });
    this.changed();
    return Promise.resolve({ deliveries: woken.length });
  }
  onChange(listener: () => void): () => void {
    this.#listener = listener;
    return () => { this.#listener = () => undefined; };
  }
}

class House {
  readonly book = new FakeBook();
  readonly sent: string[] = [];
  readonly alarms = new Map<string, string>();
  readonly logged: string[] = [];
  answer: (outgoing: Outgoing) => Promise<Remark> = () => Promise.resolve(null);
  credential: (reference: TargetFact['credential']) => Promise<string | null> = () => Promise.resolve(null);
  courier = this.open();

  open(): Courier {
    return new Courier({
      book: this.book, clock: { now: () => Date.now() }, random: () => 0.5, endWithinMs: 1_000,
      send: async (outgoing) => {
        const remark = await this.answer(outgoing);
        this.sent.push(`${outgoing.message.delivery} ${outgoing.message.alert.title}`);
        return remark;
      },
      readCredential: (reference) => this.credential(reference),
      alarms: { raise: (id, _severity, text) => { this.alarms.set(id, text); }, clear: (id) => { this.alarms.delete(id); } },
      log: { info: (text) => this.logged.push(text), warn: (text) => this.logged.push(text), error: (text) => this.logged.push(text) },
    });
  }
}

let house: House;
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const fault = (more: { forGood?: boolean; retryAfterMs?: number; alarming?: boolean } = {}): Promise<never> => Promise.reject(new DeliveryFault('It does not answer.', more));

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  house = new House();
  house.book.target(1);
});
afterEach(async () => {
  const closing = house.courier.close();
  await pass(2_000);
  await closing;
  vi.useRealTimers();
});

describe('the courier', () => {
  it('delivers in order, one at a time for each target and targets side by side', async () => {
    house.book.target(2);
    let running = 0;
    let most = 0;
    const perTarget: string[] = [];
    house.answer = async ({ message }) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => { setTimeout(done, 100); });
      running -= 1;
      perTarget.push(message.delivery);
      return null;
    };
    for (let i = 0; i < 4; i += 1) for (const target of [1, 2]) house.book.add(target);
    house.courier.start();
    await pass(5_000);
    expect(most).toBe(2);
    expect(house.book.rows.every((row) => row.state === 'sent' && row.attempts === 1)).toBe(true);
    expect(perTarget.filter((one) => Number(one.slice(4)) % 2 === 1)).toEqual(['dlv-1', 'dlv-3', 'dlv-5', 'dlv-7']);
  });

  it('tries again later and later, lets nothing overtake, and goes on where it works again', async () => {
    house.answer = () => fault();
    house.book.add(1);
    house.book.add(1);
    house.courier.start();
    await pass(1);
    expect(house.book.rows[0]).toMatchObject({ state: 'waiting', attempts: 1, dueUs: nowUs() - 1_000 + 5_000_000, error: 'It does not answer.' });
    await pass(5_000 + 10_000);
    expect(house.book.rows.map((row) => row.attempts)).toEqual([3, 0]);
    house.answer = () => Promise.resolve(null);
    await pass(20_000);
    expect(house.sent).toEqual(['dlv-1 alert 1', 'dlv-2 alert 2']);
  });

  it('waits as long as it is asked to', async () => {
    house.answer = () => fault({ retryAfterMs: 300_000 });
    house.book.add(1);
    house.courier.start();
    await pass(299_000);
    expect(house.book.rows[0]?.attempts).toBe(1);
    await pass(2_000);
    expect(house.book.rows[0]?.attempts).toBe(2);
  });

  it('gives up at once what is refused for good, and goes on with the next', async () => {
    house.answer = ({ message }) => (message.delivery === 'dlv-1' ? fault({ forGood: true }) : Promise.resolve(null));
    house.book.add(1);
    house.book.add(1);
    house.courier.start();
    await pass(10);
    expect(house.book.states()).toBe('1:failed 2:sent');
  });

  it('gives up after a day of trying, and does not take a day for each that stood behind', async () => {
    house.answer = () => fault();
    for (let i = 0; i < 5; i += 1) house.book.add(1);
    house.courier.start();
    await pass(23.9 * 3_600_000);
    expect(house.book.rows.map((row) => row.state)).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'waiting']);
    await pass(40 * 60_000);
    expect(house.book.rows.map((row) => row.state)).toEqual(['failed', 'failed', 'failed', 'failed', 'failed']);
    const last = house.book.add(1);
    await pass(3_600_000);
    expect(last.state).toBe('waiting');
  });

  it('tries for another day what a person asks to be tried again', async () => {
    house.answer = () => fault();
    house.book.add(1);
    house.courier.start();
    await pass(25 * 3_600_000);
    expect(house.book.states()).toBe('1:failed');
    await house.book.wake({ target: 1, failedToo: true, atUs: nowUs() });
    await pass(23 * 3_600_000);
    expect(house.book.states()).toBe('1:waiting');
    await pass(2 * 3_600_000);
    expect(house.book.states()).toBe('1:failed');
  });

  it('raises an alarm after three failures in a row and takes it back when it works, is off or is gone', async () => {
    house.answer = () => fault();
    house.book.add(1);
    house.courier.start();
    await pass(5_100);
    expect(house.alarms.size).toBe(0);
    await pass(10_000);
    expect(house.alarms.get('alerts-target-1')).toMatch(/do not reach "Target 1": It does not answer\./);
    house.answer = () => Promise.resolve(null);
    await pass(30_000);
    expect(house.alarms.size).toBe(0);
    house.answer = () => fault({ forGood: true });
    for (let i = 0; i < 3; i += 1) house.book.add(1);
    await pass(100);
    expect(house.alarms.size).toBe(1);
    house.book.facts.get(1)!.enabled = false;
    house.book.changed();
    await pass(10);
    expect(house.alarms.size).toBe(0);
  });

  it('raises no alarm for what troubles nobody', async () => {
    house.answer = () => fault({ alarming: false });
    house.book.add(1);
    house.courier.start();
    await pass(120_000);
    expect(house.book.rows[0]?.attempts).toBeGreaterThan(3);
    expect(house.alarms.size).toBe(0);
  });

  it('keeps the queue of a target that is off', async () => {
    house.book.facts.get(1)!.enabled = false;
    house.book.add(1);
    house.courier.start();
    await pass(120_000);
    expect(house.sent).toEqual([]);
    house.book.facts.get(1)!.enabled = true;
    house.book.changed();
    await pass(10);
    expect(house.sent).toHaveLength(1);
  });

  it('says what is wrong with a credential, and reads it anew each time', async () => {
    house.credential = () => Promise.reject(new RuntimeFault('credential_missing', 'The credential was kept only until Gatehouse ended. Give it again.'));
    house.book.add(1);
    house.courier.start();
    await pass(10);
    expect(house.book.rows[0]).toMatchObject({ state: 'waiting', error: 'The credential was kept only until Gatehouse ended. Give it again.' });
    house.credential = () => Promise.resolve('token');
    await pass(6_000);
    expect(house.book.states()).toBe('1:sent');
  });

  it('does not go on for ever with what cannot be read, nor with a mistake of ours', async () => {
    house.book.add(1, { body: '{"gatehouse":"alert"' });
    house.book.add(1, { body: JSON.stringify({ gatehouse: 'something' }) });
    house.book.add(1);
    house.answer = () => Promise.reject(new TypeError('undefined is not a function: Bearer token'));
    house.courier.start();
    await pass(10);
    expect(house.book.states()).toBe('1:failed 2:failed 3:waiting');
    expect(house.book.rows[2]?.error).toBe('It could not be sent because of a mistake in Gatehouse; the log of the engine says more.');
  });

  it('does not send again what arrives while the queue is read', async () => {
    house.book.slowMs = 100;
    house.answer = async () => { await new Promise((done) => { setTimeout(done, 150); }); return null; };
    house.book.add(1);
    house.courier.start();
    for (let i = 0; i < 20; i += 1) {
      await pass(35);
      house.book.changed();
    }
    expect(house.book.states()).toBe('1:sent');
    expect(house.sent).toHaveLength(1);
  });

  it('does not send again what was sent and could not be written down', async () => {
    house.book.broken = 3;
    house.book.add(1);
    house.courier.start();
    await pass(2_500);
    expect(house.book.states()).toBe('1:waiting');
    await pass(2_000);
    expect(house.book.states()).toBe('1:sent');
    expect(house.sent).toHaveLength(1);
  });
});

describe('the courier in quiet hours', () => {
  // 12:00 UTC is within them in each zone that is not far from it.
  const quiet = (): QuietHours => ({ from: clock(start - 3_600_000), to: clock(start + 3_600_000), days: [0, 1, 2, 3, 4, 5, 6] });
  const clock = (ms: number): string => `${String(new Date(ms).getHours()).padStart(2, '0')}:${String(new Date(ms).getMinutes()).padStart(2, '0')}`;

  it('lets what is urgent overtake what is held, and sends that when they are over, in order', async () => {
    house.book.target(1, { quiet: quiet() });
    house.book.add(1);
    house.book.add(1, { severity: 'info' });
    house.book.add(1, { severity: 'urgent' });
    house.courier.start();
    await pass(100);
    expect(house.book.states()).toBe('1:held 2:held 3:sent');
    await pass(3_590_000);
    expect(house.sent).toHaveLength(1);
    await pass(20_000);
    expect(house.sent.map((one) => one.split(' ')[0])).toEqual(['dlv-3', 'dlv-1', 'dlv-2']);
  });

  it('holds what waits to be tried again when they begin', async () => {
    vi.setSystemTime(start - 3_605_000);
    house.book.target(1, { quiet: quiet() });
    house.answer = () => fault();
    house.book.add(1);
    house.courier.start();
    await pass(1_000);
    expect(house.book.rows[0]).toMatchObject({ state: 'waiting', attempts: 1 });
    await pass(10_000);
    expect(house.book.rows[0]).toMatchObject({ state: 'held', attempts: 1, dueUs: (start + 3_600_000) * 1_000 });
  });

  it('lets go what they held when they are taken back', async () => {
    house.book.target(1, { quiet: quiet() });
    house.book.add(1);
    house.courier.start();
    await pass(100);
    expect(house.book.states()).toBe('1:held');
    house.book.facts.get(1)!.quiet = null;
    house.book.changed();
    await pass(100);
    expect(house.book.states()).toBe('1:sent');
  });
});

describe('a test of a target', () => {
  const now = new AbortController().signal;

  it('goes past the queue, and lets what waits go when it arrives', async () => {
    house.answer = () => fault();
    house.book.add(1);
    house.courier.start();
    await pass(200_000);
    const [target] = await house.book.targets();
    expect(await house.courier.test(target!, testMessage({}, { event: 'test', delivery: 'test-1' }), now)).toEqual({ ok: false, text: 'It does not answer.' });
    const { attempts } = house.book.rows[0]!;
    house.answer = () => Promise.resolve('Took it.');
    expect(await house.courier.test(target!, testMessage({}, { event: 'test', delivery: 'test-2' }), now)).toEqual({ ok: true, text: 'Took it.' });
    await pass(10);
    expect(house.book.rows[0]).toMatchObject({ state: 'sent', attempts: attempts + 1 });
  });

  it('works where nothing else is delivered', async () => {
    house.book.add(1);
    const [target] = await house.book.targets();
    expect(await house.courier.test(target!, testMessage(), now)).toEqual({ ok: true, text: 'The receiver took the message.' });
    await pass(120_000);
    expect(house.book.states()).toBe('1:waiting');
  });
});

describe('the end of the courier', () => {
  it('waits for what is on its way, and begins nothing more', async () => {
    house.answer = async () => { await new Promise((done) => { setTimeout(done, 500); }); return null; };
    house.book.add(1);
    house.book.add(1);
    house.courier.start();
    await pass(10);
    const closing = house.courier.close();
    await pass(5_000);
    await closing;
    expect(house.book.states()).toBe('1:sent 2:waiting');
  });

  it('sends again under the same delivery id what arrived and could not be written down before the end', async () => {
    house.book.broken = Number.POSITIVE_INFINITY;
    house.book.add(1);
    house.courier.start();
    await pass(10);
    const closing = house.courier.close();
    await pass(2_000);
    await closing;
    expect(house.book.states()).toBe('1:waiting');
    house.book.broken = 0;
    house.courier = house.open();
    house.courier.start();
    await pass(10);
    expect(house.book.states()).toBe('1:sent');
    expect(house.sent).toEqual(['dlv-1 alert 1', 'dlv-1 alert 1']);
  });

  it('breaks off what takes too long, without counting it as tried, and it goes out after the next start', async () => {
    house.answer = ({ signal }) => new Promise((_done, fail) => { signal.addEventListener('abort', () => fail(new DeliveryFault('Gatehouse ends.'))); });
    house.book.add(1);
    house.courier.start();
    await pass(10);
    const closing = house.courier.close();
    await pass(1_100);
    await closing;
    expect(house.book.rows[0]).toMatchObject({ state: 'waiting', attempts: 0 });
    house.answer = () => Promise.resolve(null);
    house.courier = house.open();
    house.courier.start();
    await pass(10);
    expect(house.book.states()).toBe('1:sent');
  });
});
