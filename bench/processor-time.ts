/** Processor time of another process, all its threads, in microseconds; null where the system does not tell (Linux does). */
import { readFileSync } from 'node:fs';

/** The kernel tells hundredths of a second, whatever its own clock ticks at. */
const tickUs = 10_000;

export function processorUs(pid: number | undefined): number | null {
  if (process.platform !== 'linux' || pid === undefined) return null;
  const said = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything; user and system time are the 12th and 13th word behind it.
  const words = said.slice(said.lastIndexOf(')') + 2).split(' ');
  return (Number(words[11]) + Number(words[12])) * tickUs;
}
