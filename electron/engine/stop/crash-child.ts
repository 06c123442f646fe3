/** For the test of crashes: orders a stop, releases it, and kills itself at the named step. Arguments: folder, address, step, which time. */
import { ada, openCrashHouse } from './crash-house.ts';

const [folder = '', base = '', step = '', time = '1'] = process.argv.slice(2);
let times = 0;
const house = await openCrashHouse(folder, base, (name) => {
  if (name !== step) return;
  times += 1;
  if (times === Number(time)) process.kill(process.pid, 'SIGKILL');
});
await house.stopping.start(null);
const { desk } = house.stopping;
const plan = await desk['stop.plan']({ scope: { kind: 'agent', id: 'agt-1' }, level: 'suspend', survey: true }, ada);
const { id } = await desk['stop.order']({ planId: plan.id, levers: plan.levers.map((one) => one.id), reasonKind: 'security', reason: 'It writes where it must not.' }, ada);
// The parent looks at what was done, not at how long it took: this only waits for its turn.
while ((await house.orders())[0]?.answeredUs === null) await new Promise((done) => { setTimeout(done, 50); });
await new Promise((done) => { setTimeout(done, 1_500); });
await desk['stop.release']({ id, reason: 'Over.' }, ada);
await house.close();
