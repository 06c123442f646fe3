/** A LangGraph server of which only the answers are real: in the form that its documentation gives, for what no server that can be run here has. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked { readonly method: string; readonly path: string; readonly body: unknown }
export interface Answer { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>; readonly afterMs?: number }
export interface Double { readonly url: string; readonly asked: Asked[]; close(): Promise<void> }

/** null: as a server without that way. */
export async function startDouble(answer: (asked: Asked) => Answer | null): Promise<Double> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => { text += chunk.toString(); });
    request.on('end', () => {
      const one: Asked = { method: request.method ?? '', path: request.url ?? '', body: text === '' ? null : JSON.parse(text) };
      asked.push(one);
      const { status, body, headers, afterMs = 0 } = answer(one) ?? { status: 404, body: { detail: 'Not Found' } };
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(body === undefined ? '' : JSON.stringify(body));
      }, afterMs);
    });
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, close: () => new Promise((done) => { server.closeAllConnections(); server.close(() => { done(); }); }) };
}
