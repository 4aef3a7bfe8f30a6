import { expect } from 'chai';
import { err, ok, okAsync, type Result } from 'neverthrow';
import type { ChargeOutcome } from '../../../src/application/ports/paymentGateway.ts';
import { order, setUp } from './payments.ts';

describe('the payment service, handling an order', () => {
  it('charges, invoices and publishes, and then the message may go', async () => {
    const { place, gateway, invoices, notifications } = setUp();
    expect(await place()).to.deep.equal(
      ok({ orderId: 'o-1', correlationId: 'chain-1', outcome: 'paid' }),
    );
    expect(gateway.ledger().charges.map(({ amountMinor }) => amountMinor)).to.deep.equal([119]);
    const row = (await invoices.get('o-1')).unwrapOr(undefined);
    expect(row?.version).to.equal(4);
    const [published] = notifications.dump();
    expect(published?.body).to.equal(
      '{"type":"OrderSettled","v":1,"orderId":"o-1","outcome":"paid"}',
    );
    expect(published?.attributes).to.deep.equal({ correlationId: 'chain-1', causationId: 'm-1' });
    expect(published?.groupId).to.equal('c-1');
  });

  it('answers a redelivery alike, and publishes before the message goes (Q1)', async () => {
    const { place, gateway, notifications, loads } = setUp();
    await place();
    expect((await place()).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(gateway.ledger().charges).to.have.length(1);
    expect(notifications.dump()).to.have.length(2);
    expect(loads()).to.equal(1);
  });

  it('reads nothing for an order that is delivered once', async () => {
    const { place, loads } = setUp();
    await place();
    expect(loads()).to.equal(0);
  });

  it('has its intent in the log before anything is sent to the gateway (S11)', async () => {
    const seen: unknown[] = [];
    const { place, stored } = setUp({
      gateway: (gateway) => ({
        charge: (request) => {
          seen.push(stored());
          return gateway.charge(request);
        },
      }),
    });
    await place();
    expect(seen).to.deep.equal([['OrderPlaced+PaymentRequested']]);
  });

  it('keeps an unknown outcome unknown, and resends key and bytes (G1–G3, F23, S10)', async () => {
    const sent: string[] = [];
    const lost: ChargeOutcome = { type: 'Unknown', cause: 'the answer was lost' };
    const { place, gateway, stored } = setUp({
      gateway: (real) => ({
        charge: (request) => {
          sent.push(`${request.key} ${request.body}`);
          return sent.length < 3 ? real.charge(request).map(() => lost) : real.charge(request);
        },
      }),
    });
    const unknown = err({ ...lost, type: 'OutcomeUnknown', orderId: 'o-1' });
    expect(await place()).to.deep.equal(unknown);
    expect(await place()).to.deep.equal(unknown);
    expect(stored()).to.deep.equal(['OrderPlaced+PaymentRequested']);
    expect((await place()).isOk()).to.equal(true);
    expect(new Set(sent).size).to.equal(1);
    expect(gateway.ledger().charges).to.have.length(1);
  });

  it('takes "not executed" as of one request, and waits as long as it says (G5, R6)', async () => {
    const { place, stored } = setUp({
      gateway: () => ({
        charge: () => okAsync({ type: 'NotExecuted', reason: 'rate limit', retryAfterMs: 7_000 }),
      }),
    });
    expect(await place()).to.deep.equal(
      err({ type: 'NotExecuted', reason: 'rate limit', retryAfterMs: 7_000, orderId: 'o-1' }),
    );
    expect(stored()).to.deep.equal(['OrderPlaced+PaymentRequested']);
  });

  it('records a decline, and invoices nothing (S17)', async () => {
    const { place, stored, invoices } = setUp();
    const declined = { ...order, paymentMethod: 'pm_card_visa_chargeDeclined' };
    expect((await place(declined)).map(({ outcome }) => outcome)).to.deep.equal(ok('declined'));
    expect(stored()).to.deep.equal(['OrderPlaced+PaymentRequested', 'PaymentDeclined']);
    expect(await invoices.get('o-1')).to.deep.equal(ok(undefined));
  });

  it('refuses another order under the same id, and leaves the first alone (F14, I16)', async () => {
    const { place, gateway, stored } = setUp();
    await place();
    const before = stored();
    expect(await place({ ...order, currency: 'USD' })).to.deep.equal(
      err({ type: 'PayloadConflict', orderId: 'o-1' }),
    );
    expect(stored()).to.deep.equal(before);
    expect(gateway.ledger().charges).to.have.length(1);
  });

  it('knows an order again whose parts come in another order (F14)', async () => {
    const { place } = setUp();
    await place();
    const reversed = Object.fromEntries(Object.entries(order).toReversed());
    expect((await place(reversed)).isOk()).to.equal(true);
  });

  it('refuses what the gateway could never charge, and asks nobody for it', async () => {
    const { place, stored } = setUp();
    const refused = await place({ ...order, currency: 'UYW' });
    expect(refused.mapErr(({ type }) => type)).to.deep.equal(err('Unchargeable'));
    expect(stored()).to.deep.equal(['OrderRefused']);
  });

  for (const [what, events] of [
    ['an unknown event', '[{"type":"OrderTeleported","v":1,"data":{}}]'],
    ['an event of a newer version', '[{"type":"OrderPlaced","v":2,"data":{}}]'],
    ['no events at all', 'rubbish'],
  ] as const) {
    it(`charges nothing and keeps the message for a stream with ${what} (X5, X13)`, async () => {
      const { place, gateway } = await corrupted(events);
      const failed = await place();
      const where = failed.match(
        () => 'handled',
        (error) =>
          error.type === 'CorruptStream' ? `${error.streamId} ${error.version}` : error.type,
      );
      expect(where).to.equal('order#o-1 1');
      expect(gateway.ledger().charges).to.deep.equal([]);
    });
  }

  it('starts no charge once the message is no longer its own (Q4)', async () => {
    const { place, gateway, stored } = setUp();
    const lost = AbortSignal.abort();
    expect(await place(order, lost)).to.deep.equal(
      err({ type: 'Aborted', dependency: 'PaymentGateway' }),
    );
    expect(gateway.ledger().charges).to.deep.equal([]);
    expect(stored()).to.deep.equal(['OrderPlaced+PaymentRequested']);
  });
});

/** An order whose intent is recorded and whose first item somebody has then written over. */
const corrupted = async (events: string) => {
  const world = setUp();
  const aborted: Result<unknown, unknown> = await world.place(order, AbortSignal.abort());
  expect(aborted.isErr()).to.equal(true);
  const item = (await world.table.read({ streamId: 'order#o-1', version: 1 })).unwrapOr(undefined);
  world.table.overwrite({ ...item, streamId: 'order#o-1', version: 1, events });
  return world;
};
