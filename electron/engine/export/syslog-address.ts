/** Which addresses a report may be sent to. Receivers stand inside of a company or on this machine, so those stay open; what can be no receiver does not. */
import { BlockList, isIP } from 'node:net';

const never = new BlockList();
for (const [net, prefix] of [['0.0.0.0', 8], ['169.254.0.0', 16], ['224.0.0.0', 3]] as const) never.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [['::', 128], ['fe80::', 10], ['ff00::', 8]] as const) never.addSubnet(net, prefix, 'ipv6');

/**
 * SECURITY: no address that means whatever this machine likes (0.0.0.0, ::), none for many at once, and none of the link: there the doors of a cloud's own
 * services are (169.254.169.254), which hand out credentials and are no receivers. IPv4 within IPv6 counts as IPv4.
 */
export function isRefusedAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  const host = mapped ?? plain;
  const kind = isIP(host);
  return kind !== 0 && never.check(host, kind === 4 ? 'ipv4' : 'ipv6');
}

export const refusedAddressText = 'A report is not sent to an address like that: it is the link\'s own, everybody\'s or nobody\'s. Give the name or the address of the receiver.';
