/** The command line: `gatehouse serve | status | connections | approvals | agents | ...`. */
import { homedir, userInfo } from 'node:os';
import { defaultDataFolder } from '../../shared/data-folder.ts';
import { version } from '../../shared/version.ts';
import { readInvocation } from './cli-arguments.ts';
import type { Invocation } from './cli-arguments.ts';
import { UsageError } from './cli-options.ts';
import { runCommand } from './cli-commands.ts';
import { failureText } from './cli-text.ts';
import { ownKeyPlaces } from './cli-keys.ts';
import { connectCaller } from './control-client.ts';
import type { Caller } from './control-client.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { MemoryPort } from './memory-port.ts';
import { keepHeapSmall } from './spare-heap.ts';

const help = `Gatehouse ${version}

  gatehouse serve [--otlp HOST:PORT]            receive and keep the history, without a window
  gatehouse serve --read-only[=hashes|redacted|full]      auditor mode: answers questions and writes reports; receives, changes and stops nothing
  gatehouse status

  gatehouse connections [list]
  gatehouse connections show|test|poll ID       how it stands; ask it now and say what is missing (code 1); read it now
  gatehouse connections add otlp --name NAME [--content none|redacted|full]
  gatehouse connections add langgraph|a2a|mcp --name NAME --url URL [KEY] [--header H] [--scheme bearer|plain] [--content ...]
                        a2a also: --card-keys FILE, the public keys (JWK) that its card must be signed with
  gatehouse connections add mcp --name NAME --command CMD [--cwd DIR] [--env NAME]... [--consent] [-- ARG...]
  gatehouse connections try langgraph|a2a|mcp --url URL [KEY]      test it without saving anything
  gatehouse connections credential ID KEY       another credential; counts at once
  gatehouse connections credential ID --stop KEY    the credential that only stop levers use; --credential none takes it away
  gatehouse connections retarget ID --url URL   the same runtime at another address
  gatehouse connections consent ID [--consent]  prints the command of a local server; with --consent agrees to exactly it
  gatehouse connections enable|disable ID
  gatehouse connections rename ID --name NAME
  gatehouse connections rotate ID               a new token (otlp); the old one stops working at once
  gatehouse connections remove ID [--delete-history]

  gatehouse approvals [--all] [--agent ID|NAME] [--connection ID|NAME] [--limit N]
  gatehouse approvals show ID                   the whole request and its fingerprint
  gatehouse approvals approve ID [--reason TEXT] [--fingerprint F]
  gatehouse approvals reject ID --reason TEXT [--fingerprint F]
  gatehouse approvals respond ID --response TEXT [--fingerprint F]
  gatehouse approvals edit ID --parameters JSON|- ... [--fingerprint F]
  gatehouse grants    [--agent ID|NAME] [--connection ID|NAME] [--limit N]

  gatehouse audit [list] [--subject ID] [--by NAME] [--action ACTION] [--outcome asked|done|failed|refused] [--text TEXT] [--since SPAN] [--until TIME] [--limit N]
                        what people did in the console, and what the console did to runtimes; an ACTION that ends with a dot is all that begin so
  gatehouse audit show ID|NUMBER                one entry, whole, with its hashes and the line as it was hashed
  gatehouse audit check                         reads the whole log through, and says what is not as it was written (code 1)
  gatehouse audit seals [--limit N]             one for each hour: how many entries there were, and the head of their tree
  gatehouse audit key [--all]                   the public half of the key that seals: pin it elsewhere; renew-key --reason TEXT makes another
  gatehouse audit prune --until TIME --reason TEXT --yes       removes entries behind a seal; its tombstone stays

  gatehouse access [--by class|resource] [--days N] [--agent ID|NAME] [--text TEXT] [--unused] [--attempted] [--irreversible] [--shared]
                        who may touch what, and what of it they touched; ! cannot be undone
  gatehouse access grants [--agent ID|NAME] [--connection ID|NAME] [--document ID|NAME] [--class CLASS] [--text TEXT] [--gone]
  gatehouse access show ID                      one grant: its reading, its source verbatim, its use, who else holds it
  gatehouse access findings [--agent ID|NAME] [--rule RULE] [--dismissed]
  gatehouse access dismiss ID --reason TEXT [--until TIME] | restore ID
  gatehouse access drift [--agent ID|NAME] [--connection ID|NAME] [--widening] [--since SPAN]
  gatehouse access baseline AGENT               what changed since it was approved; access approve AGENT [--note TEXT] approves what is held now
  gatehouse access proposal AGENT [--form allow_list|iam|cedar] [--days N]     the least that its use needed; nothing is applied
  gatehouse access reach AGENT                  all that it could reach, through whom
  gatehouse access identity AGENT               as whom it acts, on what evidence; its owner
  gatehouse access owner AGENT --name NAME [--sponsor] [--left] | --take-back
  gatehouse access documents [--agent ID|NAME] | document ID|NAME | remove ID|NAME
  gatehouse access import FILE|- --format iam|cedar|oauth_scopes|app_roles|tools|declared --name NAME --for AGENT... [--as CREDENTIAL]
                        [--role identity|boundary|scp|resource] [--enforcement enforced|declared|log_only|unknown]; with --try only reads it
  gatehouse access holder CONNECTION AGENT [--take-back]    the agent uses what that connection offers

  gatehouse cost [--by agent|owner|model|kind|version|connection] [--since SPAN] [--connection ID|NAME] [--text TEXT] [--limit N]
                        what was spent, how that is known, and what a finished task costs; whole UTC days, 30 where none is said
  gatehouse cost explain ACTIVITY               why it shows that cost: what was told, the price, each part of the sum
  gatehouse cost reconciliation [--connection ID|NAME] [--since SPAN]      each day beside its bill, and why they differ
  gatehouse cost bills | remove-bill ID
  gatehouse cost import-bill FILE|- --connection ID|NAME --format focus|csv [--name NAME]; with --try only reads it
  gatehouse prices [list] [--text TEXT] [--own] [--used] | prices unpriced
  gatehouse prices set MODEL --price UNIT=AMOUNT[/PER][@FROM]... --source TEXT [--provider P] [--region R] [--tier T] [--currency USD] [--from DAY]
                        [--to DAY] [--note TEXT] [--replaces ID]      tokens per million unless PER is said; history is then computed anew
  gatehouse prices history|remove ID
  gatehouse prices import FILE|- [--name NAME]  a JSON list of prices; all or none; with --try only checks it

  gatehouse budgets [list] | show|remove ID|NAME | events [ID|NAME] [--limit N]
  gatehouse budgets save|preview [ID|NAME] --name NAME --agent ID|NAME | --connection ID|NAME | --owner NAME | --tag TAG | --all
                        --per task|hour|day|week|month [--soft AMOUNT|none] [--hard AMOUNT|none] [--currency USD] [--forecast on|off]
                        [--on-hard stop|tell] [--level cancel|suspend|revoke] [--stops agent|task]      what a change leaves out stays;
                        preview says what it would have done in the last 90 days, and whom it could not stop

  gatehouse retention [list] | preview | run | disk | jobs | cancel JOB
  gatehouse retention set general|CONNECTION DAYS|forever|general      how long activity is kept; preview says what would go
  gatehouse retention free [--rewrite]          gives free pages back; --rewrite writes the file anew, and nothing else is written meanwhile
  gatehouse hold [list] [--all]                 legal holds: nothing that they cover goes
  gatehouse hold place --all | --connection ID|NAME | --agent ID|NAME --reason TEXT; hold lift ID --reason TEXT
  gatehouse erase look PERSON|- [--alias TEXT]...      counts where a name, e-mail address or account stands; changes nothing
  gatehouse erase run PERSON|- [--alias TEXT]... --reason TEXT [--no-rewrite] [--yes]
  gatehouse erase list [PERSON|-]               what was erased, and whether it was of that person

  gatehouse alerts [--state open|active|all] [--agent ID|NAME] [--rule ID|NAME] [--text TEXT] [--limit N]
  gatehouse alerts show ID                      one alert: what was said of it, and whom it was told to
  gatehouse alerts acknowledge|resolve ID... [--note TEXT] | reopen ID...
  gatehouse alerts rules | save-rule FILE|- [--rule ID|NAME] | enable-rule|disable-rule|remove-rule ID|NAME
                        a rule is JSON, as alerts rules --json shows it
  gatehouse targets [list] | deliveries [ID|NAME] [--state waiting|held|sent|failed|dropped] [--limit N]
  gatehouse targets add desktop|webhook|slack|email|syslog --name NAME [--quiet 22:00-07:00 [--quiet-days mon-fri]] [--ca-file FILE]
                        webhook: --url URL [--header H] [--scheme bearer|plain]; slack: its URL is the credential;
                        email: --host H [--port N] [--security tls|starttls|none] [--user U] --from MAIL --to MAIL,MAIL;
                        syslog: --host H [--port N] [--transport tcp|tls] [--facility N]; a credential as of connections
  gatehouse targets change ID|NAME [the same words] | credential ID|NAME | enable|disable|remove ID|NAME
  gatehouse targets test ID|NAME                sends a test now, and says whether it arrived (code 1: it did not)
  gatehouse targets retry ID|NAME               tries now what waits, and once more what was given up

  gatehouse stop --task ID | --agent ID|NAME | --connection ID|NAME | --tag TAG | --all --level cancel|suspend|revoke --reason TEXT
                        [--reason-kind KIND] [--ticket TEXT] [--with LEVER]... [--without LEVER]... [--wait SPAN] [--yes]
                        prints the plan, then what becomes of it; code 0 only when verified, 3 still acting, 4 unverified,
                        5 waits for the second operator, 7 still stopping, 2 nothing was sent
  gatehouse stops [--all] [--agent ID|NAME] [--limit N]
  gatehouse stops show|withdraw ID
  gatehouse stops confirm ID --operator NAME --passphrase-env NAME | --passphrase-stdin
  gatehouse release ID [--reason TEXT]          ends its holds and puts back exactly what the order changed
  gatehouse certificate ID                      the record of one stop order; ID may be its number
  gatehouse readiness [--check] [--limit N]     per agent and level; --check asks the runtimes whether we may
  gatehouse drill --agent ID|NAME --level L     a stop on purpose, at an agent that is marked as canary

  gatehouse export --out PATH [--contents console,stops,access,approvals,activity,cost,failures,gaps] [--from TIME] [--to TIME] [--formats csv,jsonl,...]
                        [--agent ID|NAME | --for AGENT... | --tag TAG | --connection ID|NAME | --stop-order ID] [--text hashes|redacted|full]
                        [--people names|pseudonyms|removed] [--pack] [--name NAME] [--overwrite]      --try says what would be in it
                        [--syslog TARGET|tcp://HOST:PORT|tls://HOST:PORT]      sends the CEF files on, a message a row
                        formats: csv jsonl parquet xlsx ocsf-1.8.0 ocsf-1.9.0 cef focus; --pack makes one zip that verifies without Gatehouse
  gatehouse verify PACK [--key FINGERPRINT|KEY] [--checkpoint FILE]      code 0 whole and by that key, 4 holds together, 1 damaged

  gatehouse agents    [--agent ID|NAME] [--since SPAN] [--limit N]
  gatehouse agents link ID ID | unlink ID       the same agent, seen from two sides
  gatehouse tasks     [--agent ID|NAME] [--since SPAN] [--limit N]
  gatehouse activity  [--agent ID|NAME] [--task ID] [--since SPAN] [--limit N]
  gatehouse tasks mark ID finished|failed|none [--note TEXT]        how it came out, by your word; none takes it back
  gatehouse failures  [--agent ID|NAME] [--since SPAN] [--limit N]
  gatehouse failures groups [--state new|back|known|snoozed|resolved]... [--agent ID|NAME] [--connection ID|NAME] [--text TEXT] [--since SPAN]
  gatehouse failures show ID [--since SPAN]     what is alike, as which versions, what came before, what people said
  gatehouse failures know|resolve|reopen ID [--note TEXT] | snooze ID [--until TIME] [--note TEXT] | note ID TEXT
  gatehouse gaps      [--since SPAN] [--limit N]    when something could not be seen, and why

KEY is one of: --key-env NAME, --key-file PATH, --key-stdin (read now and kept; --session: only in memory),
--credential env:NAME | file:PATH (the engine reads it at each use; the file must be yours alone) | none.
Every command takes --data DIR (default: the desktop's folder) and --json. SPAN is 90s, 30m, 24h, 7d, 2w or a time.
Times are UTC. Uses the engine that runs for the folder; without one, opens the history for the one command.
`;

const streams = { out: process.stdout, err: process.stderr };
const owner = userInfo().username;

/** Loaded only where no engine runs already: a question to one that does shall not wait for all of it. */
async function startEngine(folder: string, receiver: EngineOptions['receiver'], readOnly: EngineOptions['readOnly'] = null): Promise<Engine> {
  const engine = await import('./engine.ts');
  return engine.startEngine({ dataFolder: folder, receiver, readOnly, owner, vault: null, onApprovals: null, desktop: null });
}

async function serve(folder: string, { otlp, readOnly }: Extract<Invocation['command'], { name: 'serve' }>, json: boolean): Promise<void> {
  // As in the window that is started so: nothing is received, polled, stopped, delivered, sealed or let go, and whoever asks may only read.
  const engine = await startEngine(folder, readOnly === null ? otlp ?? 'as_set' : 'off', readOnly);
  keepHeapSmall();
  const { state, message } = engine.receiver.status();
  const endpoint = engine.receiver.endpoint();
  if (json) process.stdout.write(`${JSON.stringify({ ready: true, endpoint, receiver: state, readOnly, message, dataDir: folder, pid: process.pid })}\n`);
  process.stderr.write(`${state === 'listening' ? `Gatehouse listens on ${endpoint}` : 'Gatehouse does not receive'} (data folder ${folder}, process ${process.pid}).${message === null ? '' : ` ${message}`}\n`);
  await new Promise<void>((resolve) => { for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve()); });
  await engine.close();
}

/** The engine that runs, or one of our own for this command. */
async function openCaller(folder: string): Promise<{ caller: Caller; running: boolean }> {
  const running = await connectCaller(folder);
  if (running) return { caller: running, running: true };
  const engine = await startEngine(folder, 'off');
  const port = new MemoryPort();
  engine.serve(port, { kind: 'command_line', name: owner, place: 'socket', readOnly: false });
  return { caller: port.caller(() => engine.close()), running: false };
}

async function run({ command, json, data }: Invocation): Promise<void> {
  if (command.name === 'help') return void process.stdout.write(help);
  if (command.name === 'version') return void process.stdout.write(`${version}\n`);
  if (command.name === 'verify') {
    process.exitCode = await (await import('./cli-verify.ts')).runVerify(command, json, streams);
    return;
  }
  const folder = data ?? defaultDataFolder({ platform: process.platform, home: homedir(), env: process.env });
  if (command.name === 'serve') return serve(folder, command, json);
  const { caller, running } = await openCaller(folder);
  try {
    process.exitCode = await runCommand(command, { caller, json, streams, running, keys: ownKeyPlaces });
  } finally {
    await caller.close();
  }
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(0); });

try {
  await run(readInvocation(process.argv.slice(2), process.cwd(), Date.now()));
} catch (error) {
  process.stderr.write(failureText(error));
  if (error instanceof UsageError) process.stderr.write('See gatehouse help.\n');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
