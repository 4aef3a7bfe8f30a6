import { createHash } from 'node:crypto';

/** What SQS says of a body, so that a reader can tell whether it is the one that was sent. */
export const md5Of = (body: string): string => createHash('md5').update(body, 'utf8').digest('hex');
