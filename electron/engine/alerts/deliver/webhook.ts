/** The alert as JSON (`alertMessage` of shared/alerts.ts), by POST. */
import { credentialPlace } from '../../../../shared/web-address.ts';
import { isInsideAddress } from '../../connectors/inside-address.ts';
import { post } from './http-post.ts';
import { DeliveryFault } from './sending.ts';
import type { Remark, Sending } from './sending.ts';

/** Headers that say how the request itself is read: none of them carries a credential. */
const ofTheRequest = /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|gatehouse-.*)$/i;

export async function sendWebhook({ config, credential, message, signal, limits }: Sending<'webhook'>): Promise<Remark> {
  const inAddress = credential !== null && config.url.includes(credentialPlace);
  // SECURITY: escaped, it stays within its place: no other path, parameter or host comes of it.
  const url = new URL(inAddress ? config.url.replaceAll(credentialPlace, () => encodeURIComponent(credential.toWellFormed())) : config.url);
  // SECURITY: the credential never goes over a line that others can read; networks inside are the owner's own.
  if (credential !== null && url.protocol === 'http:' && !isInsideAddress(url)) throw new DeliveryFault(`${url.host}: A credential is not sent over plain http to a host outside. Nothing was sent; use https.`);
  if (credential !== null && ofTheRequest.test(config.header ?? '')) throw new DeliveryFault(`${url.host}: The header ${config.header} cannot carry a credential. Nothing was sent.`);
  const headers: Record<string, string> = { 'gatehouse-delivery': message.delivery, 'gatehouse-event': message.event };
  if (credential !== null && !inAddress) headers[(config.header ?? 'authorization').toLowerCase()] = inHeader(url.host, config.scheme === 'bearer' ? `Bearer ${credential}` : credential);
  await post({ url, headers, body: JSON.stringify(message), ca: config.ca, quotable: null, signal, limits });
  return null;
}

/** Node's own error would quote the value. */
function inHeader(host: string, value: string): string {
  if (!/^[\x20-\x7e]+$/.test(value)) throw new DeliveryFault(`${host}: The credential holds characters that a header cannot carry. Nothing was sent.`);
  return value;
}
