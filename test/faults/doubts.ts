import type { WorkerRecord } from '../../src/bootstrap/demo/workers.ts';

type GatewayRecord = WorkerRecord & { readonly subject?: string };

/** When a worker first did not know what the gateway had made of a request. */
export type Doubts = ReturnType<typeof createDoubts>;

export const createDoubts = () => {
  const since = new Map<string, number>();
  return {
    onRecord: (record: WorkerRecord): void => {
      const { event, outcome, orderId, subject } = record as GatewayRecord;
      if (event !== 'gateway.unproven' || outcome !== 'Unknown') return;
      const name = nameOf(orderId, subject);
      if (!since.has(name)) since.set(name, Date.now());
    },
    since: (orderId: string, subject: string): number | undefined =>
      since.get(nameOf(orderId, subject)),
  };
};

const nameOf = (orderId: string | undefined, subject: string | undefined): string =>
  `${orderId} ${subject}`;
