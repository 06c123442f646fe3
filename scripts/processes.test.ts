import { expect, test } from 'vitest';
import { capture, run } from './processes.mjs';

const node = process.execPath;

test('hands back the exit code', async () => {
  expect(await run(node, ['-e', 'process.exit(7)'])).toEqual({ code: 7, timedOut: false });
});

test('a program that a signal ended is not a success', async () => {
  expect((await run(node, ['-e', "process.kill(process.pid, 'SIGKILL')"])).code).toBe(137);
});

test('a program that hangs is ended', async () => {
  expect(await run(node, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 200 })).toEqual({ code: 137, timedOut: true });
});

test('SIGTERM is passed on, and the program’s own answer to it counts', async () => {
  const script = "process.on('SIGTERM', () => process.exit(5)); process.stdout.write('up\\n'); setInterval(() => {}, 1000)";
  const outer = `import { run } from ${JSON.stringify(new URL('./processes.mjs', import.meta.url).href)};
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 400);
    process.exit((await run(process.execPath, ['-e', ${JSON.stringify(script)}])).code);`;
  expect(await capture(node, ['--input-type=module', '-e', outer])).toMatchObject({ code: 5, stdout: 'up\n' });
});
