/** Sketches of what will stand where nothing stands yet: no figures, no colour, hidden from screen readers. */
import classes from './first-run.module.css';

const bars = [8, 14, 12, 22, 30, 26, 34, 28, 24, 20, 16, 12];

export function GhostList() {
  return (
    <svg className={classes.sketch} viewBox="0 0 220 46" aria-hidden="true">
      {[0, 1, 2].map((row) => (
        <g key={row} transform={`translate(0 ${row * 16})`}>
          <circle cx="6" cy="6" r="5" className={classes.outline} /><rect x="18" y="4" width={[120, 90, 140][row]} height="5" className={classes.fill} /><rect x="180" y="0" width="36" height="12" rx="2" className={classes.faintLine} />
        </g>
      ))}
    </svg>
  );
}

export function GhostBars() {
  return <svg className={classes.sketch} viewBox="0 0 220 46" aria-hidden="true">{bars.map((height, index) => <rect key={index} x={index * 18} y={42 - height} width="14" height={height} className={classes.bar} />)}</svg>;
}

export function GhostLine() {
  return (
    <svg className={classes.sketch} viewBox="0 0 220 46" aria-hidden="true">
      <path d="M0 44 40 36 80 31 120 22 150 17" className={classes.outline} /><path d="M150 17 216 4" className={classes.dashed} /><path d="M0 9h216" className={classes.faintLine} />
    </svg>
  );
}

export function GhostTable() {
  return (
    <svg className={classes.sketch} viewBox="0 0 220 46" aria-hidden="true">
      {[0, 1, 2].map((row) => (
        <g key={row} transform={`translate(0 ${row * 16})`}>
          <rect x="0" y="4" width="60" height="5" className={classes.fill} /><circle cx="86" cy="6" r="5" className={classes.outline} /><rect x="98" y="4" width="40" height="5" className={classes.fill} /><rect x="180" y="4" width="36" height="5" className={classes.fill} />
        </g>
      ))}
    </svg>
  );
}
