/** The line of ArcSight's Common Event Format, version 0: a header of seven fields, then keys and values. Pure. */

export interface CefRecord {
  /** kind of event, e.g. agent.tool_call.denied. */
  readonly classId: string;
  readonly name: string;
  /** 0 to 10. */
  readonly severity: number;
  readonly pairs: readonly (readonly [key: string, value: string])[];
}

/** What ends lines or fields, is not seen, turns the direction of writing, or is no character. */
const unseen = /[^\P{Cc}\t]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const spelled = (character: string): string => (character === '\n' ? '\\n' : character === '\r' ? '\\r' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** SECURITY: backslashes are doubled first, so that what is spelled out after it is told from what somebody wrote. */
const inert = (text: string): string => text.replace(unseen, spelled).replace(halves, spelled);
/** Most values are plain, and of millions of rows it matters. */
const plain = /^[ -<>-[\]-~]*$/;
export const extensionValue = (text: string): string => (plain.test(text) ? text : inert(text.replace(/[\\=]/g, '\\$&')));
/** A header has no way to write a line end. */
const headerField = (text: string): string => inert(text.replace(/[\r\n]+/g, ' ').replace(/[\\|]/g, '\\$&'));

export function cefLine({ classId, name, severity, pairs }: CefRecord, version: string): string {
  const header = ['CEF:0', 'Gatehouse', 'Console', headerField(version), headerField(classId), headerField(name), String(severity)].join('|');
  return `${header}|${pairs.map(([key, value]) => `${key}=${extensionValue(value)}`).join(' ')}`;
}
