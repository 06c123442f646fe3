/**
 * For tests: OCSF's schema (reduced, e2e/fixtures/ocsf) as JSON Schema for ajv, a class and a set of profiles at a time. As OCSF's own validators do, it
 * asks for what is required, knows every name, checks types, enumerations and constraints, and takes an attribute of a profile only where the event names it.
 */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import type { OcsfVersion } from './ocsf-classes.ts';

interface SchemaAttribute { readonly type: string; readonly object_type?: string; readonly is_array?: boolean; readonly requirement: 'required' | 'recommended' | 'optional'; readonly profiles?: readonly string[]; readonly enum?: Readonly<Record<string, string>>; readonly sibling?: string }
interface Constraints { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] }
interface SchemaObject { readonly attributes: Readonly<Record<string, SchemaAttribute>>; readonly constraints?: Constraints; readonly open?: boolean }
interface SchemaClass extends SchemaObject { readonly uid: number; readonly caption: string; readonly profiles: readonly string[] }
interface SchemaFile { readonly version: string; readonly classes: Readonly<Record<string, SchemaClass>>; readonly objects: Readonly<Record<string, SchemaObject>> }

const primitives: Readonly<Record<string, object>> = {
  integer_t: { type: 'integer' }, long_t: { type: 'integer' }, timestamp_t: { type: 'integer' }, port_t: { type: 'integer', minimum: 0, maximum: 65_535 }, boolean_t: { type: 'boolean' }, json_t: {},
  file_hash_t: { type: 'string', pattern: '^[a-fA-F0-9]+$', maxLength: 512 },
};

export class OcsfValidator {
  readonly #file: SchemaFile;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(version: OcsfVersion) {
    this.#file = JSON.parse(readFileSync(new URL(`../../../e2e/fixtures/ocsf/schema-${version}.json`, import.meta.url), 'utf8')) as SchemaFile;
  }

  /** What is wrong with an event; empty: nothing. */
  faults(event: Record<string, unknown>): string[] {
    const of = Object.values(this.#file.classes).find(({ uid }) => uid === event['class_uid']);
    if (of === undefined) return [`no class ${String(event['class_uid'])} in ${this.#file.version}`];
    const { profiles = [], version } = event['metadata'] as { profiles?: readonly string[]; version?: string };
    const strange = profiles.filter((profile) => !of.profiles.includes(profile)).map((profile) => `${of.caption} has no profile ${profile}`);
    const validate = this.#validator(of, profiles);
    const whole = validate(event) ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => `${of.caption}${instancePath} ${message ?? ''} ${JSON.stringify(params)}`);
    const sums = event['type_uid'] === of.uid * 100 + Number(event['activity_id']) ? [] : ['type_uid is not class_uid * 100 + activity_id'];
    return [...strange, ...whole, ...sums, ...(version === this.#file.version ? [] : [`version ${String(version)}`]), ...this.#siblings(of, event, of.caption)];
  }

  #validator(of: SchemaClass, profiles: readonly string[]): ValidateFunction {
    const key = `${of.uid} ${profiles.toSorted().join()}`;
    let found = this.#compiled.get(key);
    if (found === undefined) {
      const objects = Object.fromEntries(Object.entries(this.#file.objects).map(([name, one]) => [name, schemaOf(one, profiles)]));
      found = new Ajv({ allErrors: true, strict: false }).compile({ ...schemaOf(of, profiles), $defs: objects });
      this.#compiled.set(key, found);
    }
    return found;
  }

  /** An enumeration's text is its caption, but where it is 99 and says something of its own. */
  #siblings(of: SchemaObject, value: Record<string, unknown>, path: string): string[] {
    return Object.entries(of.attributes).flatMap(([name, attribute]) => {
      const given = value[name];
      if (given === undefined) return [];
      const inner = this.#file.objects[attribute.object_type ?? ''];
      if (inner !== undefined) return (Array.isArray(given) ? given : [given]).flatMap((one) => this.#siblings(inner, one as Record<string, unknown>, `${path}.${name}`));
      if (attribute.sibling === undefined || attribute.sibling === 'type_name') return [];
      const text = value[attribute.sibling];
      if (given === 99) return typeof text === 'string' && text !== '' ? [] : [`${path}.${name} is 99 and says nothing`];
      return text === undefined || text === attribute.enum?.[JSON.stringify(given)] ? [] : [`${path}.${attribute.sibling} is ${JSON.stringify(text)}`];
    });
  }
}

function schemaOf({ attributes, constraints, open = false }: SchemaObject, profiles: readonly string[]): object {
  if (open) return { type: 'object' };
  const known = Object.entries(attributes).filter(([, { profiles: of }]) => of === undefined || of.some((one) => profiles.includes(one)));
  const names = (list: readonly string[]): object[] => list.map((name) => ({ required: [name] }));
  return {
    type: 'object', additionalProperties: false, properties: Object.fromEntries(known.map(([name, one]) => [name, attributeSchema(one)])),
    required: known.filter(([, { requirement }]) => requirement === 'required').map(([name]) => name),
    ...(constraints?.at_least_one === undefined ? {} : { anyOf: names(constraints.at_least_one) }), ...(constraints?.just_one === undefined ? {} : { oneOf: names(constraints.just_one) }),
  };
}

function attributeSchema({ type, object_type: objectType, is_array: isArray = false, enum: values }: SchemaAttribute): object {
  const one = objectType !== undefined ? { $ref: `#/$defs/${objectType}` } : { ...(primitives[type] ?? { type: 'string' }), ...(values === undefined ? {} : { enum: Object.keys(values).map(Number) }) };
  return isArray ? { type: 'array', items: one } : one;
}
