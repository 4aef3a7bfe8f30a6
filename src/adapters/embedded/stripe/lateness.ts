import { setTimeout as sleep } from 'node:timers/promises';
import { FIRST_ACCOUNT, type PostponedRequest } from './records.ts';
import { operationAt } from './operations.ts';
import type { Requests } from './requests.ts';
import type { Store } from './store.ts';

type LatenessOptions = {
  readonly store: Store;
  readonly requests: Requests;
  readonly now: () => number;
  readonly closing: AbortSignal;
};

/**
 * Executes postponed requests when they are due. They are in the journal, so that those which a
 * stop or a kill interrupted are due again at the next start. A request whose key was used
 * meanwhile has no effect.
 */
export const createLateness = ({ store, requests, now, closing }: LatenessOptions) => {
  const underWay = new Set<Promise<void>>();
  const find = (id: string) => store.postponed().find((each) => each.id === id);

  const carryOut = async (
    { operation, id: named }: NonNullable<ReturnType<typeof operationAt>>,
    postponed: PostponedRequest,
  ): Promise<void> => {
    const { id, path, body, key, dueMs, account = FIRST_ACCOUNT } = postponed;
    await sleep(Math.max(0, dueMs - now()), undefined, { signal: closing });
    await requests.post(operation, { path, id: named, body, key, account, postponed: id });
    if (find(id) !== undefined) await store.append({ type: 'Idle', postponed: id });
  };

  const begin = (postponed: PostponedRequest): void => {
    const operation = operationAt(postponed.path);
    if (operation === undefined) {
      throw new Error(`Broken invariant: nothing is posted to ${postponed.path}`);
    }
    // After a stop, or if the journal takes nothing more, it stays postponed until the next start.
    const running = carryOut(operation, postponed)
      .catch(() => undefined)
      .finally(() => underWay.delete(running));
    underWay.add(running);
  };
  for (const postponed of store.postponed()) begin(postponed);

  return {
    begin: (id: string): void => {
      const postponed = find(id);
      if (postponed !== undefined) begin(postponed);
    },
    /** Waits for the requests under way. It is called once the sandbox is closing. */
    end: async (): Promise<void> => {
      await Promise.all(underWay);
    },
  };
};
