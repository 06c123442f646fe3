/** What is typed in the dialog of an alert target, and what it means. Pure. */
import type { AlertTarget, QuietHours, TargetConfig, TargetKind } from '../../../shared/alerts.ts';
import type { CredentialInput, Params } from '../../../shared/contract.ts';
import { credentialOf, emptyCredential, type CredentialForm } from '../connections/runtime-form.ts';

type SaveTarget = Params<'targets.save'>;

export interface TargetForm {
  name: string; kind: TargetKind; enabled: boolean;
  url: string; header: string; scheme: 'bearer' | 'plain';
  host: string; port: string; security: 'tls' | 'starttls' | 'none'; user: string; from: string; /** addresses, separated by blanks, commas or lines. */ to: string;
  transport: 'tls' | 'tcp'; facility: string;
  ca: string;
  quietOn: boolean; quietFrom: string; quietTo: string; quietDays: readonly number[];
  /** null: as it is. */
  credential: CredentialForm | null;
}

const everyDay = [0, 1, 2, 3, 4, 5, 6];

/** Of a Slack target the address itself is the credential; of the others it is given only where the receiver asks for one. */
export const needsCredential = (kind: TargetKind): boolean => kind === 'slack';
export const takesCredential = (kind: TargetKind): boolean => kind === 'webhook' || kind === 'slack' || kind === 'email';

export const emptyTarget: TargetForm = {
  name: '', kind: 'webhook', enabled: true, url: '', header: '', scheme: 'bearer', host: '', port: '', security: 'starttls', user: '', from: '', to: '', transport: 'tls', facility: '13', ca: '',
  quietOn: false, quietFrom: '22:00', quietTo: '07:00', quietDays: everyDay, credential: emptyCredential('none'),
};

/** What a kind begins with. */
export const credentialFor = (kind: TargetKind): CredentialForm => emptyCredential(needsCredential(kind) ? 'value' : 'none');

export const usualPort = (form: Pick<TargetForm, 'kind' | 'security' | 'transport'>): string => (form.kind === 'email' ? { tls: '465', starttls: '587', none: '25' }[form.security] : form.transport === 'tls' ? '6514' : '514');

function fieldsOf(config: TargetConfig): Partial<TargetForm> {
  switch (config.kind) {
    case 'desktop': return {};
    case 'webhook': return { url: config.url, header: config.header ?? '', scheme: config.scheme, ca: config.ca ?? '' };
    case 'slack': return { ca: config.ca ?? '' };
    case 'email': return { host: config.host, port: String(config.port), security: config.security, user: config.user ?? '', from: config.from, to: config.to.join('\n'), ca: config.ca ?? '' };
    case 'syslog': return { host: config.host, port: String(config.port), transport: config.transport, facility: String(config.facility), ca: config.ca ?? '' };
  }
}

export function formOf(target: AlertTarget): TargetForm {
  const quiet = target.quiet;
  return { ...emptyTarget, ...fieldsOf(target.config), name: target.name, kind: target.config.kind, enabled: target.enabled, credential: null, ...(quiet === null ? {} : { quietOn: true, quietFrom: quiet.from, quietTo: quiet.to, quietDays: quiet.days }) };
}

class Wrong extends Error {}

function webAddress(text: string): string {
  const url = text.trim();
  if (url === '') throw new Wrong('The address is missing.');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Wrong('The address begins with http:// or https://.');
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') throw new Wrong('An address carries no user or password; give the credential by itself.');
  return url;
}

function hostOf(text: string): string {
  const host = text.trim();
  if (host === '') throw new Wrong('The server is missing.');
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(host)) throw new Wrong('The server is a host name or address, without a scheme.');
  return host;
}

function portOf(form: TargetForm): number {
  const text = form.port.trim() === '' ? usualPort(form) : form.port.trim();
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new Wrong('The port is a number from 1 to 65,535.');
  return port;
}

const mailShape = /^[^\s@<>,;"]{1,64}@[^\s@<>,;"]+\.[^\s@<>,;"]+$/;
function mailOf(text: string, what: string): string {
  const mail = text.trim();
  if (mail === '') throw new Wrong(`${what} is missing.`);
  if (!mailShape.test(mail) || mail.length > 254) throw new Wrong(`${what} is an e-mail address, such as alerts@example.com.`);
  return mail;
}

function recipients(text: string): string[] {
  const all = [...new Set(text.split(/[\s,;]+/).filter((one) => one !== ''))];
  if (all.length === 0) throw new Wrong('To whom: at least one e-mail address.');
  if (all.length > 20) throw new Wrong('To whom: at most 20 addresses.');
  return all.map((one) => mailOf(one, `“${one.slice(0, 60)}”`));
}

function caOf(text: string): { ca?: string } {
  const pem = text.trim();
  if (pem === '') return {};
  if (pem.includes('PRIVATE KEY')) throw new Wrong('Of an authority only its certificate is given, never a private key.');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Wrong('The authority is a certificate in PEM: it begins with -----BEGIN CERTIFICATE-----.');
  return { ca: `${pem}\n` };
}

function configOf(form: TargetForm): TargetConfig {
  switch (form.kind) {
    case 'desktop': return { kind: 'desktop' };
    case 'webhook': {
      const header = form.header.trim();
      if (header !== '' && !/^[A-Za-z0-9-]{1,64}$/.test(header)) throw new Wrong('A header is letters, digits and hyphens.');
      return { kind: 'webhook', url: webAddress(form.url), ...(header === '' ? {} : { header }), scheme: form.scheme, ...caOf(form.ca) };
    }
    case 'slack': return { kind: 'slack', ...caOf(form.ca) };
    case 'email': {
      const user = form.user.trim();
      return { kind: 'email', host: hostOf(form.host), port: portOf(form), security: form.security, ...(user === '' ? {} : { user }), from: mailOf(form.from, 'The sender'), to: recipients(form.to), ...(form.security === 'none' ? {} : caOf(form.ca)) };
    }
    case 'syslog': {
      const facility = Number(form.facility.trim());
      if (!/^\d{1,2}$/.test(form.facility.trim()) || facility > 23) throw new Wrong('The facility is a number from 0 to 23.');
      return { kind: 'syslog', host: hostOf(form.host), port: portOf(form), transport: form.transport, facility, ...(form.transport === 'tls' ? caOf(form.ca) : {}) };
    }
  }
}

const clock = /^([01]\d|2[0-3]):[0-5]\d$/;
function quietOf(form: TargetForm): QuietHours | null {
  if (!form.quietOn) return null;
  if (!clock.test(form.quietFrom) || !clock.test(form.quietTo)) throw new Wrong('Quiet hours are two times, such as 22:00 and 07:00.');
  if (form.quietFrom === form.quietTo) throw new Wrong('Quiet hours that end when they begin hold nothing back.');
  if (form.quietDays.length === 0) throw new Wrong('Quiet hours need a day on which they begin.');
  return { from: form.quietFrom, to: form.quietTo, days: form.quietDays.toSorted((a, b) => a - b) };
}

/** A name that a person would give it, while none is typed. */
export function usualName(form: Pick<TargetForm, 'kind' | 'url' | 'host' | 'to'>): string {
  switch (form.kind) {
    case 'desktop': return 'This desktop';
    case 'webhook': return URL.canParse(form.url.trim()) ? new URL(form.url.trim()).host.slice(0, 80) : '';
    case 'slack': return 'Slack';
    case 'email': return (form.to.split(/[\s,;]+/).find((one) => one !== '') ?? '').slice(0, 80);
    case 'syslog': return form.host.trim().slice(0, 80);
  }
}

function credentialOfForm(form: TargetForm): CredentialInput | undefined {
  if (!takesCredential(form.kind) || form.credential === null) return undefined;
  const read = credentialOf(form.credential);
  if (!read.ok) throw new Wrong(form.kind === 'slack' && form.credential.from === 'value' ? 'The address of the incoming webhook is missing.' : read.misses);
  if (form.kind === 'slack' && read.value.from === 'none') throw new Wrong('Slack needs the address of its incoming webhook.');
  if (form.kind === 'slack' && read.value.from === 'value' && !/^https?:\/\/\S+$/.test(read.value.value.trim())) throw new Wrong('The address of the incoming webhook begins with https://.');
  const given = read.value.from !== 'none';
  if (form.kind === 'webhook' && form.header.trim() !== '' && !given) throw new Wrong('The header needs a credential that it carries.');
  if (form.kind === 'email' && form.user.trim() !== '' && !given) throw new Wrong('The user needs a password.');
  if (form.kind === 'email' && form.user.trim() === '' && given) throw new Wrong('A password needs the name of its user.');
  return read.value;
}

/** The target as it is sent, or the first thing that is wrong, in words. */
export function targetOf(form: TargetForm, id: string | null): SaveTarget | string {
  try {
    const config = configOf(form);
    const credential = credentialOfForm(form);
    const name = form.name.trim() === '' ? usualName(form) : form.name.trim();
    if (name === '') throw new Wrong('The name is missing.');
    return { ...(id === null ? {} : { id }), draft: { name, config, quiet: quietOf(form), enabled: form.enabled }, ...(credential === undefined || (id === null && credential.from === 'none') ? {} : { credential }) };
  } catch (error) {
    if (error instanceof Wrong) return error.message;
    throw error;
  }
}

/** What goes with a target, before it goes. */
export function lostWords({ waiting, usedBy }: Pick<AlertTarget, 'waiting' | 'usedBy'>): string {
  const dropped = waiting === 0 ? 'Nothing waits for it.' : `${waiting === 1 ? 'One delivery that waits' : `${waiting.toLocaleString('en-US')} deliveries that wait`} will be dropped, and the history of ${waiting === 1 ? 'its alert says' : 'their alerts says'} so.`;
  return `${dropped} ${usedBy === 0 ? 'No rule names it.' : `${usedBy === 1 ? 'One rule or escalation names' : `${usedBy.toLocaleString('en-US')} rules and escalations name`} it, and will tell it no longer.`}`;
}
