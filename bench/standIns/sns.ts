import { billTopicRequest, type Bill } from './bill.ts';
import type { Answer, ReceivedRequest } from './server.ts';

const XML = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';

/** Takes every batch of events. */
export const createSns =
  (bill: Bill) =>
  ({ body }: ReceivedRequest): Answer => {
    const form = new URLSearchParams(body);
    const parts = [...form].filter(([name]) => /\.(Message|Name|Value\.StringValue)$/u.test(name));
    billTopicRequest(bill, parts.map(([, value]) => value).join(''));
    const taken = [...form]
      .filter(([name]) => name.endsWith('.Id'))
      .map(([, id]) => `<member><Id>${id}</Id><MessageId>event-${id}</MessageId></member>`);
    const result = `<Successful>${taken.join('')}</Successful><Failed/>`;
    return {
      body:
        `<PublishBatchResponse ${XML}><PublishBatchResult>${result}</PublishBatchResult>` +
        '</PublishBatchResponse>',
    };
  };
