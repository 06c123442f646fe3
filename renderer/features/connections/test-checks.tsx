import type { ConnectionTest, TestCheck } from '../../../shared/domain.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatDuration } from '../../ui/format.ts';
import { StateShape, type State } from '../../ui/state-shapes.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './test-checks.module.css';

const looks: Record<TestCheck['result'], { state: State; className: string | undefined; word: string }> = {
  ok: { state: 'healthy', className: classes.ok, word: 'ok' },
  failed: { state: 'broken', className: classes.stop, word: 'failed' },
  missing: { state: 'attention', className: classes.wait, word: 'missing' },
  skipped: { state: 'idle', className: classes.quiet, word: 'not asked' },
  info: { state: 'unknown', className: classes.quiet, word: 'to know' },
};

/** What a test found, line by line: what is reachable, what misses, and which right or step would fix it. */
export function TestChecks({ test }: { test: ConnectionTest }) {
  const failed = test.checks.filter((check) => check.result === 'failed').length;
  const missing = test.checks.filter((check) => check.result === 'missing').length;
  const toKnow = test.checks.filter((check) => check.result === 'info').length;
  const sentence = failed > 0 ? 'The runtime could not be read as it is set.' : missing > 0 ? `It can be read; ${missing === 1 ? 'one thing is' : `${missing} things are`} missing.` : toKnow > 0 ? `It can be read; ${toKnow === 1 ? 'one thing' : `${toKnow} things`} to know.` : 'Everything that was asked is there.';
  return (
    <div className={classes.test}>
      <div className={`${classes.banner} ${failed > 0 ? classes.bad : missing > 0 ? classes.part : classes.good}`} role="status">
        <StateShape state={failed > 0 ? 'broken' : missing > 0 ? 'attention' : 'healthy'} />
        <div>
          <div className={classes.headline}>{sentence}</div>
          <div className={classes.second}>{test.product === null ? 'What it is could not be found out' : <><InertName text={test.product} most={80} />{test.version !== null && <> <InertName text={test.version} most={40} /></>}</>}, tested <Time iso={test.at} /></div>
        </div>
      </div>
      <ol className={classes.list} aria-label="Checks">
        {test.checks.map((check) => (
          <li key={check.id} className={classes.check} data-check={check.id} data-result={check.result}>
            <span className={`${classes.name} ${looks[check.result].className ?? ''}`}><StateShape state={looks[check.result].state} /><span><InertName text={check.title} most={60} /></span></span>
            <span className={classes.detail}>
              <InertName text={check.detail} most={400} />
              {check.fix !== null && <span className={classes.fix}>Fix: <InertName text={check.fix} most={400} /></span>}
            </span>
            <span className={classes.ms}>{looks[check.result].word}{check.ms !== null && check.ms > 0 && <span className={classes.took}>, {formatDuration(check.ms)}</span>}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
