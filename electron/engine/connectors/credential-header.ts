/** Puts the credential on a request. */
import { RuntimeFault } from './connector.ts';

export function setCredential(headers: Headers, name: string, scheme: 'bearer' | 'plain', secret: string): void {
  try {
    headers.set(name, scheme === 'bearer' ? `Bearer ${secret}` : secret);
  } catch {
    // SECURITY: the error quotes the value, and a log keeps causes; it ends here.
    throw new RuntimeFault('credential_refused', 'The credential holds characters that a header cannot carry (a line break at its end?). Nothing was sent.');
  }
}
