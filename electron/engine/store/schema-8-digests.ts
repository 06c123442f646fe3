/** Digests over what each connection brought, by hour of arrival. */
export const SCHEMA_8_DIGESTS = '';
