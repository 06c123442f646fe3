/**
 * Our own 12 px shapes, all in this file and never mixed with icons: every state has a shape and a word, so that a
 * screen printed in grey can still be read. Drawn in `currentColor`, hidden from screen readers (the word is the name).
 */
import type { ReactNode } from 'react';

export type Tone = 'accent' | 'stop' | 'wait' | 'ok' | 'deny' | 'quiet' | 'text';

const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.5 } as const;
const heavy = { fill: 'none', stroke: 'currentColor', strokeWidth: 2 } as const;
const solid = { fill: 'currentColor' } as const;

const check = <path d="M1.5 6.5 4.5 9.5 10.5 2.5" {...heavy} />;
const cross = <path d="M2 2 10 10M10 2 2 10" {...heavy} />;
const ring = <circle cx="6" cy="6" r="4.25" {...line} />;
const question = <><path d="M4.6 4.7a1.4 1.4 0 1 1 2 1.4c-.4.2-.6.5-.6.9" {...line} strokeWidth={1.2} /><circle cx="6" cy="8.6" r=".7" {...solid} /></>;
const shield = 'M6 1 10.5 2.6V6c0 2.6-1.8 4.4-4.5 5.2C3.3 10.4 1.5 8.6 1.5 6V2.6Z';
const exclamation = <><path d="M6 4.6V7" {...line} strokeWidth={1.3} /><circle cx="6" cy="8.7" r=".7" {...solid} /></>;
const squareChecked = (
  <path fillRule="evenodd" {...solid} d="M1.5 1h9a.5.5 0 0 1 .5.5v9a.5.5 0 0 1-.5.5h-9a.5.5 0 0 1-.5-.5v-9a.5.5 0 0 1 .5-.5ZM2.6 6.3l2.5 2.5.9-.9 3.6-4.2-1.1-1-3.4 4-1.5-1.5Z" />
);
const triangleActing = (
  <path fillRule="evenodd" {...solid} d="M6 .8 11.6 11H.4ZM5.3 4.3h1.4v3.2H5.3Zm0 4.2h1.4v1.4H5.3Z" />
);

interface StateLook { word: string; tone: Tone; shape: ReactNode }

/** DESIGN section 3. */
const looks = {
  running: { word: 'Running', tone: 'accent', shape: <path d="M3 1.5 10.5 6 3 10.5Z" {...solid} /> },
  open: { word: 'Open', tone: 'accent', shape: <path d="M3 1.5 10.5 6 3 10.5Z" {...solid} /> },
  waiting: { word: 'Waiting', tone: 'wait', shape: <>{ring}<path d="M6 1.5a4.5 4.5 0 0 0 0 9Z" {...solid} /></> },
  completed: { word: 'Done', tone: 'quiet', shape: check },
  failed: { word: 'Failed', tone: 'stop', shape: cross },
  cancelled: { word: 'Cancelled', tone: 'quiet', shape: <>{ring}<path d="M3.8 6h4.4" {...line} /></> },
  interrupted: { word: 'Interrupted', tone: 'wait', shape: <path d="M0 6h3.4M8.6 6H12M4.4 2.5v7M7.6 2.5v7" {...line} /> },
  denied: { word: 'Denied', tone: 'deny', shape: <>{ring}<path d="M3 9 9 3" {...line} /></> },
  idle: { word: 'Idle', tone: 'quiet', shape: ring },
  suspended: { word: 'Suspended', tone: 'quiet', shape: <path d="M3 2h2v8H3ZM7 2h2v8H7Z" {...solid} /> },
  stopping: { word: 'Stopping', tone: 'stop', shape: <><rect x="1" y="1" width="10" height="10" {...line} strokeDasharray="2 1.3" /><rect x="4" y="4" width="4" height="4" {...solid} /></> },
  stopped_verified: { word: 'Stopped, verified', tone: 'ok', shape: squareChecked },
  still_acting: { word: 'Still acting', tone: 'stop', shape: triangleActing },
  unverified: { word: 'Unverified', tone: 'wait', shape: <><rect x="1" y="1" width="10" height="10" {...line} strokeDasharray="2 1.3" />{question}</> },
  healthy: { word: 'Healthy', tone: 'ok', shape: check },
  throttled: { word: 'Throttled', tone: 'wait', shape: <><path d="M6 1.3 11.2 10.7H.8Z" {...line} strokeWidth={1.3} strokeLinejoin="round" />{exclamation}</> },
  attention: { word: 'Attention', tone: 'wait', shape: <><path d="M6 1.3 11.2 10.7H.8Z" {...line} strokeWidth={1.3} strokeLinejoin="round" />{exclamation}</> },
  /* Of a finding: worse than attention, and no stop or failure. */
  serious: { word: 'Serious', tone: 'wait', shape: <path fillRule="evenodd" {...solid} d="M3.7.6h4.6l3.1 3.1v4.6l-3.1 3.1H3.7L.6 8.3V3.7ZM5.2 2.6v4.2h1.6V2.6Zm0 5.2v1.6h1.6V7.8Z" /> },
  /* Of a budget: dashed as every forecast, and above. */
  forecast_over: { word: 'Forecast to go over', tone: 'wait', shape: <><circle cx="6" cy="6" r="5" {...line} strokeWidth={1.2} strokeDasharray="2 1.3" /><path d="M6 8.6V3.8M3.9 5.8 6 3.6 8.1 5.8" {...line} strokeWidth={1.3} /></> },
  refused: { word: 'Refused', tone: 'stop', shape: cross },
  broken: { word: 'Broken', tone: 'stop', shape: cross },
  not_seen: { word: 'Not seen', tone: 'quiet', shape: <><rect x="1" y="1" width="10" height="10" {...line} strokeWidth={1} /><path d="M1 5 5 1M1 9 9 1M3 11l8-8M7 11l4-4" {...line} strokeWidth={1.2} /></> },
  own: { word: 'Own', tone: 'text', shape: <circle cx="6" cy="6" r="4.5" {...solid} /> },
  delegated: { word: 'Delegated', tone: 'text', shape: <><circle cx="3" cy="6" r="2.25" {...line} /><path d="M5.25 6H11M8.7 3.7 11 6 8.7 8.3" {...line} /></> },
  borrowed: { word: 'Borrowed', tone: 'wait', shape: <><circle cx="6" cy="3.6" r="2.3" {...line} /><path d="M1.7 11c.3-2.6 2-3.9 4.3-3.9s4 1.3 4.3 3.9" {...line} /></> },
  shared: { word: 'Shared', tone: 'wait', shape: <><circle cx="4.3" cy="6" r="3.5" {...line} /><circle cx="7.7" cy="6" r="3.5" {...line} /></> },
  unknown: { word: 'Unknown', tone: 'quiet', shape: <><circle cx="6" cy="6" r="5" {...line} strokeWidth={1.2} strokeDasharray="2 1.3" />{question}</> },
  ready: { word: 'Ready', tone: 'ok', shape: <><path d={shield} {...line} strokeWidth={1.3} /><path d="M3.8 6 5.4 7.6 8.4 4.2" {...line} strokeWidth={1.3} /></> },
  stale: { word: 'Stale', tone: 'wait', shape: <><path d={shield} {...line} strokeWidth={1.3} strokeDasharray="2 1.2" /><path d="M6 3.6V6l1.6 1" {...line} strokeWidth={1.2} /></> },
  no_stop_credential: { word: 'No stop credential', tone: 'quiet', shape: <><circle cx="3.6" cy="8.4" r="2" {...line} strokeWidth={1.2} /><path d="M5 7 10 2M8.2 3.8 9.8 5.4M1.5 1.5l9 9" {...line} strokeWidth={1.2} /></> },
  drill_failed: { word: 'Drill failed', tone: 'stop', shape: cross },
  /* What became of a grant. */
  changed: { word: 'Changed', tone: 'quiet', shape: <path d="M1.6 4.3h8.8M1.6 7.7h8.8M8.3 1.6 3.7 10.4" {...line} strokeWidth={1.3} /> },
  /* How an approval ended. */
  responded: { word: 'Answered', tone: 'quiet', shape: <path d="M1.2 2h9.6v6H6L3.4 10.4V8H1.2Z" {...line} strokeWidth={1.3} strokeLinejoin="round" /> },
  expired: { word: 'Expired', tone: 'deny', shape: <>{ring}<path d="M6 3.4V6l1.8 1.2" {...line} strokeWidth={1.3} /></> },
  elsewhere: { word: 'Answered elsewhere', tone: 'quiet', shape: <><path d="M6.4 2H1.6v8.4H10V6" {...line} strokeWidth={1.3} /><path d="M7.4 1.4h3.4v3.4M10.8 1.4 5.6 6.6" {...line} strokeWidth={1.3} /></> },
  /* The three marks of a stop, and the act that landed after the command: always in this order. */
  stop_requested: { word: 'Requested', tone: 'quiet', shape: ring },
  stop_reported: { word: 'Reported', tone: 'wait', shape: <path d="M6 1 11 6 6 11 1 6Z" {...line} /> },
  stop_confirmed: { word: 'Confirmed', tone: 'ok', shape: squareChecked },
  acted_after: { word: 'After the command', tone: 'stop', shape: triangleActing },
} satisfies Record<string, StateLook>;

export type State = keyof typeof looks;

export const stateWord = (state: State): string => looks[state].word;
export const stateTone = (state: State): Tone => looks[state].tone;

/** What an activity is, drawn like its state: a shape and a word. */
const kinds = {
  model_call: { word: 'Model call', shape: <path d="M6 .8C6.5 4 8 5.5 11.2 6 8 6.5 6.5 8 6 11.2 5.5 8 4 6.5.8 6 4 5.5 5.5 4 6 .8Z" {...line} strokeWidth={1.2} strokeLinejoin="round" /> },
  tool_call: { word: 'Tool call', shape: <><rect x="1" y="2.2" width="10" height="7.6" rx=".8" {...line} strokeWidth={1.3} /><path d="M1 5h10" {...line} strokeWidth={1.3} /></> },
  handoff: { word: 'Hand-off', shape: <path d="M1 4h9.5M8 1.6 10.5 4 8 6.2M11 8.2H1.5M4 6 1.5 8.2 4 10.6" {...line} strokeWidth={1.2} /> },
  approval: { word: 'Approval', shape: <><circle cx="6" cy="3.6" r="2.3" {...line} /><path d="M1.7 11c.3-2.6 2-3.9 4.3-3.9s4 1.3 4.3 3.9" {...line} /></> },
  denial: { word: 'Denied', shape: <>{ring}<path d="M3 9 9 3" {...line} /></> },
  error: { word: 'Error', shape: cross },
  lifecycle: { word: 'Life cycle', shape: <><path d="M6 1v4.6" {...line} /><path d="M3.6 2.6a4.3 4.3 0 1 0 4.8 0" {...line} /></> },
} satisfies Record<string, { word: string; shape: ReactNode }>;

export type Kind = keyof typeof kinds;
export const kindWord = (kind: Kind): string => kinds[kind].word;

const frame = (shape: ReactNode, size: number, className?: string): ReactNode => (
  <svg className={className} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" focusable="false" style={{ flex: 'none', display: 'inline-block' }}>{shape}</svg>
);

/** The shape alone, where the word stands right beside it. Takes the colour of the text around it. */
export function StateShape(props: { state: State; size?: number; className?: string | undefined }) {
  return frame(looks[props.state].shape, props.size ?? 12, props.className);
}

export function KindShape(props: { kind: Kind; size?: number; className?: string | undefined }) {
  return frame(kinds[props.kind].shape, props.size ?? 12, props.className);
}
