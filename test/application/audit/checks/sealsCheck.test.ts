import { expect } from 'chai';
import { createMemoryPaymentGateway } from '../../../../src/adapters/memory/paymentGateway.ts';
import { createHmacSeals } from '../../../../src/adapters/system/seals.ts';
import type {
  ChargeRequest,
  RefundRequest,
} from '../../../../src/application/ports/paymentGateway.ts';
import * as Deployment from '../../../../src/domain/deployment/events.ts';
import * as Order from '../../../../src/domain/order/index.ts';
import { auditShop } from '../../../support/auditing.ts';
import { contextAt, NOON } from '../../../support/orderContext.ts';
import { createShop, type Shop } from '../../../support/shop.ts';
import { order } from '../../orders/payments.ts';
import { placeOrder } from '../../../support/orderLife.ts';

const SEALS = createHmacSeals(['the secret of the payment service']);
const OLD_SEALS = createHmacSeals(['the secret that it had before']);
const BOTH = createHmacSeals([
  'the secret of the payment service',
  'the secret that it had before',
]);

type Events = readonly Order.StreamEvent[];

const gateway = createMemoryPaymentGateway({
  clock: { now: () => NOON, sleep: () => Promise.resolve() },
});
const prepare = (request: ChargeRequest) => gateway.prepare(request);
const prepareRefund = (request: RefundRequest) => gateway.prepareRefund(request);

const intentOf = (
  orderId: string,
  { seal = (text: string) => SEALS.seal(text), at = NOON } = {},
): Events => {
  const command = placeOrder({ ...order, orderId }, '');
  const context = contextAt(at, { prepare, prepareRefund, seal });
  return Order.decide(command, Order.initialState, context)._unsafeUnwrap();
};

const identified = (shop: Shop, at = NOON - 1_000): void => {
  const event = { type: 'DeploymentIdentified', data: { id: 'dep1', at } } as const;
  shop.lay('deployment#self', [{ events: [Deployment.codec.encode(event)], at }]);
};

describe('the audit of seals', () => {
  const findings = async (shop: Shop, seals = SEALS) => {
    const audited = await auditShop(shop, { seals, queues: false });
    return audited.findings.filter(({ invariant }) => invariant === 'sealed');
  };

  it('finds nothing in what the payment service sealed, by this key or the last', async () => {
    const shop = createShop();
    identified(shop);
    shop.layOrder('o-1', [intentOf('o-1')]);
    shop.layOrder('o-2', [intentOf('o-2', { seal: (text) => OLD_SEALS.seal(text) })]);
    expect(await findings(shop, BOTH)).to.deep.equal([]);
    expect((await auditShop(shop, { seals: BOTH })).report.findings.sealed).to.equal(0);
  });

  it('finds a seal that is forged, or of another order, or over another amount', async () => {
    const shop = createShop();
    identified(shop);
    shop.layOrder('o-1', [intentOf('o-1', { seal: () => 'made up' })]);
    shop.layOrder('o-2', [intentOf('o-1')]);
    const [placed, intent] = intentOf('o-3');
    if (placed === undefined || intent?.type !== 'PaymentRequested') throw new Error();
    const other = { ...intent, data: { ...intent.data, amountMinor: 999_900 } };
    shop.layOrder('o-3', [[placed, other]]);
    const found = await findings(shop);
    const why = 'its seal is not one of the payment service';
    expect(found).to.have.deep.members(
      ['o-1', 'o-2', 'o-3'].map((id) => ({
        invariant: 'sealed',
        streamId: `order#${id}`,
        version: 2,
        why,
        evidence: { request: 'payment#1' },
      })),
    );
  });

  it('finds an unsealed request younger than the deployment’s id, and no older one', async () => {
    const shop = createShop();
    identified(shop);
    const none = (): string => '';
    shop.layOrder('young', [intentOf('young', { seal: none })]);
    shop.layOrder('old', [intentOf('old', { seal: none, at: NOON - 2_000 })]);
    const found = await findings(shop);
    expect(found.map(({ streamId, why }) => ({ streamId, why }))).to.deep.equal([
      {
        streamId: 'order#young',
        why: 'it bears no seal, and is younger than the deployment’s id',
      },
    ]);
  });

  it('says nothing of seals without the secret', async () => {
    const shop = createShop();
    identified(shop);
    shop.layOrder('o-1', [intentOf('o-1', { seal: () => 'made up' })]);
    const { named, report } = await auditShop(shop, { queues: false });
    expect(named.filter((name) => name.startsWith('sealed'))).to.deep.equal([]);
    expect(report.findings).to.not.have.property('sealed');
  });
});
