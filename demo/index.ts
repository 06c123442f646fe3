/**
 * The demo fleet: a program of its own. Reads one JSON line on standard input,
 * `{"endpoint":"http://127.0.0.1:4318","tokens":[{"company":"halden","token":"..."}]}` (tokens never stand in argv),
 * tells the last 24 hours at once, then goes on live until SIGTERM, SIGINT or the end of standard input.
 *
 * Says on standard output, one JSON line each: what it told (`{"told","agents"}`) and the real servers that it started for the console to
 * connect to (`{"runtimes":[{"kind","name","url"}]}`), and what their people know of their powers (`{"papers":{...}}`).
 *
 * Arguments: `--seed N` (default 1), `--hours N` of past to tell (default 24), `--once` to stop after the past and the papers, without servers.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { papersAt } from './papers.ts';
import { runFleet } from './run-fleet.ts';
import { runRuntimes } from './run-runtimes.ts';

const order = z.object({
  endpoint: z.url(),
  tokens: z.array(z.object({ company: z.enum(['halden', 'norrland', 'brightwater']), token: z.string().min(8) })).min(1),
});

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new Error('standard input ended before the order came');
}

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, hours: { type: 'string', default: '24' }, once: { type: 'boolean', default: false } } });
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

try {
  const { endpoint, tokens } = order.parse(JSON.parse(await firstLine()));
  // The parent holds the other end of standard input: when it goes, the fleet goes.
  process.stdin.on('close', () => { if (!values.once) stop.abort(); });
  process.stdin.resume();
  const say = (line: string): void => { process.stdout.write(`${line}\n`); };
  const seed = Number(values.seed);
  if (values.once) say(JSON.stringify({ papers: papersAt(Date.now()) }));
  await Promise.all([
    runFleet({ endpoint, tokens, seed, pastHours: Number(values.hours), live: !values.once, signal: stop.signal, say }),
    values.once ? null : runRuntimes({ seed, signal: stop.signal, say }),
  ]);
  process.exit(0);
} catch (error) {
  process.stderr.write(`demo fleet: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
