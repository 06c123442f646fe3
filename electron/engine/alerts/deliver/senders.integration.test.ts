/** Each sender against a real server of its kind on this machine. */
import type { SMTPServerOptions } from 'smtp-server';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TargetConfig } from '../../../../shared/alerts.ts';
import { alertMessage } from '../../../../shared/alerts.ts';
import { boundedMessage } from './plain-text.ts';
import { sendTo } from './send.ts';
import { DeliveryFault } from './sending.ts';
import type { Remark, SendLimits } from './sending.ts';
import { makeAuthority } from './test-certificates.ts';
import type { TestAuthority } from './test-certificates.ts';
import { testMessage } from './test-messages.ts';
import { HttpReceiver, silence, SmtpReceiver, smtpError, status, SyslogReceiver } from './test-receivers.ts';

const secret = 'S3cret-of-the-target';
const limits: SendLimits = { totalMs: 5_000, settleMs: 300 };
const short: SendLimits = { totalMs: 300, settleMs: 100 };
let authority: TestAuthority;
beforeAll(async () => { authority = await makeAuthority(); });

async function opened<R extends { up(): Promise<R>; down(): Promise<void> }>(receiver: R): Promise<R> {
  onTestFinished(() => receiver.down());
  return receiver.up();
}

interface How { readonly credential?: string | null; readonly message?: ReturnType<typeof testMessage>; readonly limits?: SendLimits; readonly signal?: AbortSignal }

const send = (config: TargetConfig, how: How = {}): Promise<Remark> =>
  sendTo(null, { config, credential: how.credential ?? null, message: boundedMessage(how.message ?? testMessage()), signal: how.signal ?? new AbortController().signal, limits: how.limits ?? limits });

/** SECURITY: each fault of these tests is looked through for the secret. */
async function faultOf(sending: Promise<Remark>): Promise<DeliveryFault> {
  const outcome = await sending.catch((error: unknown) => error);
  if (!(outcome instanceof DeliveryFault)) throw new Error(`no fault, but ${String(outcome)}`);
  expect(`${outcome.message} ${outcome.stack} ${JSON.stringify(outcome)}`).not.toContain(secret);
  return outcome;
}

/** A port at which nothing listens. */
async function closedPort(): Promise<number> {
  const receiver = await new HttpReceiver().up();
  await receiver.down();
  return receiver.port;
}

describe('a webhook', () => {
  const to = (receiver: HttpReceiver, more: Partial<Extract<TargetConfig, { kind: 'webhook' }>> = {}): TargetConfig => ({ kind: 'webhook', url: receiver.url, scheme: 'bearer', ...more });

  it('is posted exactly the message, with its credential and delivery', async () => {
    const receiver = await opened(new HttpReceiver());
    await send(to(receiver), { credential: secret });
    await send(to(receiver, { header: 'X-Api-Key', scheme: 'plain' }), { credential: secret });
    const [first, second] = receiver.requests;
    expect(first).toMatchObject({ method: 'POST', path: '/hook', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json; charset=utf-8', 'gatehouse-delivery': 'dlv-0001', 'gatehouse-event': 'raised' } });
    expect(alertMessage.parse(JSON.parse(first?.body ?? ''))).toEqual(testMessage());
    expect(second?.headers).toMatchObject({ 'x-api-key': secret });
    expect(second?.headers).not.toHaveProperty('authorization');
  });

  it('has its credential where the address says, escaped, and then in no header', async () => {
    const receiver = await opened(new HttpReceiver());
    const sharp = `../a?b=c&d#${secret}@h/`;
    await send(to(receiver, { url: `${receiver.url}/{credential}/in?sig={credential}&v=1` }), { credential: sharp });
    const escaped = encodeURIComponent(sharp);
    expect(receiver.requests).toMatchObject([{ path: `/hook/${escaped}/in?sig=${escaped}&v=1` }]);
    expect(JSON.stringify(receiver.requests[0]?.headers)).not.toContain(secret);
    receiver.answer = status(403, {}, `you sent ${sharp}`);
    expect((await faultOf(send(to(receiver, { url: `${receiver.url}?sig={credential}` }), { credential: secret }))).message).toContain('answered HTTP 403');
  });

  it.each([
    [500, {}, false, null], [503, { 'retry-after': '120' }, false, 120_000], [429, { 'retry-after': '7' }, false, 7_000], [408, {}, false, null], [425, {}, false, null],
    [404, {}, true, null], [400, { 'retry-after': '7' }, true, null], [401, {}, true, null], [410, {}, true, null],
  ])('says of HTTP %i whether it is for good and how long to wait', async (code, headers, forGood, retryAfterMs) => {
    const receiver = await opened(new HttpReceiver());
    receiver.answer = status(code, headers as Record<string, string>, `you sent ${secret}`);
    const fault = await faultOf(send(to(receiver), { credential: secret }));
    expect(fault).toMatchObject({ forGood, retryAfterMs });
    expect(fault.message).toContain(`127.0.0.1:${receiver.port} answered HTTP ${code}`);
  });

  it('takes a date as the time to wait', async () => {
    const receiver = await opened(new HttpReceiver());
    receiver.answer = status(429, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    const { retryAfterMs } = await faultOf(send(to(receiver)));
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it.each([301, 302, 307, 308])('follows no redirect (%i), so that its credential goes nowhere else', async (code) => {
    const [receiver, elsewhere] = [await opened(new HttpReceiver()), await opened(new HttpReceiver())];
    receiver.answer = status(code, { location: elsewhere.url });
    const fault = await faultOf(send(to(receiver), { credential: secret }));
    expect(fault).toMatchObject({ forGood: false });
    expect(fault.message).toMatch(/follows no redirects/);
    expect(elsewhere.requests).toEqual([]);
  });

  it('is given up when it is slow, half-open or endless, and when Gatehouse ends', async () => {
    const receiver = await opened(new HttpReceiver());
    receiver.answer = silence;
    expect((await faultOf(send(to(receiver), { limits: short, credential: secret }))).message).toMatch(/did not take the message within 0.3 s/);
    const life = new AbortController();
    const sending = faultOf(send(to(receiver), { signal: life.signal }));
    life.abort();
    expect((await sending).message).toMatch(/Gatehouse ends/);
  });

  it('counts as taken with the first word of a yes, however long the rest of it is', async () => {
    const receiver = await opened(new HttpReceiver());
    receiver.answer = (_request, response) => { response.writeHead(202).write('x'); };
    expect(await send(to(receiver), { limits: short })).toBeNull();
  });

  it('is said to be down, or not to speak HTTP', async () => {
    expect((await faultOf(send({ kind: 'webhook', url: `http://127.0.0.1:${await closedPort()}/`, scheme: 'bearer' }))).message).toMatch(/Nothing listens/);
    const syslog = await opened(new SyslogReceiver());
    syslog.meets = (socket) => { socket.end('220 mail.example ESMTP\r\n'); };
    expect((await faultOf(send({ kind: 'webhook', url: `http://127.0.0.1:${syslog.port}/`, scheme: 'bearer' }))).message).toMatch(/does not speak HTTP/);
  });

  it('is given an alert of a megabyte cut short', async () => {
    const receiver = await opened(new HttpReceiver());
    await send(to(receiver), { message: testMessage({ title: 'x'.repeat(1_000_000), text: 'y\n'.repeat(500_000) }) });
    expect(receiver.requests[0]?.body.length).toBeLessThan(10_000);
  });

  it('is trusted only with a certificate for it, from an authority that is known or was given', async () => {
    const good = await opened(new HttpReceiver(authority.good));
    await send(to(good, { ca: authority.ca }), { credential: secret });
    expect(good.requests).toHaveLength(1);
    expect((await faultOf(send(to(good), { credential: secret }))).message).toMatch(/certificate/);
    const [other, stranger] = [await opened(new HttpReceiver(authority.other)), await opened(new HttpReceiver(authority.stranger))];
    expect((await faultOf(send(to(other, { ca: authority.ca }), { credential: secret }))).message).toMatch(/for another host/);
    expect((await faultOf(send(to(stranger, { ca: authority.ca }), { credential: secret }))).message).toMatch(/certificate/);
    expect([...other.requests, ...stranger.requests]).toEqual([]);
  });

  it('gets no credential over plain http outside, nor one that breaks its header', async () => {
    expect((await faultOf(send({ kind: 'webhook', url: 'http://alerts.example/', scheme: 'bearer' }, { credential: secret }))).message).toMatch(/use https/);
    const receiver = await opened(new HttpReceiver());
    expect((await faultOf(send(to(receiver), { credential: `${secret}\r\nx: y` }))).message).toMatch(/cannot carry/);
    for (const header of ['Host', 'Content-Length', 'Transfer-Encoding']) expect((await faultOf(send(to(receiver, { header, scheme: 'plain' }), { credential: secret }))).message).toMatch(/cannot carry/);
    expect(receiver.requests).toEqual([]);
  });
});

describe('Slack', () => {
  it('is posted blocks at the URL that is its credential', async () => {
    const receiver = await opened(new HttpReceiver());
    await send({ kind: 'slack' }, { credential: `${receiver.url}/${secret}` });
    expect(receiver.requests[0]).toMatchObject({ path: `/hook/${secret}`, headers: { 'gatehouse-delivery': 'dlv-0001' } });
    expect(JSON.parse(receiver.requests[0]?.body ?? '')).toHaveProperty('blocks');
  });

  it('is quoted by its own words for a refusal alone, and never by its URL', async () => {
    const receiver = await opened(new HttpReceiver());
    receiver.answer = status(404, {}, 'no_service');
    const fault = await faultOf(send({ kind: 'slack' }, { credential: `${receiver.url}/${secret}` }));
    expect(fault).toMatchObject({ forGood: true, message: `127.0.0.1:${receiver.port} answered HTTP 404. It says "no_service".` });
    receiver.answer = status(403, {}, `you called /hook/${secret}`);
    expect((await faultOf(send({ kind: 'slack' }, { credential: `${receiver.url}/${secret}` }))).message).not.toContain('you called');
    receiver.answer = (_request, response) => { response.writeHead(500).write('x'.repeat(1_000)); };
    expect((await faultOf(send({ kind: 'slack' }, { credential: receiver.url }))).message).toMatch(/HTTP 500/);
  });

  it.each([[null, /missing/], [secret, /is not the URL/], [`ftp://${secret}/`, /is not the URL/], [`http://hooks.example/${secret}`, /must begin with https/], [`https://u:${secret}@hooks.example/`, /user or a password/]])('sends nothing to what is no secret address', async (credential, why) => {
    expect((await faultOf(send({ kind: 'slack' }, { credential }))).message).toMatch(why);
  });
});

describe('e-mail', () => {
  type Config = Extract<TargetConfig, { kind: 'email' }>;
  const to = (receiver: SmtpReceiver, more: Partial<Config> = {}): TargetConfig => ({ kind: 'email', host: '127.0.0.1', port: receiver.port, security: 'none', from: 'gatehouse@corp.example', to: ['ops@corp.example', 'duty@corp.example'], ca: authority.ca, ...more });
  const login: SMTPServerOptions = {
    authOptional: false, allowInsecureAuth: true, authMethods: ['PLAIN', 'LOGIN'],
    onAuth: (auth, _session, done) => { if (auth.username === 'gatehouse' && auth.password === secret) done(null, { user: 'gatehouse' }); else done(smtpError(535, `wrong: ${auth.password}`)); },
  };

  it('arrives as plain text with a Message-ID that stays the same', async () => {
    const receiver = await opened(new SmtpReceiver({ disabledCommands: ['AUTH', 'STARTTLS'] }));
    for (let attempt = 0; attempt < 2; attempt += 1) await send(to(receiver));
    const [mail, again] = receiver.mails;
    expect(mail).toMatchObject({ from: 'gatehouse@corp.example', to: ['ops@corp.example', 'duty@corp.example'], secure: false });
    const headers = headersOf(mail?.source);
    expect(headers.get('content-type')).toMatch(/^text\/plain; charset=utf-8/);
    expect(headers.get('subject')).toBe('[attention] payer: send_payment failed');
    expect(headers.get('message-id')).toBe('<gatehouse.dlv-0001@corp.example>');
    expect(headers.get('references')).toBe('<gatehouse.alt-1@corp.example>');
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headersOf(again?.source).get('message-id')).toBe(headers.get('message-id'));
    expect(mail?.source).toContain('It was not seen before.');
  });

  it('is one header a line, whatever an agent wrote', async () => {
    const receiver = await opened(new SmtpReceiver({ disabledCommands: ['AUTH', 'STARTTLS'] }));
    const evil = 'hi\r\nBcc: victim@example.org\r\n\r\n.\r\nMAIL FROM:<x@y>\r\n<b>x</b> \u202e \u{1F600}';
    await send(to(receiver), { message: testMessage({ title: evil, text: evil, rule: evil }, { delivery: 'a\r\nX-Evil: 1' }) });
    expect(receiver.mails).toHaveLength(1);
    const headers = headersOf(receiver.mails[0]?.source);
    expect([...headers.keys()].toSorted()).toEqual(['auto-submitted', 'content-transfer-encoding', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'references', 'subject', 'to', 'x-gatehouse-delivery']);
    expect(receiver.mails[0]?.to).toEqual(['ops@corp.example', 'duty@corp.example']);
  });

  it('goes over TLS and STARTTLS with user and password, and without them nowhere', async () => {
    const [tls, startTls] = [await opened(new SmtpReceiver({ secure: true, ...authority.good, ...login })), await opened(new SmtpReceiver({ ...authority.good, ...login, allowInsecureAuth: false }))];
    for (const [receiver, security] of [[tls, 'tls'], [startTls, 'starttls']] as const) {
      await send(to(receiver, { security, user: 'gatehouse' }), { credential: secret });
      expect(receiver.mails[0]).toMatchObject({ secure: true, user: 'gatehouse' });
      const wrong = await faultOf(send(to(receiver, { security, user: 'somebody' }), { credential: secret }));
      expect(wrong).toMatchObject({ forGood: true, message: `127.0.0.1:${receiver.port}: It refuses the user or the password (SMTP 535).` });
      expect((await faultOf(send(to(receiver, { security, user: 'gatehouse' })))).message).toMatch(/no password/);
    }
  });

  it('is not sent where the certificate is not trusted', async () => {
    for (const [security, tls, config] of [['tls', authority.good, { ca: undefined }], ['tls', authority.other, {}], ['starttls', authority.stranger, {}], ['starttls', authority.other, {}]] as const) {
      const receiver = await opened(new SmtpReceiver({ secure: security === 'tls', ...tls, ...login }));
      const fault = await faultOf(send({ ...to(receiver, { security, user: 'gatehouse' }), ...config } as TargetConfig, { credential: secret }));
      expect(fault.forGood).toBe(false);
      expect(fault.message).toMatch(/certificate/);
      expect(receiver.mails).toEqual([]);
    }
  });

  it('is never sent in the clear where STARTTLS was asked for and is not offered', async () => {
    const receiver = await opened(new SmtpReceiver({ disabledCommands: ['STARTTLS'], authOptional: true }));
    expect((await faultOf(send(to(receiver, { security: 'starttls' })))).message).toMatch(/STARTTLS/);
    expect(receiver.mails).toEqual([]);
    expect((await faultOf(send({ kind: 'email', host: 'mail.example', port: 25, security: 'none', user: 'u', from: 'a@b.example', to: ['c@d.example'] }, { credential: secret }))).message).toMatch(/not sent without TLS/);
  });

  it('says what is refused for good and what for now, without the server\'s words', async () => {
    const receiver = await opened(new SmtpReceiver({ disabledCommands: ['AUTH', 'STARTTLS'], onRcptTo: ({ address }, _session, done) => done(address.startsWith('gone') ? smtpError(550, `no ${secret}`) : undefined) }));
    receiver.refuse = () => smtpError(452, `full ${secret}`);
    expect(await faultOf(send(to(receiver)))).toMatchObject({ forGood: false, message: `127.0.0.1:${receiver.port}: It refuses the message (SMTP 452).` });
    receiver.refuse = () => smtpError(554, `spam ${secret}`);
    expect(await faultOf(send(to(receiver)))).toMatchObject({ forGood: true, message: `127.0.0.1:${receiver.port}: It refuses the message (SMTP 554).` });
    receiver.refuse = null;
    expect(await faultOf(send(to(receiver, { to: ['gone@corp.example'] })))).toMatchObject({ forGood: true });
    expect(await send(to(receiver, { to: ['gone@corp.example', 'ops@corp.example'] }))).toBe('127.0.0.1 took it for 1 of 2; it refuses gone@corp.example.');
  });

  it('is given up where the server is down, slow, half-open or hangs up', async () => {
    expect((await faultOf(send({ kind: 'email', host: '127.0.0.1', port: await closedPort(), security: 'none', from: 'a@b.example', to: ['c@d.example'] }))).message).toMatch(/Nothing listens/);
    const receiver = await opened(new SmtpReceiver({ disabledCommands: ['AUTH', 'STARTTLS'] }));
    receiver.hangs = true;
    expect((await faultOf(send(to(receiver), { limits: short }))).message).toMatch(/did not take the message within 0.3 s/);
    const silent = await opened(new SyslogReceiver());
    silent.meets = () => undefined;
    const config = { kind: 'email', host: '127.0.0.1', port: silent.port, security: 'none', from: 'a@b.example', to: ['c@d.example'] } as const;
    expect((await faultOf(send({ ...config, to: [...config.to] }, { limits: short }))).message).toMatch(/within 0.3 s/);
    silent.meets = (socket) => { socket.end('220 hello\r\n'); };
    expect((await faultOf(send({ ...config, to: [...config.to] }))).message).toMatch(/broke the connection off|closed the connection/);
  });
});

describe('syslog', () => {
  const to = (receiver: SyslogReceiver, transport: 'tcp' | 'tls', ca?: string): TargetConfig => ({ kind: 'syslog', host: '127.0.0.1', port: receiver.port, transport, facility: 13, ca });

  it.each(['tcp', 'tls'] as const)('takes a whole frame over %s', async (transport) => {
    const receiver = await opened(new SyslogReceiver(transport === 'tls' ? authority.good : null));
    expect(await send(to(receiver, transport, authority.ca), { message: testMessage({ title: 'Gr\u00fc\u00dfe "]' }) })).toBeNull();
    expect(receiver.broken).toEqual([]);
    expect(receiver.messages).toMatchObject([{ facility: 13, appName: 'Gatehouse', text: 'Gr\u00fc\u00dfe "]: It was not seen before.' }]);
    expect(receiver.messages[0]?.structured.get('gatehouse@32473')?.get('delivery')).toBe('dlv-0001');
  });

  it('is trusted only with a certificate for it', async () => {
    const [good, other, plain] = [await opened(new SyslogReceiver(authority.good)), await opened(new SyslogReceiver(authority.other)), await opened(new SyslogReceiver())];
    expect((await faultOf(send(to(good, 'tls')))).message).toMatch(/certificate/);
    expect((await faultOf(send(to(other, 'tls', authority.ca)))).message).toMatch(/another host/);
    plain.meets = (socket) => { socket.once('data', () => socket.end('no TLS here\n')); };
    expect((await faultOf(send(to(plain, 'tls', authority.ca)))).message).toMatch(/does not speak TLS|broke the connection off/);
    expect([...good.messages, ...other.messages]).toEqual([]);
  });

  it('is not said to have taken what broke off', async () => {
    expect((await faultOf(send({ kind: 'syslog', host: '127.0.0.1', port: await closedPort(), transport: 'tcp', facility: 1 }))).message).toMatch(/Nothing listens/);
    const receiver = await opened(new SyslogReceiver());
    receiver.meets = (socket) => { socket.resetAndDestroy(); };
    expect((await faultOf(send(to(receiver, 'tcp')))).message).toMatch(/broke the connection off|closed the connection/);
    // It takes the bytes and dies with them unread, a little later.
    receiver.meets = (socket) => { setTimeout(() => socket.resetAndDestroy(), 50); };
    expect((await faultOf(send(to(receiver, 'tcp'), { limits: { totalMs: 5_000, settleMs: 3_000 } }))).message).toMatch(/broke the connection off/);
    const hung = await opened(new SyslogReceiver());
    hung.meets = () => undefined;
    expect((await faultOf(send(to(hung, 'tls', authority.ca), { limits: short }))).message).toMatch(/within 0.3 s/);
  });

  it('counts as sent where the other end stays open without an error, which is all that can be known', async () => {
    const receiver = await opened(new SyslogReceiver());
    receiver.meets = () => undefined;
    const began = performance.now();
    expect(await send(to(receiver, 'tcp'), { limits: { totalMs: 5_000, settleMs: 200 } })).toBeNull();
    expect(performance.now() - began).toBeGreaterThanOrEqual(190);
  });
});

describe('the desktop', () => {
  it('is not said to have shown what nobody could show', async () => {
    expect(await faultOf(send({ kind: 'desktop' }))).toMatchObject({ forGood: false, alarming: false });
  });
});

/** Unfolded. */
function headersOf(source: string | undefined): Map<string, string> {
  const [head = ''] = (source ?? '').split('\r\n\r\n', 1);
  return new Map(head.replace(/\r\n[ \t]+/g, ' ').split('\r\n').map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  }));
}
