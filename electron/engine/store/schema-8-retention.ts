/** Periods by connection, legal holds and erasures. */
export const SCHEMA_8_RETENTION = '';
