import { expect, test } from 'vitest';
import { needsVirtualDisplay, notFound } from './system-libraries.mjs';

test('finds the libraries that the loader misses', () => {
  const said = '\tlinux-vdso.so.1 (0x00007ffd)\n\tlibgtk-3.so.0 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x00007f)\n\tlibnss3.so => not found\n';
  expect(notFound(said)).toEqual(['libgtk-3.so.0', 'libnss3.so']);
  expect(notFound('\tstatically linked\n')).toEqual([]);
});

test('only a Linux without any display gets a virtual one', () => {
  expect(needsVirtualDisplay({}, 'linux')).toBe(true);
  expect(needsVirtualDisplay({ DISPLAY: ':0' }, 'linux')).toBe(false);
  expect(needsVirtualDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(false);
  expect(needsVirtualDisplay({}, 'darwin')).toBe(false);
});
