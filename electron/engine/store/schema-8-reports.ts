/** Reports: the jobs that wrote them, and their templates. */
export const SCHEMA_8_REPORTS = '';
