/**
 * What the judge decides from, and what it says. Every time is microseconds of this machine's clock unless it says that it is the runtime's.
 * Answers of levers are in here only so that they can be shown beside the effect: no verdict depends on them.
 */
import type { Visibility } from '../../../shared/domain.ts';
import type { ConfirmedWord, LeverKind, LeverState, ReportedWord, StopState, StopStep } from '../../../shared/stop.ts';
import type { Sign } from '../connectors/stopping.ts';
import type { Rhythm, SignRow, StepTime } from '../store/stop-commands.ts';
import type { LookTrack } from './look-track.ts';

/** An act may be on its way when the command is given: only what begins later than this speaks against the stop. */
export const graceUs = 500_000;
/** Work that is still shown this long after the levers answered was not stopped by them. */
export const openGraceUs = 5_000_000;
/** A process that is gone needs no silence, only time for the last of its telemetry to come in and for a supervisor to start it anew. */
export const goneUs = 10_000_000;

/** An activity of the history. Read those that began or ended since some minutes before the command: a runtime's clock may be behind ours. */
export interface SeenRow {
  readonly row: SignRow;
  /** when we first knew of it; null: not known (read after a restart). A row that was known before the command did not begin after it, whatever its clock says. */
  readonly knownUs: number | null;
  /** when it last became what it is now; null: not known. */
  readonly changedUs: number | null;
}

export interface SeenSign {
  readonly sign: Sign;
  readonly connection: number;
  readonly seenUs: number;
}

/** `none`: no process of this machine is proven to be it. `gone`: the whole tree ended. `came_back`: it ended and runs again. */
export interface ProcessFact {
  readonly state: 'none' | 'alive' | 'gone' | 'came_back';
  /** since when it is so; for `none` null. */
  readonly sinceUs: number | null;
  /** agents (heads) whose work on this connection runs in it; null: all of them. */
  readonly covers: readonly number[] | null;
  /** who lives and may be of it, without proof, in words: whatever is silent then, nothing here is proven. Absent: nobody. */
  readonly doubt?: string;
}

export const noProcess: ProcessFact = { state: 'none', sinceUs: null, covers: null };

export interface JudgedConnection {
  /** row id. */
  readonly connection: number;
  readonly name: string;
  readonly enabled: boolean;
  /** `looks`: its runtime can be asked what runs. `telemetry`: it is only told of (otlp). `nothing`: it shows no work at all (mcp). */
  readonly shows: 'looks' | 'telemetry' | 'nothing';
  /** `own` and `unknown`: work that the credential did not start may run unseen. */
  readonly visibility: Visibility;
  /** agents (heads) of the scope that have a source here. */
  readonly agents: readonly number[];
  /** null where there is nothing to look at. */
  readonly looks: LookTrack | null;
  readonly gaps: readonly { readonly fromUs: number; readonly toUs: number | null; readonly text: string }[];
  /** how far the runtime's clock is measured to be behind ours; null: not measured. What it tells then counts as that much later. */
  readonly clockBehindUs: number | null;
  readonly process: ProcessFact;
}

export interface JudgedLever {
  /** row id. */
  readonly id: number;
  readonly leverId: string;
  readonly title: string;
  readonly connection: number;
  readonly step: StopStep;
  readonly kind: LeverKind;
  readonly state: LeverState;
  /** when it was answered, or given up; null: not yet, or it was not sent. */
  readonly answeredUs: number | null;
  /** shown, never a ground. */
  readonly reported: ReportedWord | null;
  readonly undone: boolean;
}

/** Signs before the command of the work in flight: of one run (an opaque step's), or of one agent on one connection (telemetry). */
export interface RhythmFact extends Rhythm {
  readonly connection: number;
  readonly run: string | null;
  /** head; null: not told. */
  readonly agent: number | null;
}

export interface JudgeInput {
  readonly nowUs: number;
  /** the first lever was let go. */
  readonly commandUs: number;
  /** all levers had answered, failed or were skipped; null: not yet. */
  readonly answeredUs: number | null;
  readonly silenceUs: number;
  /** the task itself was named: whose work a credential sees else does not matter. */
  readonly scopeIsTask: boolean;
  /** runs or tasks known to be open when the command was given; null: not known. */
  readonly openBefore: number | null;
  readonly connections: readonly JudgedConnection[];
  readonly levers: readonly JudgedLever[];
  readonly rows: readonly SeenRow[];
  /** false: not all activity since the command could be read; then silence in `rows` means nothing. */
  readonly rowsComplete: boolean;
  /** read elsewhere than in looks (those are in the track of their connection). */
  readonly signs: readonly SeenSign[];
  readonly rhythms: readonly RhythmFact[];
  readonly stepTimes: readonly (StepTime & { readonly connection: number })[];
  /** of the verdict that stands: null unless the order is verified. */
  readonly verifiedUs: number | null;
  readonly containedUs: number | null;
}

export interface LeverVerdict {
  /** row id. */
  readonly lever: number;
  readonly confirmed: ConfirmedWord;
  readonly text: string;
  /** acts that speak against it. */
  readonly actsUs: readonly number[];
}

/** For an event of the order: the same `key` is the same fact, to be written once. */
export interface Evidence {
  readonly key: string;
  readonly kind: 'for' | 'against' | 'not_seen' | 'note';
  readonly by: 'read back' | 'activity' | 'process' | 'denial' | 'console';
  readonly atUs: number;
  /** row id; null: about the order as a whole. */
  readonly lever: number | null;
  readonly text: string;
}

/** An act after the command. `began`: it began after it and was not denied, so it speaks against the stop. */
export interface LandedFact {
  readonly key: string;
  readonly connection: number;
  /** row id of the activity; null: a sign that a look read. */
  readonly activity: number | null;
  readonly atUs: number;
  readonly endUs: number | null;
  readonly name: string;
  readonly began: boolean;
}

export interface Verdict {
  readonly state: Extract<StopState, 'stopping' | 'verified' | 'still_acting' | 'unverified'>;
  /** null unless verified. */
  readonly containedUs: number | null;
  readonly verifiedUs: number | null;
  /** every connection that shows work is proven by its process being gone: no silence was needed. */
  readonly byProcess: boolean;
  /** the newest moment at which something of the scope is known to have acted; before the command too; null: never seen. */
  readonly lastActUs: number | null;
  /** true: it was verified, and this takes it back. */
  readonly reopened: boolean;
  /** true: no act speaks against it, yet it can no longer become better by itself than `state` unless sight comes back. */
  readonly windowOver: boolean;
  /** since when nothing acted as far as was seen, whether or not it is proven; null: levers have not all answered, or work is open. */
  readonly quietSinceUs: number | null;
  readonly levers: readonly LeverVerdict[];
  /** plain sentences, for and against, the deciding ones first. */
  readonly grounds: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly landed: readonly LandedFact[];
  /** attempts after the command that were denied. */
  readonly denied: number;
  /** work that is shown as open now. */
  readonly stillOpen: readonly { readonly id: string; readonly title: string; readonly detail: string }[];
  /** connections that could not be seen well enough, by name. */
  readonly notSeen: readonly string[];
  /** no earlier than this can the verdict change without a new fact; null: it cannot. */
  readonly nextUs: number | null;
}
