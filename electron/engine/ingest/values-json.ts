/** Attributes and values (KeyValue, AnyValue) in OTLP/JSON. */
import { newStrangerBag } from './attr-bag.ts';
import type { AttrBag } from './attr-bag.ts';
import { limits, reasons, RefusedRecord } from './decoded-body.ts';
import { ch } from './json-reader.ts';
import type { JsonReader } from './json-reader.ts';
import type { AttrValue } from './record.ts';
import type { WantedKeys } from './wanted-keys.ts';

/** Masks what only its name tells (texts were masked before), in place and without changing any length. */
export interface FieldMask {
  attribute(keyStart: number, keyEnd: number, value: number): void;
  unread(start: number, end: number): void;
}

export class JsonValues {
  private readonly r: JsonReader;
  private readonly wanted: WantedKeys;
  private readonly mask: FieldMask | undefined;

  constructor(reader: JsonReader, wanted: WantedKeys, mask: FieldMask | undefined) {
    this.r = reader;
    this.wanted = wanted;
    this.mask = mask;
  }

  attributes(into: AttrBag): void {
    const { r } = this;
    if (r.skipNull()) return;
    let count = 0;
    for (let more = r.enterArray(); more; more = r.nextItem()) {
      if (++count > limits.attributesInRecord) throw new RefusedRecord(reasons.tooManyAttributes);
      this.attribute(into);
    }
  }

  /** A field that nobody reads: it is kept all the same, so the masks look at it. */
  unread(): void {
    const { r } = this;
    const start = r.pos;
    r.skipValue();
    if (this.mask !== undefined && r.pos - start > shortField) this.mask.unread(start, r.pos);
  }

  /**
   * `{"key":"…","value":{"…Value":…}}` exactly as JSON.stringify writes it is compared byte by byte; every other order and spacing goes
   * the general way (the whole skim is 2 x as fast for it).
   */
  private attribute(into: AttrBag): void {
    const { r } = this;
    const start = r.pos;
    if (r.peek() === ch.openObject && this.compactAttribute(into)) return;
    r.pos = start;
    this.anyAttribute(into);
  }

  private compactAttribute(into: AttrBag): boolean {
    const { r, mask } = this;
    if (!r.isAt(r.pos, compact.key)) return false;
    r.skipText(r.pos + compact.key.length);
    if (r.textEscaped || !r.isAt(r.pos, compact.value)) return false;
    const keyStart = r.textStart;
    const keyEnd = r.textEnd;
    const value = r.pos + compact.value.length;
    mask?.attribute(keyStart, keyEnd, value - 1);
    if (r.isAt(value, compact.string)) r.skipText(value + compact.string.length);
    else if (!this.skipCompactNumber(value)) return false;
    if (!r.isAt(r.pos, compact.end)) return false;
    const end = r.pos + compact.end.length;
    const key = this.wanted.find(r.buf, keyStart, keyEnd);
    if (key !== undefined) {
      r.pos = value - 1;
      const read = this.anyValue(0);
      if (read !== undefined) into[key] = read;
    }
    r.pos = end;
    return true;
  }

  /** A number or truth value, plain or as a text. */
  private skipCompactNumber(value: number): boolean {
    const { r } = this;
    const name = compact.numbers.find((one) => r.isAt(value, one));
    if (name === undefined) return false;
    r.pos = value + name.length;
    const byte = r.peek();
    if (byte === ch.openObject || byte === ch.openArray) return false;
    r.skipValue();
    return true;
  }

  private anyAttribute(into: AttrBag): void {
    const { r } = this;
    let key: string | undefined;
    let isKeyRead = false;
    let keyStart = 0;
    let keyEnd = 0;
    let valueAt = -1;
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      r.key();
      const field = fieldOf(r);
      if (field === keyField) {
        if (r.peek() !== ch.quote) throw new RefusedRecord(reasons.wrongType);
        r.skipString();
        keyStart = r.textStart;
        keyEnd = r.textEnd;
        key = this.wantedKey();
        isKeyRead = true;
      } else if (field !== valueField) this.unread();
      else if (isKeyRead) this.attributeValue(into, key, keyStart, keyEnd);
      else {
        valueAt = r.pos;
        r.skipValue();
      }
    }
    if (valueAt < 0) return;
    const end = r.pos;
    r.pos = valueAt;
    this.attributeValue(into, key, keyStart, keyEnd);
    r.pos = end;
  }

  private attributeValue(into: AttrBag, key: string | undefined, keyStart: number, keyEnd: number): void {
    const { r, mask } = this;
    const start = r.pos;
    if (mask !== undefined) {
      mask.attribute(keyStart, keyEnd, start);
      if (isNested(r)) {
        r.skipValue();
        mask.unread(start, r.pos);
        r.pos = start;
      }
    }
    if (key === undefined) {
      r.skipValue();
      return;
    }
    const value = this.anyValue(0);
    if (value !== undefined) into[key] = value;
  }

  private wantedKey(): string | undefined {
    const { r } = this;
    if (!r.textEscaped) return this.wanted.find(r.buf, r.textStart, r.textEnd);
    const bytes = Buffer.from(r.lastText());
    return this.wanted.find(bytes, 0, bytes.length);
  }

  private anyValue(depth: number): AttrValue | undefined {
    if (depth > limits.valueDepth) throw new RefusedRecord(reasons.tooDeep);
    const { r } = this;
    if (r.skipNull()) return undefined;
    let value: AttrValue | undefined;
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      const key = r.keyText();
      if (r.skipNull()) continue;
      switch (key) {
        case 'stringValue': value = r.text(); break;
        case 'intValue': value = r.int64(); break;
        case 'boolValue': value = r.bool(); break;
        case 'doubleValue': value = r.number(); break;
        case 'arrayValue': value = this.arrayValue(depth); break;
        case 'kvlistValue': value = this.listValue(depth); break;
        default: this.unread();
      }
    }
    return value;
  }

  private arrayValue(depth: number): AttrValue[] {
    const items: AttrValue[] = [];
    this.eachOfValues(() => {
      if (items.length >= limits.itemsInValue) throw new RefusedRecord(reasons.tooManyItems);
      const item = this.anyValue(depth + 1);
      if (item !== undefined) items.push(item);
    });
    return items;
  }

  private listValue(depth: number): AttrBag {
    const { r } = this;
    const bag = newStrangerBag();
    let count = 0;
    this.eachOfValues(() => {
      if (++count > limits.itemsInValue) throw new RefusedRecord(reasons.tooManyItems);
      let key = '';
      let value: AttrValue | undefined;
      for (let more = r.enterObject(); more; more = r.nextMember()) {
        const field = r.keyText();
        if (field === 'key') key = r.text();
        else if (field === 'value') value = this.anyValue(depth + 1);
        else this.unread();
      }
      if (value !== undefined) bag[key] = value;
    });
    return bag;
  }

  private eachOfValues(visit: () => void): void {
    const { r } = this;
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      if (r.keyText() !== 'values' || r.peek() !== ch.openArray) {
        r.skipValue();
        continue;
      }
      for (let another = r.enterArray(); another; another = r.nextItem()) visit();
    }
  }

  /** An AnyValue that is always wanted (the body of a log). */
  body(): AttrValue | undefined {
    const { r } = this;
    if (this.mask !== undefined && isNested(r)) {
      const start = r.pos;
      this.unread();
      r.pos = start;
    }
    return this.anyValue(0);
  }
}

const compact = {
  key: Buffer.from('{"key":"'), value: Buffer.from(',"value":{'), string: Buffer.from('"stringValue":"'), end: Buffer.from('}}'),
  numbers: ['"intValue":', '"boolValue":', '"doubleValue":'].map((name) => Buffer.from(name)),
} as const;

/** Shorter than any name with a secret behind it: counts, flags, states. */
const shortField = 12;

/** Does an OTLP value that is a map or a list stand here? Its first letter tells (`kvlistValue`, `arrayValue`). */
function isNested(r: JsonReader): boolean {
  const { buf } = r;
  if (r.peek() !== ch.openObject) return false;
  let at = r.pos + 1;
  while (at < r.end && (buf[at] as number) <= 0x20) at++;
  return buf[at] === ch.quote && (buf[at + 1] === 0x6b || buf[at + 1] === 0x61);
}

const keyField = 1;
const valueField = 2;
const keyName = Buffer.from('key');
const valueName = Buffer.from('value');

/** `key` and `value` by their bytes: this runs for each attribute. */
function fieldOf(r: JsonReader): number {
  if (r.isLast(keyName)) return keyField;
  return r.isLast(valueName) ? valueField : 0;
}
