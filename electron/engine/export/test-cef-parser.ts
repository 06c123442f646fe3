/** For tests: CEF read by its grammar and by nothing of the writer's. Anything beside the grammar throws. */

export interface ParsedCef { readonly vendor: string; readonly product: string; readonly version: string; readonly classId: string; readonly name: string; readonly severity: number; readonly extension: ReadonlyMap<string, string> }

export function parseCef(line: string): ParsedCef {
  if (/[^\P{C}]/u.test(line)) throw new Error('a character that is not seen');
  const header = /^CEF:0\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|(\d|10)\|/.exec(line);
  if (header === null) throw new Error(`no header: ${line.slice(0, 200)}`);
  const [whole, vendor, product, version, classId, name, severity] = header.map((field) => field.replace(/\\([|\\])/g, '$1'));
  const extension = new Map<string, string>();
  const rest = line.slice(header[0].length);
  // A key begins the rest or follows a space, and its equals sign is not escaped.
  const keys = [...rest.matchAll(/(?:^|(?<= ))([A-Za-z0-9_]+)=/g)];
  if (whole === undefined || (rest !== '' && keys[0]?.index !== 0)) throw new Error('no extension');
  for (const [i, key] of keys.entries()) {
    const raw = rest.slice(key.index + key[0].length, keys[i + 1] === undefined ? undefined : keys[i + 1]!.index - 1);
    if (!/^(?:[^\\=]|\\[\\=nr]|\\u[0-9a-f]{4})*$/.test(raw)) throw new Error(`not escaped: ${raw.slice(0, 100)}`);
    if (extension.has(key[1]!)) throw new Error(`${key[1]} twice`);
    extension.set(key[1]!, raw.replace(/\\(?:u([0-9a-f]{4})|(.))/g, (_all, code: string | undefined, one: string) => (code !== undefined ? String.fromCharCode(parseInt(code, 16)) : one === 'n' ? '\n' : one === 'r' ? '\r' : one)));
  }
  return { vendor: vendor ?? '', product: product ?? '', version: version ?? '', classId: classId ?? '', name: name ?? '', severity: Number(severity), extension };
}
