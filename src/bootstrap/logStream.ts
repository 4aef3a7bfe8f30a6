import { hostname } from 'node:os';

/**
 * The name of a log stream, which is the sequence of one source: one for each service and process. A name holds
 * neither `:` nor `*` (CreateLogStream).
 */
export const logStreamOf = (service: string): string =>
  `${service}/${hostname()}/${process.pid}/${new Date().toISOString().replaceAll(':', '.')}`;
