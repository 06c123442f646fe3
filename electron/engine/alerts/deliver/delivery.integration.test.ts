/**
 * Alert deliveries against real local servers (HTTP, HTTPS, SMTP with STARTTLS, syslog over TCP and TLS) with the receiver down, slow and back again, and the
 * engine's part closed and opened in between: each delivered once, in order, nothing lost. What a receiver never said yes to it did not take.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AlertMessage, TargetConfig } from '../../../../shared/alerts.ts';
import { ask } from '../../history-port.ts';
import type { NewDelivery } from '../../store/alert-commands.ts';
import { History } from '../../store/history.ts';
import { rowIdOf } from '../../store/ids.ts';
import type { AuditWords } from '../../store/runtime-commands.ts';
import type { Courier } from './courier.ts';
import { openDelivery } from './open-delivery.ts';
import { makeAuthority } from './test-certificates.ts';
import { testMessage } from './test-messages.ts';
import { accept, HttpReceiver, silence, SmtpReceiver, status, SyslogReceiver } from './test-receivers.ts';

const audit: AuditWords = { actor: 'Ada', actorKind: 'desktop', action: 'test', subject: null, outcome: 'done', text: 'By a test.', details: {} };
const password = 'S3cret-of-the-mailbox';
const limitMs = 2_000;

/** The history and the courier, as an engine has them. */
class House {
  readonly alarms = new Map<string, string>();
  readonly logged: string[] = [];
  history!: History;
  courier!: Courier;
  readonly #folder: string;
  constructor(folder: string) { this.#folder = folder; }

  async open(): Promise<void> {
    // Alarms end with the engine that raised them.
    this.alarms.clear();
    this.history = await History.open({ dataDir: this.#folder, clock: { now: () => Date.now() } });
    const say = (text: string): void => { this.logged.push(text); };
    this.courier = openDelivery({
      history: this.history, desktop: null, limits: { totalMs: limitMs, settleMs: 150 }, wait: () => 100, endWithinMs: 100,
      credentials: { read: (reference) => Promise.resolve(reference === null ? null : password) },
      alarms: { raise: (id, _severity, text) => { this.alarms.set(id, text); }, clear: (id) => { this.alarms.delete(id); } },
      log: { info: say, warn: say, error: (text, error) => say(`${text}: ${String(error)}`) },
    });
    this.courier.start();
  }

  async close(): Promise<void> {
    await this.courier.close();
    await this.history.close();
  }

  async target(name: string, config: TargetConfig, secret = false): Promise<number> {
    const { id } = await this.history.command('targets.save', { id: null, name, config, quiet: null, enabled: true, credential: { reference: secret ? 'env:PASSWORD' : null, hint: null }, changedBy: 'Ada', audit });
    return id;
  }

  async raise(number: number, targets: readonly number[]): Promise<void> {
    const { rows: [rule] } = await ask(this.history, 'alerts.rules', {});
    const { delivery: _none, ...message }: AlertMessage = testMessage({ title: `alert ${number}` });
    const deliveries = targets.map((target): NewDelivery => ({ target, what: 'raised', heldUntilUs: null, message }));
    await this.history.command('alerts.raise', { rule: rowIdOf('alertRule', rule?.id ?? '') ?? 0, key: `failure:${number}`, kind: 'new_failure', severity: 'attention', title: `alert ${number}`, text: '', agent: null, connection: null, screen: 'failures', screenId: null, atUs: Date.now() * 1_000, nextStepUs: null, deliveries, againUs: 0 });
  }

  async deliveries(): Promise<readonly { readonly target: string; readonly state: string; readonly attempts: number; readonly error: string | null }[]> {
    const { rows } = await ask(this.history, 'targets.deliveries', { limit: 1_000 });
    return rows.map(({ targetName, state, attempts, lastError }) => ({ target: targetName, state, attempts, error: lastError }));
  }

  /** Each target was tried and failed at least so often. */
  async failedAtLeast(attempts: number, targets: number): Promise<void> {
    await vi.waitFor(async () => {
      const tried = new Set((await this.deliveries()).filter((one) => one.state === 'waiting' && one.attempts >= attempts).map((one) => one.target));
      if (tried.size < targets) throw new Error(`only ${[...tried].join(', ')} were tried ${attempts} times`);
    }, { timeout: 15_000, interval: 50 });
  }

  async allSent(): Promise<void> {
    await vi.waitFor(async () => {
      const open = (await this.deliveries()).filter((one) => one.state !== 'sent');
      if (open.length > 0) throw new Error(JSON.stringify(open[0]));
    }, { timeout: 20_000, interval: 50 });
  }
}

let folder: string;
let house: House;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-deliver-'));
  house = new House(folder);
});
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

/** What a receiver said yes to, in its order. */
interface Taken { readonly title: string; readonly delivery: string }

class Web extends HttpReceiver {
  readonly taken: Taken[] = [];
  constructor(tls: ConstructorParameters<typeof HttpReceiver>[0] = null) {
    super(tls);
    this.answer = this.takes;
  }
  takes: HttpReceiver['answer'] = (request, response, before) => {
    const { delivery, alert } = JSON.parse(request.body) as AlertMessage;
    this.taken.push({ title: alert.title, delivery });
    accept(request, response, before);
  };
}

const ofMail = (receiver: SmtpReceiver): Taken[] => receiver.mails.map(({ source }) => ({ title: /^Subject: \[attention\] (.*)\r$/m.exec(source)?.[1] ?? source, delivery: /^X-Gatehouse-Delivery: (.*)\r$/mi.exec(source)?.[1] ?? '' }));
const ofSyslog = (receiver: SyslogReceiver): Taken[] => receiver.messages.map(({ text, structured }) => ({ title: text.replace(/: It was not.*/, ''), delivery: structured.get('gatehouse@32473')?.get('delivery') ?? '' }));
const titles = (most: number): string[] => Array.from({ length: most }, (_one, index) => `alert ${index + 1}`);

describe('alerts and their receivers', () => {
  it('are delivered once, in order, and none is lost, with receivers down, slow and back and the engine closed in between', async () => {
    const authority = await makeAuthority();
    const { ca } = authority;
    const [http, https] = [new Web(), new Web(authority.good)];
    const smtp = new SmtpReceiver({ ...authority.good, authOptional: false, onAuth: (auth, _session, done) => { if (auth.password === password) done(null, { user: 'ops' }); else done(new Error('no')); } });
    const [tcp, tls] = [new SyslogReceiver(), new SyslogReceiver(authority.good)];
    const receivers = [http, https, smtp, tcp, tls];
    for (const one of receivers) await one.up();
    await house.open();
    const targets = [
      await house.target('http', { kind: 'webhook', url: http.url, scheme: 'bearer' }),
      await house.target('https', { kind: 'webhook', url: https.url, scheme: 'bearer', ca }, true),
      await house.target('smtp', { kind: 'email', host: '127.0.0.1', port: smtp.port, security: 'starttls', user: 'ops', from: 'gatehouse@corp.example', to: ['ops@corp.example'], ca }, true),
      await house.target('tcp', { kind: 'syslog', host: '127.0.0.1', port: tcp.port, transport: 'tcp', facility: 13 }),
      await house.target('tls', { kind: 'syslog', host: '127.0.0.1', port: tls.port, transport: 'tls', facility: 13, ca }),
    ];
    const tell = async (from: number, to: number): Promise<void> => { for (let number = from; number <= to; number += 1) await house.raise(number, targets); };
    const takenBy = (): Taken[][] => [http.taken, https.taken, ofMail(smtp), ofSyslog(tcp), ofSyslog(tls)];
    const expectAll = (most: number): void => {
      for (const taken of takenBy()) {
        expect(taken.map((one) => one.title)).toEqual(titles(most));
        expect(new Set(taken.map((one) => one.delivery)).size).toBe(most);
      }
    };
    try {
      await tell(1, 2);
      await house.allSent();
      expectAll(2);

      // Down: what waits outlives an end of the engine, and what was raised before it stays before what is raised after it.
      for (const one of receivers) await one.down();
      await tell(3, 4);
      await house.failedAtLeast(3, targets.length);
      expect([...house.alarms.keys()]).toHaveLength(targets.length);
      await house.close();
      await house.open();
      await tell(5, 5);
      await house.failedAtLeast(4, targets.length);
      expectAll(2);

      // Back, but slow: slower than the limit at first, then slow within it.
      http.answer = silence;
      https.answer = silence;
      smtp.hangs = true;
      // Syslog says no yes: what is read late is taken all the same, and once.
      const late: SyslogReceiver['meets'] = (socket) => { socket.pause(); setTimeout(() => socket.resume(), 100); tcp.read(socket); };
      tcp.meets = late;
      for (const one of receivers) await one.up();
      await vi.waitFor(() => { if (http.requests.length < 4 || https.requests.length < 4) throw new Error('they were not asked yet'); }, { timeout: 10_000 });
      await vi.waitFor(async () => { if (!(await house.deliveries()).some((one) => one.target === 'smtp' && /within 2 s/.test(one.error ?? ''))) throw new Error('the mail server was not slow yet'); }, { timeout: 10_000 });

      // An end in the middle of a message on its way.
      await house.close();
      await house.open();
      await tell(6, 6);
      tcp.meets = null;
      http.answer = (...exchange) => { setTimeout(() => http.takes(...exchange), 200); };
      https.answer = status(503, { 'retry-after': '0' });
      smtp.hangs = false;
      await vi.waitFor(() => { expect(http.taken).toHaveLength(6); }, { timeout: 15_000 });
      https.answer = https.takes;
      await house.allSent();
      await tell(7, 8);
      await house.allSent();

      expectAll(8);
      expect([...tcp.broken, ...tls.broken]).toEqual([]);
      expect(house.alarms.size).toBe(0);
      expect(house.logged.filter((line) => line.includes('mistake'))).toEqual([]);
      expect(JSON.stringify([house.logged, await house.deliveries()])).not.toContain(password);
      const { rows } = await ask(house.history, 'targets.list', {});
      expect(rows.filter((row) => row.config.kind !== 'desktop').map((row) => [row.waiting, row.failed, row.failing])).toEqual(targets.map(() => [0, 0, null]));
    } finally {
      await house.close();
      for (const one of receivers) await one.down();
    }
  });
});
