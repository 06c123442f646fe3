/**
 * Where a person's answer to an approval goes out: the intent is written first, the request is read again in the instant before, and what came of
 * it is written after. One decision, whoever else decides at the same time; never a word more than is known about what happened.
 */
import type { Decision, ParsedParams, Result } from '../../shared/contract.ts';
import type { Approval, ApprovalDetail } from '../../shared/domain.ts';
import { approvalFingerprint } from './approval-fingerprint.ts';
import { auditBy } from './audit-words.ts';
import { CallFailure } from './call-failure.ts';
import type { Borrowed, Collectors } from './collect/collectors.ts';
import { judgeError } from './collect/judge-error.ts';
import type { Judged } from './collect/judge-error.ts';
import { RuntimeFault } from './connectors/connector.ts';
import type { AnswerGiven, FoundApproval } from './connectors/connector.ts';
import type { Actor, CallContext, Log } from './ports.ts';
import { rowIdOf } from './store/ids.ts';
import type { ApprovalFact, AuditWords, RuntimeCommands } from './store/runtime-commands.ts';

type DeskCommand = 'approvals.begin' | 'approvals.settle' | 'audit.append';

export interface DeskParts {
  readonly history: { command<N extends DeskCommand>(name: N, params: RuntimeCommands[N]['params']): Promise<RuntimeCommands[N]['result']> };
  readonly fact: (id: number) => Promise<ApprovalFact | null>;
  readonly detail: (publicId: string) => Promise<ApprovalDetail>;
  readonly collectors: Pick<Collectors, 'borrow' | 'pollNow'>;
  readonly log: Log;
  readonly answerWithinMs?: number;
  readonly lookWithinMs?: number;
}

/** Some runtimes hold the answer until the run ends; after this long nobody can say what became of it. */
const usualAnswerWithinMs = 20_000;
const rereadWithinMs = 5_000;
/** A runtime that hangs must not keep a person from hearing what became of their answer. */
const usualLookWithinMs = 5_000;

type Settled = Exclude<Approval['state'], 'waiting'>;
const stateAfter: Readonly<Record<Decision['answer'], Settled>> = { approve: 'approved', edit: 'approved', reject: 'rejected', respond: 'responded' };
const verbs: Readonly<Record<Decision['answer'], string>> = { approve: 'approve', edit: 'approve with changed parameters', reject: 'reject', respond: 'respond to' };

/** One attempt, from the intent to its end. */
interface Attempt {
  readonly publicId: string;
  readonly fact: ApprovalFact;
  readonly decision: Decision;
  readonly actor: Actor;
  readonly fingerprint: string;
}
/** What was learned while the connector answered. */
interface Seen { reread: boolean; same: boolean }

export class ApprovalsDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) { this.#parts = parts; }

  async decide({ id: publicId, fingerprint, decision }: ParsedParams<'approvals.decide'>, { actor }: CallContext): Promise<Result<'approvals.decide'>> {
    const id = rowIdOf('approval', publicId);
    const fact = id === null ? null : await this.#parts.fact(id);
    if (fact === null) throw new CallFailure('not_found', `There is no approval with the identifier ${publicId}. Nothing was answered.`);
    const attempt: Attempt = { publicId, fact, decision, actor, fingerprint };
    checkAnswer(await this.#parts.detail(publicId), decision);
    // A runtime that is switched off or gone is found before anything is claimed.
    const borrowed = await this.#parts.collectors.borrow(fact.connection);
    try {
      await this.#begin(attempt);
      await this.#answer(attempt, borrowed);
    } finally {
      await borrowed.giveBack();
    }
    return this.#parts.detail(publicId);
  }

  async #begin(attempt: Attempt): Promise<void> {
    const { fact, decision, fingerprint } = attempt;
    try {
      await this.#parts.history.command('approvals.begin', { id: fact.id, fingerprint, audit: this.#words(attempt, 'asked', `Wants to ${verbs[decision.answer]} "${fact.title}" of ${fact.agentName}.`) });
    } catch (error) {
      // Somebody else was first, or it changed: that it was tried belongs to the record too.
      const why = error instanceof Error ? error.message : 'unknown';
      await this.#parts.history.command('audit.append', this.#words(attempt, 'refused', `Could not ${verbs[decision.answer]} "${fact.title}": ${why}`))
        .catch((trouble: unknown) => this.#parts.log.error('a refused answer could not be written down', trouble, { approval: fact.id }));
      throw error;
    }
  }

  async #answer(attempt: Attempt, borrowed: Borrowed): Promise<void> {
    const { connector, mask, signal } = borrowed.runtime;
    const { fact, decision, fingerprint } = attempt;
    const seen: Seen = { reread: false, same: false };
    // What the history holds went through the mask; the same request must make the same fingerprint.
    const stillTheSame = (now: FoundApproval): boolean => {
      seen.reread = true;
      seen.same = approvalFingerprint(mask()(now)) === fingerprint;
      return seen.same;
    };
    let given: AnswerGiven;
    try {
      if (connector.answer === undefined) throw new CallFailure('conflict', 'Approvals of this kind of runtime cannot be answered here. Nothing was answered.');
      const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#parts.answerWithinMs ?? usualAnswerWithinMs)]);
      given = await connector.answer(fact.key, decision, stillTheSame, limit);
    } catch (error) {
      const { state, failure } = await this.#judge(error, seen, attempt, borrowed);
      const said = mask()(failure.message);
      const written = await this.#settle(attempt, state, said, state === null ? 'failed' : 'refused').then(() => true, (trouble: unknown) => {
        this.#parts.log.error('what came of an answer could not be written down', trouble, { approval: fact.id });
        return false;
      });
      await this.#look(fact.connection);
      // What became of the answer is what a person must know, whatever else went wrong.
      throw new CallFailure(failure.code, written ? said : `${said} This could not be written to the history; the audit log holds the intent only.`);
    }
    await this.#done(attempt, mask()(given.text));
    void this.#look(fact.connection);
  }

  async #done(attempt: Attempt, said: string): Promise<void> {
    const { decision, fact } = attempt;
    try {
      await this.#settle(attempt, stateAfter[decision.answer], `Did ${verbs[decision.answer]} "${fact.title}" of ${fact.agentName}. The runtime: ${said}`, 'done');
    } catch (error) {
      this.#parts.log.error('an answer that was given could not be written down', error, { approval: fact.id });
      throw new CallFailure('unavailable', `The runtime took the answer (${said}), but the history could not be written. Do not answer again; the audit log holds the intent only.`);
    }
  }

  async #settle(attempt: Attempt, state: Settled | null, text: string, outcome: 'done' | 'failed' | 'refused'): Promise<void> {
    const { fact, decision, actor } = attempt;
    const here = outcome === 'done';
    await this.#parts.history.command('approvals.settle', {
      id: fact.id, state, reason: here ? decision.reason ?? null : null, decidedBy: here ? actor.name : null, audit: this.#words(attempt, outcome, text),
    });
  }

  #words({ publicId, actor, decision, fingerprint, fact }: Attempt, outcome: AuditWords['outcome'], text: string): AuditWords {
    return auditBy(actor, { action: `approval.${decision.answer}`, subject: publicId, outcome, text, details: { fingerprint, decision, title: fact.title, agent: fact.agentName } });
  }

  /** What the runtime holds now is read again, so that the screen shows it. */
  async #look(connection: number): Promise<void> {
    const looked = this.#parts.collectors.pollNow(connection).catch((error: unknown) => this.#parts.log.error('the poll after an answer failed', error));
    let impatient: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => { impatient = setTimeout(done, this.#parts.lookWithinMs ?? usualLookWithinMs); });
    await Promise.race([looked, late]);
    clearTimeout(impatient);
  }

  async #judge(error: unknown, seen: Seen, attempt: Attempt, borrowed: Borrowed): Promise<{ state: Settled | null; failure: CallFailure }> {
    if (error instanceof CallFailure) return { state: null, failure: error };
    const judged = judgeError(error);
    if (judged.kind === 'ours') this.#parts.log.error('an answer to an approval failed', error, { approval: attempt.fact.id });
    if (seen.reread && !seen.same) return { state: null, failure: new CallFailure('conflict', 'The request changed meanwhile. It is shown again; nothing was answered.') };
    if (judged.kind === 'gone' && !seen.reread) return { state: 'answered_elsewhere', failure: new CallFailure('conflict', 'It waits no more: it was answered elsewhere, or its run has ended. Nothing was answered from here.') };
    if (!seen.same) return { state: null, failure: new CallFailure('unavailable', `Nothing was answered, and it still waits as far as is known. ${judged.text}`) };
    return this.#judgeSent(judged, error, attempt, borrowed);
  }

  /** The answer was, or may have been, on its way. */
  async #judgeSent(judged: Judged, error: unknown, attempt: Attempt, borrowed: Borrowed): Promise<{ state: Settled | null; failure: CallFailure }> {
    if (judged.kind === 'conflict' || judged.kind === 'gone') {
      const waits = await this.#stillWaits(attempt, borrowed);
      if (waits === false) return { state: 'answered_elsewhere', failure: new CallFailure('conflict', `Somebody else answered it in the same moment, and the runtime took theirs: ${judged.text} Nothing was answered from here.`) };
      return { state: null, failure: new CallFailure('conflict', `The runtime did not take the answer. ${judged.text}${waits ? ' It still waits.' : ''}`) };
    }
    const status = error instanceof RuntimeFault ? error.status : null;
    // An answer of 4xx is a refusal of the whole request; everything else leaves open how far it came.
    if (status !== null && status >= 400 && status < 500) return { state: null, failure: new CallFailure('unavailable', `The runtime refused the answer, so nothing was answered. ${judged.text}`) };
    return { state: null, failure: new CallFailure('unavailable', `The answer was sent, but whether the runtime took it is not known. ${judged.text} Look at the approval again before you answer it once more.`) };
  }

  /** Null: it could not be found out. */
  async #stillWaits({ fact }: Attempt, { runtime: { connector, signal } }: Borrowed): Promise<boolean | null> {
    if (connector.readApproval === undefined) return null;
    try {
      return await connector.readApproval(fact.key, AbortSignal.any([signal, AbortSignal.timeout(rereadWithinMs)])) !== null;
    } catch {
      // The next poll will tell; until then it is not known.
      return null;
    }
  }
}

/** Before anything is claimed: what can never be taken is refused with a sentence. The connector checks against the runtime's own shape. */
function checkAnswer(detail: ApprovalDetail, decision: Decision): void {
  if (!detail.answers.includes(decision.answer) && detail.state === 'waiting') {
    throw new CallFailure('bad_request', detail.answers.length === 0
      ? `This cannot be answered here. Nothing was answered. ${detail.note ?? 'Answer it in the runtime itself.'}`
      : `This takes ${detail.answers.join(', ')}, not ${decision.answer}. Nothing was answered.`);
  }
  if (decision.answer === 'respond' && detail.responseShape === 'json') mustBeJson(decision.response, 'The response');
  if (decision.answer === 'edit') {
    if (decision.parameters.length !== detail.actions.length) throw new CallFailure('bad_request', `There are ${detail.actions.length} actions, but parameters for ${decision.parameters.length}. Nothing was answered.`);
    decision.parameters.forEach((text, at) => { if (text !== null) mustBeJson(text, `The parameters of action ${at + 1}`); });
  }
}

function mustBeJson(text: string, what: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new CallFailure('bad_request', `${what} must be JSON. Nothing was answered.`);
  }
}
