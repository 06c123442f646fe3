/** A Slack-compatible incoming webhook: its whole URL is the credential. */
import type { AlertMessage } from '../../../../shared/alerts.ts';
import { onThisMachine } from '../../connectors/this-machine.ts';
import { post } from './http-post.ts';
import { factLines, headline } from './message-words.ts';
import { cut } from './plain-text.ts';
import { DeliveryFault } from './sending.ts';
import type { Remark, Sending } from './sending.ts';

/** Slack's own words for a refusal (`invalid_payload`, `no_service`) and nothing else. */
const code = /^[a-z][a-z_]{2,40}$/;
/** Slack's limits of a header and of a section, with room for what escaping adds. */
const mostHeader = 150;
const mostSection = 3_000;

export async function sendSlack({ config, credential, message, signal, limits }: Sending<'slack'>): Promise<Remark> {
  await post({ url: address(credential), headers: { 'gatehouse-delivery': message.delivery }, body: JSON.stringify(slackBody(message)), ca: config.ca, quotable: code, signal, limits });
  return null;
}

/** SECURITY: errors say nothing of what was given, not even a part of it. */
function address(credential: string | null): URL {
  if (credential === null) throw new DeliveryFault('The URL of the incoming webhook, which is this target\'s credential, is missing. Give it again.');
  const url = URL.parse(credential);
  if (url === null || !['https:', 'http:'].includes(url.protocol)) throw new DeliveryFault('The credential of this target is not the URL of an incoming webhook. Nothing was sent.');
  if (url.username !== '' || url.password !== '') throw new DeliveryFault('The URL of the incoming webhook holds a user or a password, which is not supported. Nothing was sent.');
  if (url.protocol === 'http:' && !onThisMachine(url)) throw new DeliveryFault(`${url.host}: The URL of an incoming webhook is a secret, so it must begin with https. Nothing was sent.`);
  return url;
}

/** SECURITY: blocks hold plain text alone, so that nothing in it links, mentions or formats. Receivers that know no blocks show `text`. */
export function slackBody(message: AlertMessage): unknown {
  const title = headline(message);
  const facts = factLines(message);
  return {
    text: defused(`${title}\n${message.alert.text}\n${facts.join('\n')}`),
    mrkdwn: false, link_names: false, parse: 'none', unfurl_links: false, unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title, mostHeader) },
      ...(message.alert.text === '' ? [] : [{ type: 'section', text: plain(message.alert.text, mostSection) }]),
      { type: 'context', elements: [plain(facts.join(' \u00b7 '), mostSection)] },
    ],
  };
}

const plain = (text: string, most: number): { type: 'plain_text'; text: string; emoji: false } => ({ type: 'plain_text', text: escapedWithin(text, most), emoji: false });

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Cut before it is escaped, so that no entity is cut in two. */
function escapedWithin(text: string, most: number): string {
  for (let length = most; ; length = Math.floor(length * 0.8)) {
    const out = escaped(cut(text, length));
    if (out.length <= most) return out;
  }
}

/** SECURITY: Slack-alikes read `text` as Markdown and look in it for names: mentions and links are broken up. */
function defused(text: string): string {
  return escaped(text).replaceAll('@', '\uFF20').replaceAll('://', ':\u2044\u2044').replaceAll('](', '] (');
}
