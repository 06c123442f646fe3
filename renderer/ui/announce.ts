/** The one polite live region: at most one sentence in five seconds, the newest wins. Assertive only for what cannot wait. */

type Listener = (sentence: string, urgent: boolean) => void;
const quietMs = 5000;

let listener: Listener | null = null;
let lastAt = -Infinity;
let pending: string | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;

function say(sentence: string): void {
  lastAt = performance.now();
  listener?.(sentence, false);
}

export function announce(sentence: string, options: { urgent?: boolean } = {}): void {
  if (options.urgent === true) {
    listener?.(sentence, true);
    return;
  }
  const wait = lastAt + quietMs - performance.now();
  if (wait <= 0) {
    say(sentence);
    return;
  }
  pending = sentence;
  timer ??= setTimeout(() => {
    timer = null;
    if (pending !== null) say(pending);
    pending = null;
  }, wait);
}

/** The shell's live region listens; there is one. */
export function onAnnounce(next: Listener): () => void {
  listener = next;
  return () => {
    if (listener === next) listener = null;
  };
}
