/** For tests: an authority made at run time, and certificates that it signed. */
import { generate } from 'selfsigned';

export interface TestAuthority {
  /** PEM, as a person would paste it. */
  readonly ca: string;
  /** For 127.0.0.1 and localhost. */
  readonly good: TestCertificate;
  /** By the same authority, for another host. */
  readonly other: TestCertificate;
  /** By itself alone. */
  readonly stranger: TestCertificate;
}

export interface TestCertificate { readonly key: string; readonly cert: string }

const kind = { keyType: 'ec', algorithm: 'sha256' } as const;

export async function makeAuthority(): Promise<TestAuthority> {
  const root = await generate([{ name: 'commonName', value: 'Gatehouse test authority' }], { ...kind, extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }] });
  const ca = { key: root.private, cert: root.cert };
  const [good, other, stranger] = await Promise.all([certificateFor('localhost', '127.0.0.1', ca), certificateFor('elsewhere.example', '192.0.2.1', ca), certificateFor('localhost', '127.0.0.1', undefined)]);
  return { ca: root.cert, good, other, stranger };
}

async function certificateFor(name: string, ip: string, ca: { readonly key: string; readonly cert: string } | undefined): Promise<TestCertificate> {
  const made = await generate([{ name: 'commonName', value: name }], { ...kind, ...(ca === undefined ? {} : { ca }), extensions: [{ name: 'basicConstraints', cA: false }, { name: 'extKeyUsage', serverAuth: true }, { name: 'subjectAltName', altNames: [{ type: 2, value: name }, { type: 7, ip }] }] });
  return { key: made.private, cert: made.cert };
}
