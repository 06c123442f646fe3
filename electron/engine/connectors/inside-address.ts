/** Addresses that only machines inside can reach: this machine, the networks that are nobody's in particular, the doors of a cloud's own services. */
import { BlockList, isIP } from 'node:net';

const inside = new BlockList();
for (const [net, prefix] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.168.0.0', 16]] as const) inside.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [['::', 127], ['fc00::', 7], ['fe80::', 10]] as const) inside.addSubnet(net, prefix, 'ipv6');

/** By what is written only: where a name leads is not looked up. */
export function isInsideAddress({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  const kind = isIP(host);
  if (kind === 0) return /(^|\.)(localhost|internal)$/i.test(host);
  return inside.check(host, kind === 4 ? 'ipv4' : 'ipv6');
}
