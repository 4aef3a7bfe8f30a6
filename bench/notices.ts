import { BEYOND, stretch, type Sample } from './comparison.ts';
import { withStandIns, withWorker } from './processes.ts';

/** What a notice needs, of an order that was received and of one that was paid. */
export type NoticeSamples = Readonly<Record<'received' | 'receipt', Sample>>;

const PROGRAMS = {
  ours: { payments: 'ours', notifications: 'ours' },
  floor: { payments: 'floor', notifications: 'noticeFloor' },
} as const;

/** So few that their keys are held while they come back. */
const CUSTOMERS = 100;

/** Pays orders by one program, and measures their notices by another, each after a warm-up. */
export const noticeSamples = (
  by: keyof typeof PROGRAMS,
  { warmUp, orders }: { readonly warmUp: number; readonly orders: number },
): Promise<NoticeSamples> => {
  const messages = warmUp + orders + BEYOND;
  const { payments, notifications } = PROGRAMS[by];
  const argument = { messages, lines: 2, notices: true, customers: CUSTOMERS };
  return withStandIns(argument, async (standIns) => {
    const { until } = standIns;
    await withWorker({ program: payments, services: 'payments', standIns }, () =>
      until({ deleted: messages, of: 'payments' }),
    );
    const services = 'notifications';
    return withWorker({ program: notifications, services, standIns }, async ({ usage }) => {
      const from = (start: number) => {
        const counted = { from: start + warmUp, to: start + warmUp + orders };
        return stretch({ until, usage }, { ...counted, of: 'notifications' });
      };
      return { received: await from(0), receipt: await from(messages) };
    });
  });
};
