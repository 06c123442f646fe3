/** What is wrong with a draft of a target, and where one leads in words. SECURITY: what could be secret (a query, a certificate's text) is not among the words. */
import { isIPv6 } from 'node:net';
import type { TargetConfig, TargetDraft } from '../../../shared/alerts.ts';
import type { CredentialInput } from '../../../shared/contract.ts';
import { addressProblem, credentialPlace } from '../../../shared/web-address.ts';
import { isInsideAddress } from '../connectors/inside-address.ts';
import type { TargetFact } from '../store/alert-commands.ts';

/** null: nothing. `before`: the target that it changes. `credential` undefined: as it is. */
export function targetProblem({ config }: TargetDraft, before: TargetFact | null, credential: CredentialInput | undefined): string | null {
  if (before !== null && before.config.kind !== config.kind) return `This target is of the kind ${before.config.kind}: make a new one for ${config.kind}.`;
  const has = credential === undefined ? before !== null && before.credential !== null : credential.from !== 'none';
  switch (config.kind) {
    case 'desktop': return has ? 'Notifications of this desktop take no credential.' : null;
    case 'syslog': return has ? 'A syslog server takes no credential.' : null;
    case 'webhook': return webhookProblem(config, before?.config, has);
    case 'slack': return has ? slackProblem(credential) : 'Slack needs a credential: the whole URL of its incoming webhook.';
    case 'email': return emailProblem(config, has);
  }
}

/** SECURITY: the address is kept in the clear. One that was kept before this was checked may stay, so that it can be switched off and quietened. */
function webhookProblem({ url, header }: Extract<TargetConfig, { kind: 'webhook' }>, before: TargetConfig | undefined, has: boolean): string | null {
  const isKept = before?.kind === 'webhook' && before.url === url;
  const problem = isKept ? null : addressProblem(url, `give it as the credential, and write ${credentialPlace} where it stands in the address`);
  if (problem !== null) return problem;
  if (!url.includes(credentialPlace)) return header !== undefined && !has ? `The header ${header} needs a credential that it carries.` : null;
  if (!isBehindHost(url)) return `${credentialPlace} stands behind the host of an address, so that it never says which host that is.`;
  if (header !== undefined) return `The credential goes into the address or into the header ${header}, not into both.`;
  return has ? null : `${credentialPlace} in the address needs a credential that is put there.`;
}

const isBehindHost = (url: string): boolean => /^https?:\/\/[^/\\?#{}]+[/?]/.test(url) && !url.slice(0, url.indexOf(credentialPlace)).includes('#');

/** What is read from elsewhere is looked at when it is used. */
function slackProblem(credential: CredentialInput | undefined): string | null {
  if (credential?.from !== 'value') return null;
  const value = credential.value.trim();
  const url = URL.canParse(value) ? new URL(value) : null;
  // SECURITY: the URL is the secret, so it does not cross a network in the clear.
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isInsideAddress(url)))) return "The credential of Slack is the whole URL of its incoming webhook, which begins with https://.";
  return null;
}

function emailProblem({ user, security, host }: Extract<TargetConfig, { kind: 'email' }>, has: boolean): string | null {
  if (user !== undefined && user !== '' && !has) return `The user ${user} needs a credential: the password for the mail server.`;
  if ((user === undefined || user === '') && has) return 'A password needs the name of its user.';
  // SECURITY: a password does not cross a foreign network in the clear.
  if (has && security === 'none' && !isInside(host)) return 'A password is sent to a host outside only over TLS: choose tls or starttls.';
  return null;
}

function isInside(host: string): boolean {
  const url = `smtp://${isIPv6(host) ? `[${host}]` : host}`;
  return URL.canParse(url) && isInsideAddress(new URL(url));
}

export function placeWords(config: TargetConfig): string {
  switch (config.kind) {
    case 'desktop': return 'notifications of this desktop';
    case 'webhook': return `posts to ${withoutQuery(config.url)}`;
    case 'slack': return 'posts to an incoming webhook of Slack';
    case 'email': return `e-mail to ${config.to.join(', ')} by ${config.host}:${config.port} (${config.security})`;
    case 'syslog': return `syslog to ${config.host}:${config.port} (${config.transport})`;
  }
}

function withoutQuery(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}`;
}

/** As it goes into the audit log. */
export function shownTarget({ name, config, quiet, enabled }: Pick<TargetDraft, 'name' | 'config' | 'quiet' | 'enabled'>): Readonly<Record<string, unknown>> {
  const { ca, ...rest } = { ca: undefined, ...config };
  return { name, config: { ...rest, ...(config.kind === 'webhook' ? { url: withoutQuery(config.url) } : {}), ...(ca === undefined ? {} : { ca: 'given' }) }, quiet, enabled };
}
