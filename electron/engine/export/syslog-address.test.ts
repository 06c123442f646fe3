import { describe, expect, it } from 'vitest';
import { isRefusedAddress } from './syslog-address.ts';

describe('where a report may be sent', () => {
  it.each(['169.254.169.254', '0.0.0.0', '0.1.2.3', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '::', 'fe80::1', 'fe80::1%eth0', 'ff02::1', '::ffff:169.254.169.254', '::ffff:0.0.0.0'])('not to %s', (address) => {
    expect(isRefusedAddress(address)).toBe(true);
  });
  it.each(['127.0.0.1', '::1', '10.0.0.5', '192.168.1.9', '172.16.0.1', 'fd00::5', '203.0.113.9', '2001:db8::9', 'log.example', 'localhost', ''])('to %s, as far as it is written', (address) => {
    expect(isRefusedAddress(address)).toBe(false);
  });
});
