/** Processes of a Windows machine, by CIM, `netstat` and `taskkill`, which every Windows brings. */
import { hostname } from 'node:os';
import { canonical } from './linux-sockets.ts';
import type { Machine, Owners, Pin, Proc, ProcDetails, Processes, Sent, SignalKind } from './machine.ts';
import type { SocketEnds } from './process-ports.ts';
import { printable, programWords, splitWords } from './program-name.ts';
import type { RunProgram } from './run-program.ts';

/** As a text that stays exact: a number would be rounded. */
const created = "@{n='Created';e={$_.CreationDate.ToUniversalTime().ToString('o')}}";
const processQuery = (filter: string): string => `@(Get-CimInstance Win32_Process${filter} | Select-Object ProcessId,ParentProcessId,Name,${created}) | ConvertTo-Json -Compress`;

export class WindowsMachine implements Machine {
  /** Windows freezes no process from outside. */
  readonly freezes = false;
  /** Each starts programs. */
  readonly parallelLookUps = 1;
  readonly #run: RunProgram;
  #account: Promise<string | null> | null = null;

  constructor(run: RunProgram) {
    this.#run = run;
  }

  get hostName(): string { return hostname(); }

  account(): Promise<string | null> {
    this.#account ??= this.#shell('[System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value').then((text) => sidIn(text));
    return this.#account;
  }

  async read(): Promise<Processes> {
    return new Map(procsIn(await this.#shell(processQuery(''))).map((proc) => [proc.pid, proc]));
  }

  async one(pid: number): Promise<Proc | null> {
    return procsIn(await this.#shell(processQuery(` -Filter "ProcessId=${whole(pid)}"`))).find((proc) => proc.pid === pid) ?? null;
  }

  async details(pid: number): Promise<ProcDetails | null> {
    const text = await this.#shell(`Get-CimInstance Win32_Process -Filter "ProcessId=${whole(pid)}" | Select-Object ExecutablePath,CommandLine,Name,@{n='Sid';e={(Invoke-CimMethod -InputObject $_ -MethodName GetOwnerSid).Sid}} | ConvertTo-Json -Compress`);
    const [found] = rowsIn(text);
    if (found === undefined) return null;
    const program = textOf(found['ExecutablePath']);
    const words = programWords(splitWords(textOf(found['CommandLine']) ?? textOf(found['Name']) ?? ''));
    return { program, title: words.title, script: words.script, account: sidIn(textOf(found['Sid']) ?? ''), innerPid: null };
  }

  async ownersOf(ends: SocketEnds): Promise<Owners> {
    const now = async (): Promise<number[]> => pidsOf(await this.#sockets(), ({ near, far }) => isEnd(near, ends.remoteAddress, ends.remotePort) && isEnd(far, ends.localAddress, ends.localPort));
    return { pids: await now(), holds: async (pid) => (await now()).includes(pid) };
  }

  async listenersAt(host: string, port: number): Promise<readonly number[]> {
    const hosts = host === 'localhost' ? ['127.0.0.1', '::1'] : [canonical(host)];
    // The names of states are translated there; who listens has no other end.
    const listening = (await this.#sockets()).filter(({ far }) => far === '0.0.0.0:0' || far === '[::]:0');
    const exact = pidsOf(listening, ({ near }) => hosts.some((one) => isEnd(near, one, port)));
    return exact.length > 0 ? exact : pidsOf(listening, ({ near }) => isEnd(near, '0.0.0.0', port) || isEnd(near, '::', port));
  }

  startOf({ start }: Pin): number { return Date.parse(start); }

  unitOf(): Promise<null> { return Promise.resolve(null); }

  /** SECURITY: one script asks for the date of its creation and signals, so that the number cannot change hands in between. */
  async signal(pin: Pin, kind: SignalKind): Promise<Sent> {
    // Without /F it is asked to close, with everything below it: programs without a window take no notice, those with one may save.
    const words = kind === 'kill' ? '/F' : '/T';
    const script = `$p = Get-CimInstance Win32_Process -Filter "ProcessId=${whole(pin.pid)}"; if ($p -and $p.CreationDate.ToUniversalTime().ToString('o') -eq '${dateOnly(pin.start)}') { taskkill /PID ${whole(pin.pid)} ${words} *> $null; "code $LASTEXITCODE" } else { 'gone' }`;
    const said = await this.#shell(script);
    if (said.includes('gone') || said.includes('code 128')) return 'gone';
    // An unforced close that a program takes no notice of also ends with 1: only a kill that fails says that we may not.
    return kind === 'kill' && !said.includes('code 0') ? 'not_allowed' : 'sent';
  }

  async #sockets(): Promise<{ near: string; far: string; pid: number }[]> {
    const table = await this.#run('netstat', ['-ano', '-p', 'TCP']);
    const table6 = await this.#run('netstat', ['-ano', '-p', 'TCPv6']);
    return [...`${table}\n${table6}`.matchAll(/^\s*TCP\s+(\S+)\s+(\S+)\s+.*?(\d+)\s*$/gm)].map(([, near = '', far = '', pid]) => ({ near, far, pid: Number(pid) }));
  }

  #shell(script: string): Promise<string> {
    return this.#run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]);
  }
}

/** SECURITY: only numbers and dates get into a script. */
function whole(pid: number): number {
  if (!Number.isSafeInteger(pid) || pid < 0) throw new Error(`${pid} is no number of a process`);
  return pid;
}
const dateOnly = (text: string): string => (/^[\d:.TZ-]+$/.test(text) ? text : '');
const sidIn = (text: string): string | null => /S-1-[\d-]+/.exec(text)?.[0] ?? null;
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function rowsIn(text: string): Readonly<Record<string, unknown>>[] {
  if (text.trim() === '') return [];
  const read = JSON.parse(text) as unknown;
  return (Array.isArray(read) ? read : [read]).filter((row): row is Readonly<Record<string, unknown>> => typeof row === 'object' && row !== null);
}

function procsIn(text: string): Proc[] {
  return rowsIn(text).flatMap((row) => {
    const [pid, parent, start, name] = [row['ProcessId'], row['ParentProcessId'], row['Created'], row['Name']];
    if (typeof pid !== 'number' || typeof parent !== 'number' || typeof start !== 'string') return [];
    return [{ pid, parent, start, startedMs: Date.parse(start), session: null, group: null, name: printable(textOf(name) ?? '') }];
  });
}

function pidsOf(sockets: readonly { near: string; far: string; pid: number }[], wanted: (ends: { near: string; far: string }) => boolean): number[] {
  return [...new Set(sockets.filter(wanted).map(({ pid }) => pid))].filter((pid) => pid > 0);
}

function isEnd(text: string, address: string | undefined, port: number): boolean {
  const at = text.lastIndexOf(':');
  return Number(text.slice(at + 1)) === port && (address === undefined || canonical(text.slice(0, at)) === canonical(address));
}
