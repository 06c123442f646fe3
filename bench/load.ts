/** A load generator on loopback: posts prepared bodies over a fixed number of keep-alive connections, one in flight on each. */
import { Agent, request } from 'node:http';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly Buffer[];
  readonly connections: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly bodiesPerSecond: number;
  readonly ackMs: readonly number[];
  readonly refused: number;
}

function post(agent: Agent, load: Load, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(load.url, { agent, method: 'POST', headers: { ...load.headers, 'content-length': body.length } }, (response) => {
      response.resume();
      response.on('end', () => { resolve(response.statusCode ?? 0); });
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Posts every body once. A 503 is tried again after 20 ms and counted as refused; any other answer but 200 ends the run. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const ackMs: number[] = [];
  let next = 0;
  let refused = 0;
  const began = performance.now();
  const one = async (): Promise<void> => {
    for (let body = load.bodies[next++]; body !== undefined; body = load.bodies[next++]) {
      for (;;) {
        const sent = performance.now();
        const status = await post(agent, load, body);
        if (status === 200) { ackMs.push(performance.now() - sent); break; }
        if (status !== 503) throw new Error(`the receiver answered ${status}`);
        refused += 1;
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      }
    }
  };
  await Promise.all(Array.from({ length: load.connections }, one));
  const seconds = (performance.now() - began) / 1_000;
  agent.destroy();
  return { seconds, bodiesPerSecond: load.bodies.length / seconds, ackMs, refused };
}
