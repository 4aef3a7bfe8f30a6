import { billRecords, type Bill } from './bill.ts';
import type { Answer, ReceivedRequest } from './server.ts';

/** Accepts every record. */
export const createLogs =
  (bill: Bill, onRecords: (messages: readonly string[]) => void = () => undefined) =>
  ({ operation, body }: ReceivedRequest): Answer => {
    if (operation !== 'PutLogEvents') return { body: '{}' };
    const { logEvents } = JSON.parse(body) as { logEvents: readonly { message: string }[] };
    const messages = logEvents.map(({ message }) => message);
    billRecords(bill, messages);
    onRecords(messages);
    return { body: '{}' };
  };
