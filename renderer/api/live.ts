/**
 * Live as a hook: the stream with credits, rows collected between drawings, shown at most four times a second.
 * Pausing freezes what is shown and loses nothing: newer rows wait, and what no longer fits is counted where it is
 * missing (it is in the history).
 */
import { useEffect, useRef, useState } from 'react';
import type { Activity } from '../../shared/domain.ts';
import type { StreamParams } from '../../shared/contract.ts';
import { onEngineState, openStream, type StreamHandle } from './client.ts';
import { LiveBuffer } from './live-buffer.ts';

export interface LiveView {
  /** newest first. */
  rows: readonly Activity[];
  /** by row id: how many activities passed between this row and the older one below it, unseen here. */
  skipped: ReadonlyMap<string, number>;
  /** arrived while paused. */
  waiting: number;
  perSecond: number;
  state: 'connecting' | 'open' | 'lost';
}

const drawMs = 250;
const creditWindow = 4000;
const nothing: LiveView = { rows: [], skipped: new Map(), waiting: 0, perSecond: 0, state: 'connecting' };

/** Opens the stream and opens it again after the engine has been away. */
function keepOpen(filter: StreamParams<'live.activity'>, buffer: LiveBuffer, changed: () => void): () => void {
  let handle: StreamHandle | null = null;
  let closed = false;
  const open = (): void => {
    handle?.close();
    handle = openStream('live.activity', filter, creditWindow, {
      item: (item) => {
        buffer.add(item.rows, item.dropped, item.perSecond);
        // Credits are rows: what was taken is granted again, so the engine never has more than a window under way.
        if (item.rows.length > 0) handle?.credit(item.rows.length);
        changed();
      },
      end: () => {
        handle = null;
        buffer.lost();
        if (!closed) changed();
      },
    });
    buffer.opened();
    changed();
  };
  const stopWatching = onEngineState((now) => { if (now === 'ready') open(); });
  open();
  return () => {
    closed = true;
    stopWatching();
    handle?.close();
  };
}

export function useLive(filter: StreamParams<'live.activity'>, options: { paused?: boolean; keep?: number } = {}): LiveView {
  const { paused = false, keep = 2000 } = options;
  const key = JSON.stringify(filter);
  const [view, setView] = useState<LiveView>(nothing);
  const bufferRef = useRef<LiveBuffer | null>(null);

  useEffect(() => {
    const buffer = new LiveBuffer(keep);
    bufferRef.current = buffer;
    let frame = 0;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const draw = (): void => {
      timer = null;
      frame = requestAnimationFrame(() => setView(buffer.view()));
    };
    const changed = (): void => { timer ??= setTimeout(draw, drawMs); };
    const close = keepOpen(JSON.parse(key) as StreamParams<'live.activity'>, buffer, changed);
    draw();
    return () => {
      close();
      if (timer !== null) clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [key, keep]);

  useEffect(() => {
    const buffer = bufferRef.current;
    if (buffer === null) return;
    buffer.pause(paused);
    setView(buffer.view());
  }, [paused, key, keep]);

  return view;
}
