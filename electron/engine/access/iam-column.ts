/** Columns of an IAM statement: service and resource as it is written, shortened: `s3 invoices/*`, `s3 all`, `AWS all`. */
import type { CataloguedAction } from './action-catalogue.ts';
import { byService, classesByService } from './iam-classes.ts';
import { short, shortList } from './labels.ts';
import type { Facet } from './labels.ts';
import { bare, isNegated } from './normalised.ts';
import type { Normalised } from './normalised.ts';
import { mergeClasses } from './worst.ts';
import type { ClassReading } from './worst.ts';

/** More services than this in one statement are "AWS". */
const FEW_SERVICES = 8;

/** `remaining`: what remains of it; without, all that it names. */
export function iamFacets(reading: Normalised, remaining?: readonly CataloguedAction[]): Facet[] {
  const services = remaining ? byService(remaining, reading.understood) : classesByService(reading);
  const of = (labelled: readonly string[], classes: readonly ClassReading[]): Facet[] => labelled.flatMap((resource) => classes.map((one) => ({ resource, ...one })));
  if (services.size > FEW_SERVICES) return of(labels('AWS', reading.resources), mergeClasses([...services.values()].flat()));
  return mergedFacets([...services].flatMap(([service, classes]) => of(labels(service || 'AWS', ofService(service, reading.resources)), classes)));
}

/** A resource of another service is no column of this one, unless the statement has none of this one (`sts:AssumeRole` on an `iam` role). */
export function ofService(service: string, resources: readonly string[]): readonly string[] {
  const own = resources.filter((resource) => serviceIn(resource) === service || serviceIn(resource) === null);
  return own.length > 0 ? own : resources;
}

/** null: it could be of any. */
function serviceIn(resource: string): string | null {
  const service = bare(resource).split(':')[2];
  return isNegated(resource) || service === undefined || service === '' || /[*?$]/u.test(service) ? null : service;
}

function labels(service: string, resources: readonly string[]): string[] {
  if (resources.length > 0 && resources.every(isNegated)) return [`${service} all but some`];
  return shortList((resources.length === 0 ? ['*'] : resources).map((resource) => {
    if (resource === '*') return `${service} all`;
    // arn:partition:service:region:account:resource
    const parts = resource.split(':');
    const rest = resource.startsWith('arn:') && parts.length >= 6 ? parts.slice(5).join(':') : resource;
    return short(rest === '*' ? `${service} all` : `${service} ${rest}`);
  }), `${service} `);
}

function mergedFacets(facets: readonly Facet[]): Facet[] {
  return [...Map.groupBy(facets, ({ resource }) => resource)].flatMap(([resource, some]) => mergeClasses(some).map((one) => ({ resource, ...one })));
}
