import { expect } from 'chai';
import { createAudit } from '../../../../src/application/audit/audit.ts';
import { createGatewayCheck } from '../../../../src/application/audit/gateway/gatewayCheck.ts';
import type * as Order from '../../../../src/domain/order/index.ts';
import { must } from '../../../support/commits.ts';
import { inspectedAt } from '../../../support/evidence.ts';
import { GIVE_UP_MS, NOON, numbered } from '../../../support/facts.ts';
import { createGatewayBooks } from '../../../support/gatewayBooks.ts';
import { anOrderPaidBy, orderLife, type OrderLife } from '../../../support/orderLife.ts';

const SUBJECT = 'payment#1';
const MONEY = { amountMinor: 4_758, currency: 'EUR' };

const orderOf = (payment: Order.Content['payment'], orderId: string): OrderLife =>
  orderLife().placed(anOrderPaidBy(payment, { orderId }));

describe('auditing payments of the shop’s against the gateway', () => {
  const audited = async (
    lives: readonly OrderLife[],
    books = createGatewayBooks(),
    since?: number,
  ) => {
    const { store, clock, gateway, keep } = books;
    for (const life of lives) await keep(life);
    const check = createGatewayCheck(
      { ledger: gateway, store, clock },
      { foreign: 'apart', openMs: GIVE_UP_MS, since },
    );
    const whys: string[] = [];
    const onFinding = ({ why }: { readonly why: string }) => void whys.push(why);
    const audit = createAudit({ store, clock })({ segments: 1, checks: [check], onFinding });
    await must(await audit);
    return whys;
  };

  /** Verified as the gateway has it, and numbered. */
  const paidBy = (reference: string, orderId: string, number: number): OrderLife =>
    orderOf({ type: 'paid', payment: reference }, orderId)
      .learned(SUBJECT, {
        ...inspectedAt(NOON, { reference, status: 'captured' }),
        payer: 'this order',
      })
      .learned(SUBJECT, { number: numbered(number) });

  it('needs no mark of ours on a payment that was captured before its order', async () => {
    const books = createGatewayBooks();
    const reference = books.gateway.authorise({ ...MONEY, isCaptured: true });
    expect(await audited([paidBy(reference, 'o-1', 1)], books)).to.deep.equal([]);
  });

  it('finds one that the gateway does not have, and one that pays two orders', async () => {
    expect(await audited([paidBy('pi_gone', 'o-1', 1)])).to.deep.equal([
      'the log says that the money moved, and the gateway lists nothing',
    ]);
    const books = createGatewayBooks();
    const reference = books.gateway.authorise({ ...MONEY, isCaptured: true });
    const twice = [paidBy(reference, 'o-1', 1), paidBy(reference, 'o-2', 2)];
    expect(await audited(twice, books)).to.deep.equal(['the log has the same money twice']);
  });

  it('does not miss one that is older than what is listed', async () =>
    expect(await audited([paidBy('pi_old', 'o-1', 1)], undefined, NOON - 86_400_000)).to.deep.equal(
      [],
    ));

  it('does not look for transfers, nor for what the shop gives back itself', async () => {
    const transferred = ['o-1', 'o-2'].map((orderId, index) =>
      orderOf({ type: 'transferred', reference: 'RF18' }, orderId)
        .learned(SUBJECT, { number: numbered(index + 1) })
        .asked('r-1')
        .learned('refund#r-1', { number: numbered(index + 1, { series: 'CN' }) }),
    );
    expect(await audited(transferred)).to.deep.equal([]);
  });
});
