import { monotonicFactory } from 'ulid';
import type { Ids } from '../../application/ports/ids.ts';
import { fingerprint } from './fingerprint.ts';

/** ULIDs of one factory sort in the order of their creation, even within one millisecond. */
export const createSystemIds = (): Ids => {
  const ulid = monotonicFactory();
  return { create: () => ulid(), fingerprint, random: () => Math.random() };
};
