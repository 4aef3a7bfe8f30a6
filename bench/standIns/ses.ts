import { billMail, type Bill } from './bill.ts';
import type { Answer, ReceivedRequest } from './server.ts';

/** Accepts every mail. */
export const createSes = (bill: Bill) => {
  let mails = 0;
  return ({ path }: ReceivedRequest): Answer => {
    if (!path.includes('outbound-emails')) return { body: '{"SendingEnabled":true}' };
    billMail(bill);
    mails += 1;
    return { body: JSON.stringify({ MessageId: `mail-${mails}` }) };
  };
};
