/** For the test of the page in a browser, which imports nothing of the engine: writes every tampered pack into a folder, and beside them what must be found. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tamperings } from './test-tampering.ts';

const folder = process.argv[2] ?? '.';
const cases = await tamperings();
cases.forEach(({ pack }, at) => writeFileSync(join(folder, `${at}.zip`), pack));
writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases.map(({ name, pinned, checkpoint, found }) => ({ name, pinned, checkpoint, found }))));
