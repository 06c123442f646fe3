/** What one body named: read out of a body now and then, so that the process behind a socket is known by what it sends. */
export interface BodySample {
    /** agents that its records name, by the keys that the history gives them; at most 16. */
    readonly agents: readonly {
        readonly service: string;
        readonly key: string;
    }[];
    /** services of all its records, with or without an agent; at most 16. */
    readonly services: readonly string[];
    /** services with agents' records that name no agent: those are the service's own, or of an agent that another body names. */
    readonly unnamed: readonly string[];
    /** who its resources say they are; at most 16. */
    readonly resources: readonly SampledResource[];
    /** it named more than is listed: nobody can say who that is. */
    readonly more: boolean;
}
export interface SampledResource {
    /** `process.pid`; null: not told. */
    readonly pid: number | null;
    /** `host.name`; '' when not told. */
    readonly host: string;
    /** `service.instance.id`; '' when not told. */
    readonly instance: string;
}
export declare const mostSampled = 16;
