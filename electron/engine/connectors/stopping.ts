/**
 * The part of the connector contract that stops: what is there now, what a lever does, and what can be read back from outside it. A port
 * never decides whether something stopped: it tells what the runtime said (`pull`) and, apart from that, what it shows (`look`).
 * Levers are declared as `Lever` in the facts; ids here are those.
 */

/** What a stop is aimed at behind one connection. */
export interface StopTarget {
  /** ids of agents as the connector claims them (`FoundAgent.claim.id`); null: everything behind the connection. */
  readonly agents: readonly string[] | null;
  /** ids of runs (tasks) of the runtime; null: all of those agents. */
  readonly runs: readonly string[] | null;
}

export interface OpenRun {
  readonly id: string;
  /** id of its agent; null: not told. */
  readonly agent: string | null;
  /** `queued`: waits its turn; `scheduled`: is to begin later; `waiting`: for a person. */
  readonly state: 'running' | 'queued' | 'scheduled' | 'waiting';
  /** microseconds; when it began or was ordered. */
  readonly sinceUs: number;
  /** one line in the runtime's words. */
  readonly what: string;
}

export interface Survey {
  readonly runs: readonly OpenRun[];
  /** false: not everything in the target could be listed; `notes` says what not. */
  readonly complete: boolean;
  /** what starts work by itself. */
  readonly schedules: readonly { readonly id: string; readonly title: string; readonly agent: string | null; readonly enabled: boolean }[];
  /** authority that outlives any lever here; `endsUs` null: no end that can be seen. */
  readonly residual: readonly { readonly id: string; readonly title: string; readonly detail: string; readonly startedUs: number | null; readonly endsUs: number | null; readonly close: string | null }[];
  /** who outside of the target a lever hits too. */
  readonly alsoHits: readonly { readonly leverId: string; readonly agent: string | null; readonly name: string; readonly why: string }[];
  /** exactly what each lever would act upon, in one line. */
  readonly targets: readonly { readonly leverId: string; readonly text: string }[];
  readonly notes: readonly string[];
}

export interface LeverCall {
  readonly leverId: string;
  readonly target: StopTarget;
  /** what `save` gave before; null: nothing is needed to undo it. */
  readonly saved: string | null;
  /** 1 the first time. */
  readonly attempt: number;
}

/** What the runtime said. `accepted`: it took the request and says no more; `stopped`: it says that the work ended. Neither is proof. */
export interface LeverReply {
  readonly reported: 'stopped' | 'accepted' | 'refused' | 'nothing_to_stop';
  /** one sentence: what was asked and answered, with counts. */
  readonly text: string;
  readonly runs: readonly { readonly id: string; readonly reported: LeverReply['reported']; readonly text: string; readonly ms: number }[];
  /** false: something in the target could not be reached; `text` says what. */
  readonly complete: boolean;
}

/** A sign that the agent acts, read from the runtime itself (a new state, a changed task, a process). */
export interface Sign {
  readonly atUs: number;
  readonly what: string;
  readonly run: string | null;
  /** refused by the runtime or a gateway: the agent tries, and is held. */
  readonly denied: boolean;
  /** when the work that left it began, where the runtime tells: it may have begun before the command and ended after it. Absent: `atUs` is all that is known. */
  readonly beganUs?: number | null;
}

/**
 * Work whose inside the runtime does not show: it says that the run ended, but not whether the step that was under way ended with it.
 * `step`: what usual durations are looked up by (a node's name); null: nothing is known of it.
 */
export interface OpaqueStep {
  readonly run: string;
  readonly agent: string | null;
  readonly step: string | null;
  readonly sinceUs: number;
  /** when the runtime says that its run ended: it may have been broken off long before the command. Absent: not told. */
  readonly endedUs?: number;
  readonly text: string;
}

/** One look from outside the levers. Never rests on what a lever answered. */
export interface Sight {
  /** when it was taken; whoever asked knows better when it was begun and when it was there. */
  readonly atUs: number;
  /** work in the target that the runtime still shows. */
  readonly open: readonly OpenRun[];
  /** false: not everything in the target could be read, so that silence means nothing. */
  readonly complete: boolean;
  /** since `sinceUs` of the look, and from shortly before it where they can be read. */
  readonly signs: readonly Sign[];
  readonly opaque: readonly OpaqueStep[];
  /** does what a lever changed stand? `holds` null: cannot be read. */
  readonly readBack: readonly { readonly leverId: string; readonly holds: boolean | null; readonly text: string }[];
  readonly notes: readonly string[];
  /** Processes only: when all of what was pulled was first seen gone, where that was seen before this look. */
  readonly goneUs?: number;
  /** Processes only: who lives and may be of what was to end, without proof, in words. Nothing of it is called gone or silent meanwhile. */
  readonly doubt?: string;
}

/** May our credential pull the levers of this level? Found out by requests that change nothing. */
export interface RightCheck {
  readonly level: 'cancel' | 'suspend' | 'revoke';
  readonly result: 'ok' | 'missing' | 'unknown';
  readonly text: string;
}

/**
 * Every method ends soon after its signal does and fails with `RuntimeFault`. `pull`, `undo` and `look` may run beside each other. They use
 * the stop credential (`ConnectorIo.stopSecret`) where one is set.
 */
export interface StopPort {
  /** Reads only. */
  survey(target: StopTarget, signal: AbortSignal): Promise<Survey>;
  /** Reads what `undo` will need; the engine stores it before it pulls. Null: nothing is changed that lasts, or nothing is there to change. At most 1 MiB. */
  save(leverId: string, target: StopTarget, signal: AbortSignal): Promise<string | null>;
  /** `tell`: called as single runs answer, so that the screen moves while many are cancelled. */
  pull(call: LeverCall, signal: AbortSignal, tell: (done: number, of: number) => void): Promise<LeverReply>;
  /** Puts back what `saved` says, exactly, and only that; what somebody else changed meanwhile stays (RuntimeFault `conflict`). */
  undo(leverId: string, saved: string, signal: AbortSignal): Promise<string>;
  /** `pulled`: levers of this order that were pulled here, with what was saved: for `readBack`. */
  look(target: StopTarget, sinceUs: number, pulled: readonly { readonly leverId: string; readonly saved: string | null }[], signal: AbortSignal): Promise<Sight>;
  rights(signal: AbortSignal): Promise<readonly RightCheck[]>;
}
