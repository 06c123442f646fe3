/** What people do with connections that ask a runtime: add, test, move, give a credential, consent to a command. Each leaves its line in the audit log. */
import { commandLineOf } from '../../shared/command-line.ts';
import type { CredentialInput, ParsedParams, Result, RuntimeTarget } from '../../shared/contract.ts';
import type { Connection, ConnectionTest } from '../../shared/domain.ts';
import { addressProblem, shownAddress } from '../../shared/web-address.ts';
import { auditBy } from './audit-words.ts';
import type { AuditDeed } from './audit-words.ts';
import { CallFailure } from './call-failure.ts';
import type { Collectors } from './collect/collectors.ts';
import type { Credentials, KeptCredential } from './collect/credentials.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import type { Actor, CallContext, Log } from './ports.ts';
import { rowIdOf } from './store/ids.ts';
import type { RuntimeFact } from './store/runtime-commands.ts';

export interface RuntimeConnectionParts {
  readonly history: HistoryPort;
  readonly facts: () => Promise<readonly RuntimeFact[]>;
  readonly collectors: Collectors;
  readonly credentials: Credentials;
  /** the connection as people see it. */
  readonly shown: (id: number) => Promise<Connection>;
  readonly log: Log;
}

/** How long an answer waits for the first poll, so that it can say how the runtime stands. */
const firstPollMs = 5_000;

const unwell: readonly Connection['health'][] = ['unreachable', 'throttled', 'unauthorised', 'refusing'];

const addressOf = (target: RuntimeTarget): string => ('url' in target ? shownAddress(target.url) : commandLineOf(target));

/** SECURITY: what is in an address goes into the history and the audit log as it stands. */
function refuseSecretIn(target: RuntimeTarget): void {
  const problem = 'url' in target ? addressProblem(target.url, 'give it as the credential of the connection') : null;
  if (problem !== null) throw new CallFailure('bad_request', `${problem} Nothing was kept or sent.`);
}

export class RuntimeConnections {
  readonly #parts: RuntimeConnectionParts;

  constructor(parts: RuntimeConnectionParts) { this.#parts = parts; }

  async add({ name, target, credential, content, demo }: ParsedParams<'connections.addRuntime'>, { actor }: CallContext): Promise<Connection> {
    refuseSecretIn(target);
    const settings = await ask(this.#parts.history, 'settings.get', {});
    const kept = await this.#parts.credentials.keep(credential, settings.weakVault);
    const audit = auditBy(actor, { action: 'connection.add', subject: null, outcome: 'done', text: `Added the connection "${name}" to ${addressOf(target)}.`, details: { kind: target.kind, address: addressOf(target), credential: credential.from } });
    const { id } = await this.#orForget(kept, () => this.#parts.history.command('runtimes.add', { name, target, credential: kept.reference, credentialHint: kept.hint, content: content ?? settings.defaultContent, demo, audit }));
    return this.#afterChange(id);
  }

  async retarget({ id: publicName, target: wanted }: ParsedParams<'connections.retarget'>, { actor }: CallContext): Promise<Connection> {
    const fact = await this.#fact(publicName);
    if (fact.kind !== wanted.kind) throw new CallFailure('bad_request', `This connection is of the kind ${fact.kind}: make a new one for ${wanted.kind}. Nothing was changed.`);
    await this.#refuseWhileStopped(fact);
    // How the credential travels stays, unless it is said anew: whoever moves a server changes its address only.
    const target = 'url' in fact.target && 'url' in wanted ? { ...fact.target, ...wanted } as RuntimeTarget : wanted;
    if (!('url' in fact.target && 'url' in wanted && fact.target.url === wanted.url)) refuseSecretIn(target);
    const audit = auditBy(actor, { action: 'connection.retarget', subject: publicName, outcome: 'done', text: `Moved the connection "${fact.name}" from ${addressOf(fact.target)} to ${addressOf(target)}.`, details: { from: addressOf(fact.target), to: addressOf(target) } });
    await this.#parts.history.command('runtimes.update', { id: fact.id, target, audit });
    return this.#afterChange(fact.id);
  }

  /** SECURITY: a stop looks, holds and undoes at the address that it was ordered for: at another server its silence, and its undo, would be about somebody else. */
  async #refuseWhileStopped({ id, name }: RuntimeFact): Promise<void> {
    const open = (await ask(this.#parts.history, 'stopFacts', { ids: null })).find((order) => order.levers.some((lever) => lever.connection === id));
    const { changes } = await ask(this.#parts.history, 'stop.standing', {});
    const number = open?.number ?? changes.find((change) => change.connectionName === name)?.orderNumber;
    if (number !== undefined) throw new CallFailure('conflict', `Stop order ${number} is open at "${name}", or what it changed there still stands. Release it first, or let its watch end. Nothing was changed.`);
  }

  async setCredential({ id: publicName, credential, use }: ParsedParams<'connections.setCredential'>, { actor }: CallContext): Promise<Connection> {
    const fact = await this.#fact(publicName);
    const stops = use === 'stop';
    if (stops && credential.from !== 'none' && !this.#canStop(fact)) throw new CallFailure('bad_request', 'Nothing is stopped through a connection of this kind, so it takes no credential for that. Nothing was changed.');
    const { weakVault } = await ask(this.#parts.history, 'settings.get', {});
    const kept = await this.#parts.credentials.keep(credential, weakVault);
    const audit = auditBy(actor, { action: 'connection.credential', subject: publicName, outcome: 'done', text: `${changeWords(stops, credential)} of the connection "${fact.name}".`, details: { credential: credential.from, use } });
    const change = stops ? { stopCredential: kept.reference, stopCredentialHint: kept.hint } : { credential: kept.reference, credentialHint: kept.hint };
    await this.#orForget(kept, () => this.#parts.history.command('runtimes.update', { id: fact.id, ...change, audit }));
    const shown = await this.#afterChange(fact.id);
    await this.forget(stops ? fact.stopCredential : fact.credential);
    return shown;
  }

  async consent({ id: publicName, command }: ParsedParams<'connections.consent'>, { actor }: CallContext): Promise<Connection> {
    const fact = await this.#fact(publicName);
    if (!('command' in fact.target)) throw new CallFailure('bad_request', 'This connection runs no command, so there is nothing to consent to.');
    const line = commandLineOf(fact.target);
    // SECURITY: what a person read is what they agree to; a text from an older look is not it.
    if (command !== line) throw new CallFailure('conflict', `That is not the command of this connection. Nothing was started. Its command is: ${line}`);
    const audit = auditBy(actor, { action: 'connection.consent', subject: publicName, outcome: 'done', text: `Consented to the command of the connection "${fact.name}": ${line}`, details: { command: line } });
    await this.#parts.history.command('runtimes.update', { id: fact.id, consent: line, audit });
    return this.#afterChange(fact.id);
  }

  async test({ id: publicName }: ParsedParams<'connections.test'>, { actor, signal }: CallContext): Promise<ConnectionTest> {
    const { id, name, target } = await this.#fact(publicName);
    return this.#tested(actor, publicName, `the connection "${name}" to ${addressOf(target)}`, { address: addressOf(target) }, () => this.#parts.collectors.test(id, signal));
  }

  /** Nothing is kept: the credential lives for this one question. That it was sent to that address is. */
  async tryTarget({ target, credential }: ParsedParams<'connections.tryRuntime'>, { actor, signal }: CallContext): Promise<ConnectionTest> {
    refuseSecretIn(target);
    return this.#tested(actor, null, `${addressOf(target)} before it is connected`, { kind: target.kind, address: addressOf(target), credential: credential.from }, () => this.#parts.collectors.tryTarget(target, () => this.#readOnce(credential), signal));
  }

  async pollNow({ id: publicName }: ParsedParams<'connections.pollNow'>, { actor }: CallContext): Promise<Connection> {
    const { id, name, target } = await this.#fact(publicName);
    const words = (outcome: AuditDeed['outcome'], text: string): Promise<void> => this.#write(actor, { action: 'connection.poll', subject: publicName, outcome, text, details: { address: addressOf(target) } });
    await words('asked', `Reads the connection "${name}" now, out of turn.`);
    await this.#parts.collectors.pollNow(id, true);
    const shown = await this.#parts.shown(id);
    await words(unwell.includes(shown.health) ? 'failed' : 'done', `Read the connection "${name}": ${shown.healthText}`);
    return shown;
  }

  async link({ id, to }: ParsedParams<'agents.link'>, { actor }: CallContext): Promise<Result<'agents.link'>> {
    const [agent, target] = [agentRow(id), agentRow(to)];
    if (agent === target) throw new CallFailure('bad_request', 'An agent cannot be linked to itself.');
    await this.#parts.history.command('agents.link', { agent, to: target, audit: agentDeed(actor, 'agents.link', id, `Linked the agent ${id} to ${to}.`, { to }) });
    return {};
  }

  async unlink({ id }: ParsedParams<'agents.unlink'>, { actor }: CallContext): Promise<Result<'agents.unlink'>> {
    await this.#parts.history.command('agents.unlink', { agent: agentRow(id), audit: agentDeed(actor, 'agents.unlink', id, `Took the agent ${id} out of the one that it was linked to.`, {}) });
    return {};
  }

  /** What is kept for a connection that goes. */
  async credentialsOf(id: number): Promise<readonly string[]> {
    const fact = (await this.#parts.facts()).find((one) => one.id === id);
    return [fact?.credential, fact?.stopCredential].filter((one) => typeof one === 'string');
  }

  /** Nothing refers to it any more. What the keyring keeps although asked is said in the log: it is of no use to anybody. */
  async forget(reference: string | null): Promise<void> {
    await this.#parts.credentials.forget(reference).catch((error: unknown) => this.#parts.log.error('a credential could not be removed', error));
  }

  /** Of a kind that this build does not know, it is not for us to say. */
  #canStop({ id }: RuntimeFact): boolean {
    const declaration = this.#parts.collectors.view(id)?.declaration ?? null;
    return declaration === null || declaration.levers.some(({ pulled }) => pulled);
  }

  async #orForget<T>(kept: KeptCredential, change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } catch (error) {
      await this.forget(kept.reference);
      throw error;
    }
  }

  async #readOnce(credential: CredentialInput): Promise<string | null> {
    if (credential.from === 'value') return credential.value.trim();
    return this.#parts.credentials.read((await this.#parts.credentials.keep(credential, false)).reference);
  }

  /** The intent before anything leaves, and what came of it after. */
  async #tested(actor: Actor, subject: string | null, what: string, details: Readonly<Record<string, unknown>>, test: () => Promise<ConnectionTest>): Promise<ConnectionTest> {
    const deed = { action: 'connection.test', subject, details };
    await this.#write(actor, { ...deed, outcome: 'asked', text: `Tests ${what}.` });
    let result: ConnectionTest;
    try {
      result = await test();
    } catch (error) {
      await this.#write(actor, { ...deed, outcome: 'failed', text: `The test of ${what} could not be made. ${error instanceof CallFailure ? error.message : 'The engine failed at it.'}` });
      throw error;
    }
    const wrong = result.checks.filter((one) => one.result === 'failed' || one.result === 'missing').map((one) => one.title);
    await this.#write(actor, { ...deed, outcome: result.ok ? 'done' : 'failed', text: `Tested ${what}: ${result.ok ? 'it answers as it should' : `it failed at ${wrong.join(', ')}`}.` });
    return result;
  }

  async #write(actor: Actor, deed: AuditDeed): Promise<void> {
    await this.#parts.history.command('audit.append', auditBy(actor, deed));
  }

  async #afterChange(id: number): Promise<Connection> {
    await this.#parts.collectors.refresh(id);
    let impatient: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => { impatient = setTimeout(done, firstPollMs); });
    await Promise.race([this.#parts.collectors.pollNow(id), late]);
    clearTimeout(impatient);
    return this.#parts.shown(id);
  }

  async #fact(publicName: string): Promise<RuntimeFact> {
    const id = rowIdOf('connection', publicName);
    const fact = id === null ? undefined : (await this.#parts.facts()).find((one) => one.id === id);
    if (!fact) throw new CallFailure('not_found', `There is no connection to a runtime with the identifier ${publicName}.`);
    return fact;
  }
}

function changeWords(stops: boolean, { from }: CredentialInput): string {
  if (!stops) return 'Changed the credential';
  return from === 'none' ? 'Took away the stop credential' : 'Changed the stop credential';
}

function agentDeed(actor: Actor, action: string, subject: string, text: string, details: Readonly<Record<string, unknown>>): ReturnType<typeof auditBy> {
  return auditBy(actor, { action, subject, outcome: 'done', text, details });
}

function agentRow(publicName: string): number {
  const id = rowIdOf('agent', publicName);
  if (id === null) throw new CallFailure('not_found', `There is no agent with the identifier ${publicName}.`);
  return id;
}
