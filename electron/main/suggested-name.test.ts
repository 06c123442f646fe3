import { expect, it } from 'vitest';
import { suggestedName } from './suggested-name.ts';

it.each([
  ['gatehouse-refund-runner-allow-list.json', 'gatehouse-refund-runner-allow-list.json'],
  ['policy.cedar', 'policy.cedar'],
  ['../../.bashrc', 'bashrc.txt'],
  ['/etc/cron.d/x.sh', 'etc-cron.d-x.sh.txt'],
  ['C:\\Windows\\a.exe', 'C-Windows-a.exe.txt'],
  ['a\u202Enosj.json', 'a-nosj.json'],
  ['..json', 'gatehouse.json'],
  ['   ', 'gatehouse.txt'],
  [`${'x'.repeat(300)}.json`, `${'x'.repeat(80)}.json`],
])('suggests for %j the name %j', (name, file) => { expect(suggestedName(name).file).toBe(file); });
