import { expect } from 'chai';
import { recordsOf } from '../../../src/application/orders/eventRecords.ts';
import * as later from '../../support/gatewayEvents.ts';
import { NOON, PENDING_MAX_MS } from '../../support/orderContext.ts';

const until = new Date(NOON + PENDING_MAX_MS).toISOString();
const funds = { dispute: 'du_1', amountMinor: 4_758, currency: 'EUR' };

describe('the records of what the gateway says later', () => {
  const rows = [
    [
      'a payment that is under way',
      later.paymentPending(),
      [['info', 'payment.pending', undefined, { reference: 'pi_1', until }]],
    ],
    [
      'a refund that is under way',
      later.refundPending(),
      [['info', 'refund.pending', undefined, { reference: 're_r-1', until, refundId: 'r-1' }]],
    ],
    [
      'a dispute, with what is at stake and until when',
      later.opened({ dueBy: NOON }),
      [
        [
          'error',
          'dispute.opened',
          'chargeback',
          {
            ...funds,
            stage: 'chargeback',
            reason: 'fraudulent',
            dueBy: new Date(NOON).toISOString(),
          },
        ],
      ],
    ],
    [
      'a dispute that wants no evidence',
      later.opened({ stage: 'inquiry' }),
      [
        [
          'error',
          'dispute.opened',
          'inquiry',
          { ...funds, stage: 'inquiry', reason: 'fraudulent' },
        ],
      ],
    ],
    ['money withdrawn', later.withdrawn(), [['warn', 'dispute.funds', 'withdrawn', funds]]],
    ['money that is back', later.reinstated(), [['warn', 'dispute.funds', 'reinstated', funds]]],
    [
      'a dispute that is won',
      later.closed('won'),
      [['info', 'dispute.closed', 'won', { dispute: 'du_1' }]],
    ],
    [
      'a dispute that is lost',
      later.closed('lost'),
      [['error', 'dispute.closed', 'lost', { dispute: 'du_1' }]],
    ],
    [
      'a refund that came back, which is a review too',
      later.returned(),
      [
        [
          'error',
          'refund.returned',
          'lost_or_stolen_card',
          { refundId: 'r-1', reference: 're_r-1' },
        ],
        ['error', 'review.required', 'refund-returned', { refundId: 'r-1', reference: 're_r-1' }],
      ],
    ],
    ['a decision about one', later.returnDecided(), []],
    ['a difference that was found', later.differenceFound(), []],
  ] as const;
  for (const [what, event, expected] of rows) {
    it(`show ${what}`, () => {
      const records = recordsOf(event).map((record) => [
        record.level,
        record.event,
        record.outcome,
        record.facts,
      ]);
      expect(records).to.deep.equal(expected);
    });
  }
});
