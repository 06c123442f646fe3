/** What may leave this connector. MCP has one channel for reading and for acting; the wall between the two is here. */
import { RuntimeFault } from '../connector.ts';

const readMethods: ReadonlySet<string> = new Set([
  'server/discover', 'initialize', 'notifications/initialized',
  'tools/list', 'resources/list', 'resources/templates/list', 'prompts/list',
]);

/**
 * SECURITY: the console never calls a tool, reads a resource's content or runs a prompt, whatever the SDK or a server makes of us.
 * Answers to a server's own questions (they carry no method) may leave: the SDK says "not supported" to all but a ping.
 */
export function refuseToAct(message: unknown): void {
  for (const one of Array.isArray(message) ? message as readonly unknown[] : [message]) {
    if (typeof one !== 'object' || one === null) throw new RuntimeFault('garbage', 'Something that is no message was about to be sent; it was kept back.');
    if (!('method' in one)) continue;
    if (typeof one.method !== 'string' || !readMethods.has(one.method)) throw new RuntimeFault('garbage', 'A message other than a question was about to be sent; it was kept back.');
  }
}
