/** Columns of an IAM statement: service and resource as it is written, shortened: `s3 invoices/*`, `s3 all`, `AWS all`. */
import type { CataloguedAction } from './action-catalogue.ts';
import { cataloguedActions } from './iam-classes.ts';
import { short, shortList } from './labels.ts';
import type { Facet } from './labels.ts';
import { bare, isNegated } from './normalised.ts';
import type { Normalised } from './normalised.ts';
import { mergeClasses } from './worst.ts';
import type { ClassReading } from './worst.ts';

/** More services than this in one statement are "AWS". */
const FEW_SERVICES = 8;

export function iamFacets(reading: Normalised, remaining?: ReadonlySet<CataloguedAction>): Facet[] {
  const actions = remaining ?? (reading.understood === 'not' && reading.actions.length === 0 ? new Set<CataloguedAction>() : cataloguedActions(reading.actions));
  const services = Map.groupBy(actions, ({ service }) => service);
  const facets: Facet[] = [];
  const add = (resource: string, classes: Iterable<ClassReading>): void => {
    for (const one of mergeClasses(classes)) facets.push({ resource, class: one.class, reversibility: one.reversibility });
  };
  if (services.size > FEW_SERVICES) for (const label of labels('AWS', reading.resources)) add(label, [...actions].flatMap(({ classes }) => classes));
  else for (const [service, some] of services) for (const label of labels(service, ofService(service, reading.resources))) add(label, some.flatMap(({ classes }) => classes));
  for (const unread of reading.classes.filter((one) => one.class === 'not_understood')) add(services.size === 0 ? nameOfUnread(reading) : [...services.keys()][0] ?? 'AWS', [unread]);
  return mergedFacets(facets);
}

/** A resource of another service is no column of this one, unless the statement has none of this one (`sts:AssumeRole` on an `iam` role). */
function ofService(service: string, resources: readonly string[]): readonly string[] {
  const own = resources.filter((resource) => serviceIn(resource) === service || serviceIn(resource) === null);
  return own.length > 0 ? own : resources;
}

/** null: it could be of any. */
function serviceIn(resource: string): string | null {
  const service = bare(resource).split(':')[2];
  return isNegated(resource) || service === undefined || service === '' || /[*?$]/u.test(service) ? null : service;
}

function labels(service: string, resources: readonly string[]): string[] {
  return shortList((resources.length === 0 ? ['*'] : resources).map((resource) => {
    if (isNegated(resource)) return short(`${service} all but some`);
    if (resource === '*') return `${service} all`;
    // arn:partition:service:region:account:resource
    const parts = resource.split(':');
    const rest = resource.startsWith('arn:') && parts.length >= 6 ? parts.slice(5).join(':') : resource;
    return short(rest === '*' ? `${service} all` : `${service} ${rest}`);
  }));
}

const nameOfUnread = ({ actions, name }: Normalised): string => short(actions[0]?.split(':')[0]?.replace(/^not /u, '') ?? name);

function mergedFacets(facets: readonly Facet[]): Facet[] {
  return [...Map.groupBy(facets, ({ resource }) => resource)].flatMap(([resource, some]) => mergeClasses(some).map((one) => ({ resource, ...one })));
}
