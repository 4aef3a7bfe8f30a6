import { expect } from 'chai';
import { err, errAsync, okAsync } from 'neverthrow';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import { orderStreamId } from '../../../src/application/log/eventStreams.ts';
import { commitOf, must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { ADA, createDeadLetterWorld, only, outcomesOf, type DeadLetterWorld } from './world.ts';

const DAY_MS = 86_400_000;
const place = (orderId: string) => ({ type: 'PlaceOrder', v: 1, ...anOrder({ orderId }) });
const visible = ({ paymentsDlq }: DeadLetterWorld) => paymentsDlq.counts();

describe('sending dead letters again', () => {
  it('sends k of n as they were, leaves n−k there and visible at once (F38)', async () => {
    const world = createDeadLetterWorld();
    const attributes = { correlationId: 'chain-o-2', causationId: 'm-0' };
    await world.deadLetter('payments', place('o-1'));
    const deadLetterId = await world.deadLetter('payments', place('o-2'), { attributes });
    await world.deadLetter('payments', place('o-3'));

    const ended = await world.dlq().redrive({ selection: { orderId: 'o-2' } });

    expect(ended.sums).to.deep.equal({ looked: 3, found: 1, isCut: false, done: 1, failed: 0 });
    const { body, groupId, attributes: sent } = only(world.payments.dump());
    expect([JSON.parse(body), groupId]).to.deep.equal([place('o-2'), 'c-1']);
    expect(sent).to.deep.equal({
      ...attributes,
      OriginalMessageId: 'm-ReviewRequired; a person must look',
      ReceiveCount: '3',
    });
    expect(visible(world)).to.deep.equal({ visible: 2, inFlight: 0 });
    const { commits } = await must(world.store.load(orderStreamId('o-2')));
    const { correlationId, causationId } = only(commits);
    expect([correlationId, causationId]).to.deep.equal(['chain-o-2', 'person']);
    const recorded = only(await world.history('o-2'));
    expect(recorded.type).to.equal('LetterRedriven');
    expect(recorded.data).to.deep.include({
      letterId: deadLetterId,
      queue: 'payments',
      command: 'PlaceOrder',
      reason: 'ReviewRequired; a person must look',
      ...ADA,
    });
    expect(await world.types('o-1')).to.deep.equal([]);
  });

  it('shows the others again before it acts on what was chosen', async () => {
    const world = createDeadLetterWorld();
    for (const id of ['o-1', 'o-2', 'o-3']) await world.deadLetter('payments', place(id));
    const seen: unknown[] = [];
    const payments: typeof world.payments = {
      ...world.payments,
      send: (messages) => {
        seen.push(visible(world));
        return world.payments.send(messages);
      },
    };

    await world.dlq({ payments }).redrive({ selection: { orderId: 'o-2' } });

    expect(seen).to.deep.equal([{ visible: 2, inFlight: 1 }]);
  });

  it('begins the stream of an order that has none, and changes nothing that follows', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('payments', place('o-1'));
    const cancel = { type: 'CancelOrder', v: 1, orderId: 'o-2', reason: 'too dear' };
    await world.deadLetter('payments', cancel);

    await world.dlq().redrive();
    await world.work();
    await world.place('o-2');
    await world.work();

    expect(await world.types('o-1')).to.deep.equal([
      'LetterRedriven',
      'OrderPlaced',
      'PaymentRequested',
      'PaymentCaptured',
      'InvoiceIssued',
    ]);
    expect(await world.types('o-2')).to.deep.equal([
      'LetterRedriven',
      'CancellationRequested',
      'OrderPlaced',
      'OrderCancelled',
    ]);
    expect(world.gateway.ledger().charges).to.have.length(1);
    expect(visible(world)).to.deep.equal({ visible: 0, inFlight: 0 });
  });

  it('looks up a late order, and never charges it blindly (Q15, Q16, Q17, S1, S10)', async () => {
    for (const method of ['pm_sandbox_answer_lost', 'pm_sandbox_dropped_before']) {
      const world = createDeadLetterWorld();
      await world.place('o-1', { paymentMethod: method });
      const posts: string[] = [];
      const once: Partial<PaymentGateway> = {
        charge: (request) => {
          posts.push(request.key);
          return posts.length === 1
            ? world.gateway.charge(request)
            : okAsync({ type: 'Unknown', cause: 'away' });
        },
        find: () => okAsync({ type: 'Unknown', cause: 'away' }),
      };
      await world.work(1_000, once);
      await world.giveUp();
      await world.clock.advance(5 * DAY_MS);
      const before = posts.length;
      const looked: unknown[] = [];

      await world.dlq().redrive({ selection: { olderThanMs: 4 * DAY_MS } });
      await world.work(5_000, {
        charge: (request) => {
          posts.push(request.key);
          return world.gateway.charge(request);
        },
        find: (request) => {
          looked.push(request.attempt);
          return world.gateway.find(request);
        },
      });

      // The key is forgotten by now: to send it again would charge again.
      expect(posts, method).to.have.length(before);
      expect(looked, method).not.to.deep.equal([]);
      const wasCharged = method === 'pm_sandbox_answer_lost';
      expect(world.gateway.ledger().charges, method).to.have.length(wasCharged ? 1 : 0);
      const { payment } = await world.state('o-1');
      expect(payment.status, method).to.equal(wasCharged ? 'captured' : 'failed');
    }
  });

  it('is a no-op for a settled order: a late duplicate charges nobody (F28, Q1, S1)', async () => {
    const world = createDeadLetterWorld();
    await world.place('o-1');
    await world.work();
    await world.clock.advance(5 * DAY_MS);
    await world.deadLetter('payments', place('o-1'));
    const before = await world.types('o-1');

    await world.dlq().redrive();
    await world.work();

    expect(await world.types('o-1')).to.deep.equal([...before, 'LetterRedriven']);
    expect(world.gateway.ledger().charges).to.have.length(1);
    expect(world.payments.dump()).to.deep.equal([]);
  });

  it('records the decision on a dead letter without an order in its own stream', async () => {
    const world = createDeadLetterWorld();
    const id = await world.deadLetter('payments', 'rubbish', { reason: 'MalformedMessage; no' });

    await world.dlq().redrive({ selection: { reason: 'malformedmessage' } });

    const { events } = only((await must(world.store.load(`letter#${id}`))).commits);
    expect(only(events)).to.deep.include({ type: 'LetterRedriven', v: 1 });
    expect(only(world.payments.dump()).body).to.equal('rubbish');
  });

  it('sends a notice again to its own queue, recorded in its order’s stream', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('notifications', {
      type: 'OrderReceived',
      v: 1,
      orderId: 'o-1',
      customer: anOrder().customer,
    });

    await world.dlq().redrive({ queues: ['notifications'] });

    expect(world.payments.dump()).to.deep.equal([]);
    expect(only(world.notifications.dump()).attributes).to.have.property('ReceiveCount', '3');
    expect(only(await world.history('o-1')).data).to.deep.include({ queue: 'notifications' });
  });

  it('decides again when a worker wrote meanwhile, and gives up after so many times', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('payments', place('o-1'));
    let races = 0;
    const racing = (racesMax: number): typeof world.store => ({
      ...world.store,
      append: (streamId, after, commit) => {
        if (races >= racesMax) return world.store.append(streamId, after, commit);
        races += 1;
        return world.store
          .append(streamId, after, commitOf(`worker-${races}`))
          .andThen(() => world.store.append(streamId, after, commit));
      },
    });

    const outrun = await world.dlq({ store: racing(Infinity) }).redrive();

    expect(outcomesOf(outrun)).to.deep.equal(['ConflictsExhausted']);
    expect([visible(world).visible, world.payments.dump().length]).to.deep.equal([1, 0]);
    const [lost] = [races];
    expect(lost).to.be.within(2, 10);
    const won = await world.dlq({ store: racing(lost + 2) }).redrive();
    expect(outcomesOf(won)).to.deep.equal(['done']);
  });

  it('keeps a dead letter that its queue refuses, or that it cannot delete', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('payments', place('o-1'));
    const no = () => okAsync([{ type: 'Failed', code: 'No', retryable: true } as const]);

    const refused = await world.dlq({ payments: { ...world.payments, send: no } }).redrive();
    const kept = await world.dlq({ paymentsDlq: { ...world.paymentsDlq, delete: no } }).redrive();

    expect([refused, kept].map(outcomesOf)).to.deep.equal([['SendFailed'], ['NotDeleted']]);
    expect(visible(world)).to.deep.equal({ visible: 1, inFlight: 0 });
    expect(outcomesOf(await world.dlq().redrive())).to.deep.equal(['done, recorded before']);
    expect(await world.types('o-1')).to.deep.equal(['LetterRedriven']);
  });

  it('ends at the first dead letter while the log is away, and releases the others', async () => {
    const world = createDeadLetterWorld();
    for (const id of ['o-1', 'o-2', 'o-3']) await world.deadLetter('payments', place(id));
    const cause = 'away';
    const away = {
      type: 'Unavailable',
      dependency: 'EventStore',
      cause,
      throttled: false,
    } as const;
    const store: typeof world.store = { ...world.store, append: () => errAsync(away) };

    const ended = await world.dlq({ store }).redrive();

    expect(ended.sums).to.deep.equal(away);
    expect(ended.acted.map(({ outcome }) => outcome)).to.deep.equal([err(away)]);
    expect(visible(world)).to.deep.equal({ visible: 3, inFlight: 0 });
    expect(world.payments.dump()).to.deep.equal([]);
  });
});
