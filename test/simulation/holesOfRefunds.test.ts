import { expect } from 'chai';
import { encodeGatewayEvent } from '../../src/application/messages/index.ts';
import { paymentsThere } from './gatewayMoves.ts';
import { createScript, type Script } from './script.ts';
import { cancelOrder, placeOrder, refundPayment } from './story.ts';
import { RESEND_HORIZON_MS } from './time.ts';

const PAID = 'OrderPlaced PaymentRequested PaymentCaptured InvoiceIssued';

/** The bank returns the newest one, and nobody sends it any more. */
const comeBack = async ({ world }: Script): Promise<void> => {
  const refund = world.gateway.ledger().refunds.at(-1);
  world.gateway.endRefund(refund?.reference ?? expect.fail('nothing was refunded'), 'failed');
  world.watch.moved();
  await world.time.pass(RESEND_HORIZON_MS);
};

const paid = async (): Promise<Script> => {
  const script = createScript();
  await script.give(script.send(placeOrder()));
  return script;
};

describe('the holes of the draft: refunds that come back', () => {
  it('hole 29: one whose number was taken is recorded as made and come back', async () => {
    const script = await paid();
    const refund = script.send(refundPayment('r-1', { amountMinor: 3_000 }));
    const killed = await script.give(refund, { 'insert order': ['none', 'crash before'] });
    expect(killed).to.equal('crashed');
    await comeBack(script);
    await script.give(refund);
    expect(script.story()).to.equal(
      `${PAID} RefundRequested RefundSucceeded CreditNoteIssued RefundReturned`,
    );
    await script.end();
  });

  it('hole 42: whoever saw it succeed gets no number once its failure is recorded', async () => {
    const script = await paid();
    const refund = script.send(refundPayment('r-1', { amountMinor: 3_000 }));
    const slow = script.process('A');
    const numbering = script.stop('A', 'insert series');
    const given = script.give(refund, slow);
    await numbering.reached;
    await comeBack(script);
    await script.give(refund);
    expect(script.story()).to.equal(`${PAID} RefundRequested RefundFailed GatewayCompared`);
    numbering.go();
    await given;
    expect(script.world.log.series('CN')).to.deep.equal([]);
    await script.end();
  });

  describe('that others had made, whose number was taken', () => {
    const ADOPTED = 'RefundAdopted CreditNoteIssued RefundReturned';

    /** Somebody refunds a part at the gateway, and whoever takes its number dies. */
    const numberByHand = async (script: Script): Promise<void> => {
      const { gateway, log } = script.world;
      const [payment] = await paymentsThere(script.world);
      gateway.refundByHand(payment?.reference ?? expect.fail('nothing is paid'), 700);
      const event = gateway.gatewayEvents.all().at(-1) ?? expect.fail('there is no event');
      const message = script.send(encodeGatewayEvent(event, 'webhook').body);
      const before = log.series('CN').length;
      const killed = await script.give(message, { 'insert series': ['crash after'] });
      expect(killed).to.equal('crashed');
      expect(log.series('CN')).to.have.lengthOf(before + 1);
    };

    const numbered = async (): Promise<Script> => {
      const script = await paid();
      await numberByHand(script);
      await comeBack(script);
      return script;
    };

    it('hole 43: a cancellation leaves it its place', async () => {
      const script = await numbered();
      await script.give(script.send(cancelOrder()));
      expect(script.story()).to.contain(`CancellationRequested ${ADOPTED}`);
      await script.end();
    });

    it('hole 44: a refund of all that is left leaves it its place', async () => {
      const script = await numbered();
      await script.give(script.send(refundPayment('r-1')));
      expect(script.story()).to.contain(ADOPTED);
      await script.end();
    });

    it('hole 47: an older list does not end the comparison', async () => {
      const script = await paid();
      const refund = script.send(refundPayment('r-1', { amountMinor: 3_000 }));
      const killed = await script.give(refund, { 'insert series': ['crash before'] });
      expect(killed).to.equal('crashed');
      await comeBack(script);
      // It would adopt what was found since, and dies before that.
      const slow = script.process('A', { 'insert order': ['none', 'none', 'crash before'] });
      const listing = script.stop('A', 'listRefunds', 'after');
      const given = script.give(refund, slow);
      await listing.reached;
      await numberByHand(script);
      listing.go();
      await given;
      await comeBack(script);
      await script.give(script.send(refundPayment('r-2')));
      expect(script.story()).to.contain(ADOPTED);
      await script.end();
    });
  });
});
