/** E-mail by SMTP: plain text, one connection per message. */
import { isIP } from 'node:net';
import MimeNode from 'nodemailer/lib/mime-node';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection';
import type { AlertMessage } from '../../../../shared/alerts.ts';
import { isInsideAddress } from '../../connectors/inside-address.ts';
import { attemptSignal, lineFault, trust } from './attempt.ts';
import { factLines, headline } from './message-words.ts';
import { oneLine } from './plain-text.ts';
import { DeliveryFault } from './sending.ts';
import type { ConfigOf, Remark, Sending } from './sending.ts';

const mostSubject = 200;
const mostAnswerBytes = 65_536;
const closeWithinMs = 1_000;

export async function sendEmail(sending: Sending<'email'>): Promise<Remark> {
  const { config, credential, signal, limits } = sending;
  const who = `${config.host}:${config.port}`;
  const login = loginOf(config, credential, who);
  const attempt = attemptSignal(signal, limits);
  const connection = new SMTPConnection(lineOf(config, limits.totalMs));
  try {
    return await converse(sending, connection, login, attempt);
  } catch (error) {
    throw attempt.aborted ? lineFault(error, who, attempt, limits) : smtpFault(error, who);
  } finally {
    connection.close();
  }
}

/** SECURITY: what was asked for is required: a server that offers no STARTTLS gets neither the password nor the alert. */
function lineOf(config: ConfigOf<'email'>, totalMs: number): ConstructorParameters<typeof SMTPConnection>[0] {
  return {
    host: config.host, port: config.port, secure: config.security === 'tls', requireTLS: config.security === 'starttls', ignoreTLS: config.security === 'none',
    tls: { ...trust(config.ca), minVersion: 'TLSv1.2', ...(isIP(config.host) === 0 ? { servername: config.host } : {}) },
    connectionTimeout: totalMs, greetingTimeout: totalMs, socketTimeout: totalMs, dnsTimeout: totalMs, socketCloseTimeout: closeWithinMs, maxResponseSize: mostAnswerBytes,
    // What goes over the line is nobody's business here: not in a log either.
    logger: false, debug: false, transactionLog: false,
  };
}

function loginOf({ user, host, security }: ConfigOf<'email'>, credential: string | null, who: string): { readonly user: string; readonly pass: string } | null {
  if (user === undefined) return null;
  if (credential === null) throw new DeliveryFault(`${who}: There is a user but no password. Nothing was sent; give the password as the target's credential.`);
  // SECURITY: a password never goes over a line that others can read; networks inside are the owner's own.
  const inside = isInsideAddress(new URL(`http://${isIP(host) === 6 ? `[${host}]` : host}/`));
  if (security === 'none' && !inside) throw new DeliveryFault(`${who}: A password is not sent without TLS to a host outside. Nothing was sent.`);
  return { user, pass: credential };
}

async function converse({ config, message }: Sending<'email'>, connection: SMTPConnection, login: { readonly user: string; readonly pass: string } | null, attempt: AbortSignal): Promise<Remark> {
  const mail = await mailOf(config, message).build();
  const said = await new Promise<SMTPConnectionSendInfo>((done, fail) => {
    // The reason does not matter: `attempt` is asked why.
    const giveUp = (): void => fail(new Error('given up'));
    if (attempt.aborted) return giveUp();
    attempt.addEventListener('abort', giveUp, { once: true });
    connection.once('error', fail);
    connection.once('end', () => fail(new DeliveryFault(`${config.host}:${config.port}: It closed the connection before it had taken the message.`)));
    const send = (): void => connection.send({ from: config.from, to: [...config.to], size: mail.length }, mail, (error, info) => (error === null ? done(info) : fail(error)));
    connection.connect((error) => {
      if (error) fail(error);
      else if (login === null) send();
      else connection.login(login, (refused) => (refused === null ? send() : fail(refused)));
    });
  });
  // A courtesy; the message is the server's already. What comes of it is nobody's concern.
  connection.on('error', () => undefined);
  connection.quit();
  return said.rejected.length === 0 ? null : `${config.host} took it for ${said.accepted.length} of ${config.to.length}; it refuses ${said.rejected.map((one) => oneLine(one, 254)).join(', ')}.`;
}

/** SECURITY: text/plain alone, so that nothing of an agent's text is drawn, loaded or clicked; headers are one line each. */
function mailOf(config: ConfigOf<'email'>, message: AlertMessage): MimeNode {
  const domain = config.from.slice(config.from.lastIndexOf('@') + 1);
  const idOf = (name: string): string => `<gatehouse.${name.replace(/[^A-Za-z0-9-]/g, '')}@${domain}>`;
  const { alert } = message;
  const mail = new MimeNode('text/plain; charset=utf-8', { disableUrlAccess: true, disableFileAccess: true });
  mail.setHeader({
    from: { name: 'Gatehouse', address: config.from }, to: [...config.to].join(', '), subject: oneLine(`[${alert.severity}] ${headline(message)}`, mostSubject),
    // The same for each attempt, so that a mailbox shows a repeat once; mails of one alert stand together.
    'message-id': idOf(message.delivery), ...(alert.id === null ? {} : { references: idOf(alert.id) }),
    date: new Date().toUTCString().replace('GMT', '+0000'),
    'auto-submitted': 'auto-generated', 'x-gatehouse-delivery': oneLine(message.delivery, 64),
  });
  mail.setContent(`${[headline(message), ...(alert.text === '' ? [] : ['', alert.text]), '', ...factLines(message)].join('\n')}\n`);
  return mail;
}

const stages: Readonly<Record<string, string>> = { EAUTH: 'It refuses the user or the password', ENOAUTH: 'It wants a user and a password', EENVELOPE: 'It refuses the sender or the recipients', EMESSAGE: 'It refuses the message', ETLS: 'It offers no STARTTLS, or TLS with it failed; without TLS nothing is sent' };

/** SECURITY: of what a server says only the number is told: the words may repeat what was sent. */
function smtpFault(error: unknown, who: string): DeliveryFault {
  if (error instanceof DeliveryFault) return error;
  const { code, originalCode, responseCode, permanent } = fieldsOf(error);
  const stage = code === null ? undefined : stages[code];
  if (responseCode !== null) return new DeliveryFault(`${who}: ${stage ?? 'It refuses'} (SMTP ${responseCode}).`, { forGood: permanent });
  // A certificate that is not trusted comes as the system's own code under the library's.
  if (originalCode !== null) return new DeliveryFault(`${who}: ${lineWords(originalCode)}`);
  if (stage !== undefined) return new DeliveryFault(`${who}: ${stage}.`);
  return new DeliveryFault(`${who}: ${lineWords(code)}`);
}

function lineWords(code: string | null): string {
  if (code === 'ECONNECTION') return 'It broke the connection off before it had taken the message.';
  return lineFault(Object.assign(new Error('line'), { code }), '', new AbortController().signal, { totalMs: 0, settleMs: 0 }).message.replace(/^: /, '');
}

function fieldsOf(error: unknown): { readonly code: string | null; readonly originalCode: string | null; readonly responseCode: number | null; readonly permanent: boolean } {
  const fields = (error instanceof Error ? error : {}) as { readonly code?: unknown; readonly originalCode?: unknown; readonly responseCode?: unknown; readonly permanent?: unknown };
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return { code: text(fields.code), originalCode: text(fields.originalCode), responseCode: typeof fields.responseCode === 'number' ? fields.responseCode : null, permanent: fields.permanent === true };
}
