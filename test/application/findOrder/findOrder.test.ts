import { expect } from 'chai';
import { okAsync, type Result, type ResultAsync } from 'neverthrow';
import {
  createFindOrder,
  type FindOrderSources,
} from '../../../src/application/findOrder/findOrder.ts';
import type { FindOrderError, FoundOrder } from '../../../src/application/findOrder/foundOrder.ts';
import { must } from '../../support/commits.ts';
import { createReconcileWorld } from '../reconcile/world.ts';

const SCAN = { commitsMax: 1_000 };
const ID = '0f5a3e7b-8b86-4d01-b42d-00c04fc964ff';

describe('what an order is known by', () => {
  let world: ReturnType<typeof createReconcileWorld>;

  const find = (text: string, sources: FindOrderSources = {}) => {
    const { store, personalData, clock, gateway: references } = world;
    const reveal = personalData.reveal.bind(personalData);
    const deployment = () => okAsync({ id: 'memory', account: 'acct_1:test', sealedSince: 0 });
    return createFindOrder({ store, clock, references, deployment })(text, { reveal, ...sources });
  };
  const all = (): FindOrderSources => ({
    gateway: world.gateway,
    deadLetters: { payments: world.paymentsDlq, notifications: world.notificationsDlq },
  });
  const place = async (orderId: string, email = `${orderId}@example.com`): Promise<void> => {
    await world.place(orderId, { customer: { id: 'c-1', email } });
    await world.work();
  };
  const refund = async (orderId: string, refundId: string): Promise<void> => {
    const body = JSON.stringify({ type: 'RefundPayment', v: 1, orderId, refundId });
    await must(world.payments.send([{ body }]));
    await world.work();
  };
  const orderIn = (found: Result<FoundOrder, FindOrderError>): string | undefined =>
    found.unwrapOr(undefined)?.orderId;
  const errorIn = (found: Result<FoundOrder, FindOrderError>): FindOrderError =>
    found._unsafeUnwrapErr();

  beforeEach(async () => {
    world = createReconcileWorld();
    await place('o-1');
    await place('o-2');
  });

  it('is its own id, and nothing but the log is asked', async () => {
    expect(await must(find('o-2'))).to.deep.equal({
      orderId: 'o-2',
      by: { type: 'Id' },
      others: [],
    });
  });

  it('is a number on one of its documents', async () => {
    const { invoice } = await world.state('o-2');
    await refund('o-2', 'r-1');
    const text = invoice.status === 'issued' ? invoice.document.label : '';
    const { orderId, by } = await must(find(text));

    expect(orderId).to.equal('o-2');
    expect(by).to.deep.include({ type: 'Number', series: 'INV', number: 2 });
    const note = await must(find(text.replace('INV', 'CN').replace('000002', '000001')));
    expect(note.orderId).to.equal('o-2');
    expect(note.by).to.deep.include({ series: 'CN', refundId: 'r-1' });
  });

  it('is the id at the gateway of its payment, its charge or its refund', async () => {
    await refund('o-2', 'r-1');
    for (const [text, kind] of [
      ['pi_memory_2', 'payment'],
      ['ch_memory_2', 'charge'],
      ['re_memory_1', 'refund'],
    ] as const) {
      const { orderId, by } = await must(find(text, all()));
      expect(orderId, text).to.equal('o-2');
      expect(by).to.deep.equal({ type: 'Reference', kind });
    }
  });

  it('is a refund that somebody made at the gateway, by its payment', async () => {
    world.gateway.refundByHand('pi_memory_1', 100);
    const nameless = {
      ...world.gateway,
      retrieve: (named: Parameters<typeof world.gateway.retrieve>[0]) =>
        world.gateway
          .retrieve(named)
          .map(({ ...found }) =>
            'orderId' in found && found.orderId === '' ? withoutOrder(found) : found,
          ),
    };
    expect(orderIn(await find('re_memory_1', { ...all(), gateway: nameless }))).to.equal('o-1');
  });

  it('is nobody’s money if the gateway names another deployment or an unknown order', async () => {
    const naming = (names: object) => ({
      retrieve: () =>
        okAsync({
          type: 'Retrieved' as const,
          reference: 'pi_memory_9',
          isMoved: true,
          amountMinor: 1,
          currency: 'EUR',
          refundedMinor: 0,
          ...names,
        }),
    });
    for (const names of [
      { orderId: 'o-1', deployment: 'another' },
      { orderId: 'o-9', deployment: 'memory' },
      { orderId: 'not an id' },
      {},
    ]) {
      const error = errorIn(await find('pi_memory_9', { gateway: naming(names) }));
      expect(error).to.have.property('looksLike', 'reference');
      expect(error).to.have.nested.property('attempts[0].type', 'NotOurs');
    }
  });

  it('names what is missing, where the gateway or the queues could not be asked', async () => {
    expect(errorIn(await find('pi_memory_1'))).to.have.deep.nested.property('attempts[0]', {
      type: 'GatewayNotAsked',
      kind: 'payment',
    });
    expect(errorIn(await find(ID))).to.have.nested.property(
      'attempts[0].type',
      'DeadLettersNotAsked',
    );
    expect(errorIn(await find('pi_memory_77', all()))).to.have.nested.property(
      'attempts[0].type',
      'GatewayHasNone',
    );
  });

  it('is a dead letter of it, by its own id and by that of the message that it is of', async () => {
    await world.place('o-3');
    await world.giveUp();
    const { paymentsDlq, notificationsDlq: notifications } = world;
    const [deadLetter] = paymentsDlq.dump();
    const original = deadLetter?.attributes?.['OriginalMessageId'] ?? '';
    // As SQS makes ids; those of a queue in memory have another form.
    const [own, before] = [ID, ID.replace('0f', '1f')];
    const payments: typeof notifications = {
      ...paymentsDlq,
      receive: (asked) =>
        paymentsDlq.receive(asked).map((messages) =>
          messages.map((message) => ({
            ...message,
            messageId: own,
            attributes: { ...message.attributes, OriginalMessageId: before },
          })),
        ),
    };
    const search = (text: string) =>
      world.through(toPromise(find(text, { deadLetters: { payments, notifications } })));

    expect(original).to.not.equal('');
    for (const id of [own, before]) {
      expect(orderIn(await search(id)), id).to.equal('o-3');
    }
    expect(errorIn(await search(ID.replace('0f', '2f')))).to.deep.include({
      attempts: [{ type: 'DeadLetters', looked: 1 }, { type: 'LogNotRead' }],
    });
    expect(paymentsDlq.counts().visible).to.equal(1);
  });

  it('is a mail address, a refund’s id or a message’s, once the log is read for it', async () => {
    await refund('o-2', 'return-7');
    const { commits } = await must(world.store.load('order#o-1'));
    for (const [text, orderId, as] of [
      ['o-2@example.com', 'o-2', 'mail address'],
      ['O-2@Example.com', 'o-2', 'mail address'],
      ['return-7', 'o-2', 'refund id'],
      ['pi_memory_1', 'o-1', 'reference of the gateway'],
      [commits[0]?.causationId ?? '', 'o-1', 'id of a message'],
    ] as const) {
      expect(await must(find(text, { scan: SCAN })), text).to.deep.equal({
        orderId,
        by: { type: 'Log', as },
        others: [],
      });
    }
    expect(errorIn(await find('return-7'))).to.deep.include({
      attempts: [{ type: 'LogNotRead' }],
    });
  });

  it('is nobody’s, and a list, where several orders have it', async () => {
    await place('o-3', 'o-1@example.com');
    const error = errorIn(await find('o-1@example.com', { scan: SCAN }));

    expect(error).to.deep.include({ type: 'OrderAmbiguous', count: 2 });
    const { matches = [] } = { ...('matches' in error && error) };
    expect(matches.map(({ orderId }) => orderId)).to.have.members(['o-1', 'o-3']);
  });

  it('is nobody’s where a part of the log alone was read, also with one match in it', async () => {
    const orderIds = Array.from({ length: 12 }, (_, at) => `many-${at}`);
    for (const orderId of orderIds) await place(orderId);
    const errors: FindOrderError[] = [];
    for (const orderId of orderIds) {
      errors.push(errorIn(await find(`${orderId}@example.com`, { scan: { commitsMax: 1 } })));
    }
    const found = errors.filter((error) => error.type === 'OrderAmbiguous');

    expect(found).to.have.length.greaterThan(0);
    for (const { count, reading } of found) {
      expect({ count, isWhole: reading?.isWhole }).to.deep.equal({ count: 1, isWhole: false });
    }
  });

  it('is its own id before all others that look like it, which are named', async () => {
    const { invoice } = await world.state('o-1');
    const label = invoice.status === 'issued' ? invoice.document.label : '';
    await place(label);
    const found = await must(find(label, all()));

    expect(found).to.deep.include({ orderId: label, by: { type: 'Id' } });
    expect(found.others.map(({ orderId }) => orderId)).to.deep.equal(['o-1']);
    await place('pi_memory_1');
    expect(await must(find('pi_memory_1', all()))).to.deep.include({
      orderId: 'pi_memory_1',
      by: { type: 'Id' },
    });
  });

  it('looks like something, so that nobody takes it for the id of an order to come', async () => {
    for (const [text, looksLike] of [
      ['INV-2026-000099', 'number'],
      ['pi_memory_99', 'reference'],
      ['nobody@example.com', 'mail address'],
    ] as const) {
      expect(errorIn(await find(text, all())), text).to.have.property('looksLike', looksLike);
    }
    expect(errorIn(await find('o-99', all()))).to.not.have.property('looksLike');
  });
});

const withoutOrder = <T extends object>(found: T): Omit<T, 'orderId'> => {
  const { orderId, ...rest } = { orderId: undefined, ...found };
  expect(orderId).to.equal('');
  return rest;
};

const toPromise = async <T, E>(result: ResultAsync<T, E>): Promise<Result<T, E>> => result;
