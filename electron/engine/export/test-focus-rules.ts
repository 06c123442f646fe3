/**
 * For tests: rules of the FOCUS specification for the columns that are written, of versions 1.2 and 1.3 (FinOps Open Cost and Usage Specification, CC BY
 * 4.0): which must be there, which may be empty, types, formats and allowed values. Written from the specification's text, not from the exporter.
 */
import type { FocusVersion } from './focus-columns.ts';

type Kind = 'decimal' | 'string' | 'datetime' | 'currency' | 'json';
interface Rule { readonly kind: Kind; readonly nullable: boolean; readonly allowed?: readonly string[] }

const must = (kind: Kind, allowed?: readonly string[]): Rule => ({ kind, nullable: false, ...(allowed === undefined ? {} : { allowed }) });
const may = (kind: Kind, allowed?: readonly string[]): Rule => ({ kind, nullable: true, ...(allowed === undefined ? {} : { allowed }) });
const serviceCategories = ['AI and Machine Learning', 'Analytics', 'Business Applications', 'Compute', 'Databases', 'Developer Tools', 'Multicloud', 'Identity', 'Integration', 'Internet of Things', 'Management and Governance', 'Media', 'Migration', 'Mobile', 'Networking', 'Security', 'Storage', 'Web', 'Other'];

/** Feature level "Mandatory": present in every dataset. */
export const mandatory: Readonly<Record<FocusVersion, Readonly<Record<string, Rule>>>> = (() => {
  const both = {
    BilledCost: must('decimal'), BillingAccountId: must('string'), BillingAccountName: may('string'), BillingCurrency: must('currency'), BillingPeriodEnd: must('datetime'), BillingPeriodStart: must('datetime'),
    ChargeCategory: must('string', ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']), ChargeClass: may('string', ['Correction']), ChargeDescription: may('string'), ChargePeriodEnd: must('datetime'), ChargePeriodStart: must('datetime'),
    ContractedCost: must('decimal'), EffectiveCost: must('decimal'), InvoiceIssuerName: must('string'), ListCost: must('decimal'), PricingQuantity: may('decimal'), PricingUnit: may('string'), ProviderName: must('string'), PublisherName: must('string'),
    ServiceCategory: must('string', serviceCategories), ServiceName: must('string'),
  };
  return { '1.2': both, '1.3': { ...both, HostProviderName: must('string'), ServiceProviderName: must('string') } };
})();
/** Recommended and conditional ones. */
export const optional: Readonly<Record<string, Rule>> = {
  ChargeFrequency: must('string', ['One-Time', 'Recurring', 'Usage-Based']), ConsumedQuantity: may('decimal'), ConsumedUnit: may('string'), PricingCategory: may('string', ['Standard', 'Dynamic', 'Committed', 'Other']), ResourceId: may('string'), ResourceName: may('string'), ResourceType: may('string'),
  ServiceSubcategory: must('string', ['AI Platforms', 'Bots', 'Generative AI', 'Machine Learning', 'Natural Language Processing', 'Other (AI and Machine Learning)']), SkuId: may('string'), SkuPriceId: may('string'), Tags: may('json'),
};

const kinds: Readonly<Record<Kind, (value: string) => boolean>> = {
  decimal: (value) => /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:E-?\d+)?$/.test(value),
  string: (value) => value.trim() === value,
  datetime: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value)),
  currency: (value) => /^[A-Z]{3}$/.test(value),
  json: (value) => { try { return Object.values(JSON.parse(value) as object).every((one) => typeof one === 'string'); } catch { return false; } },
};

export function focusFaults(version: FocusVersion, header: readonly string[], row: Readonly<Record<string, string>>): string[] {
  const rules = { ...mandatory[version], ...optional };
  const missing = Object.keys(mandatory[version]).filter((name) => !header.includes(name)).map((name) => `${name} is missing`);
  const strange = header.filter((name) => !(name in rules) && !/^x_[A-Z][A-Za-z]*$/.test(name)).map((name) => `${name} is no column`);
  const values = Object.entries(rules).flatMap(([name, { kind, nullable, allowed }]) => {
    const value = row[name];
    if (value === undefined) return [];
    if (value === '') return nullable ? [] : [`${name} is empty`];
    return kinds[kind](value) && (allowed === undefined || allowed.includes(value)) ? [] : [`${name} is ${value}`];
  });
  return [...missing, ...strange, ...values, ...together(row)];
}

/** Rules over several columns. */
function together(row: Readonly<Record<string, string>>): string[] {
  const of = (name: string): string => row[name] ?? '';
  const used = of('ChargeCategory') === 'Usage' && of('ChargeClass') !== 'Correction';
  const rules: readonly (readonly [string, boolean])[] = [
    ['PricingQuantity of a use', !used || of('PricingQuantity') !== ''], ['PricingUnit with PricingQuantity', (of('PricingQuantity') === '') === (of('PricingUnit') === '')],
    ['PricingQuantity without SkuPriceId', of('SkuPriceId') !== '' || of('PricingQuantity') === ''], ['SkuId with SkuPriceId', of('SkuPriceId') === '' || of('SkuId') !== ''],
    ['ConsumedUnit with ConsumedQuantity', (of('ConsumedQuantity') === '') === (of('ConsumedUnit') === '')], ['ConsumedQuantity above 0', of('ConsumedQuantity') === '' || Number(of('ConsumedQuantity')) > 0], ['ConsumedQuantity of a use only', used || of('ConsumedQuantity') === ''],
    ['PricingCategory of a use', !used || of('PricingCategory') !== ''], ['ResourceId with ResourceName', of('ResourceName') === '' || of('ResourceId') !== ''], ['ResourceType with ResourceId', (of('ResourceId') === '') === (of('ResourceType') === '')],
    ['a charge period of some length', of('ChargePeriodStart') < of('ChargePeriodEnd')], ['a charge period within its billing period', of('BillingPeriodStart') <= of('ChargePeriodStart') && of('ChargePeriodEnd') <= of('BillingPeriodEnd')],
  ];
  return rules.filter(([, holds]) => !holds).map(([name]) => name);
}
